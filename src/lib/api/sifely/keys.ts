import { z } from 'zod';
import {
	Flag,
	Id,
	json,
	LongPaging,
	Moment,
	OrderBy,
	pageOf,
	Paging,
	Text,
	YesNo
} from './fields.ts';
import { LockFacts } from './locks.ts';

/** `keyType` of a recurring eKey; others have none. */
export const RECURRING = 4;

const Name = Text.min(1);
const Period = { startDate: Moment, endDate: Moment };
/** Recurring only: days from 1 Sunday to 7 Saturday, first and last day. */
const Recurring = {
	weekDays: json(z.array(z.int().min(1).max(7)).min(1).max(7)).optional(),
	startDay: Moment.optional(),
	endDay: Moment.optional()
};

export const SendKeyRequest = z.object({
	lockId: Id,
	receiverUsername: z.string().trim().min(1).max(254),
	keyName: Name,
	...Period,
	remarks: Text.default(''),
	remoteEnable: YesNo.default(2),
	keyRight: Flag.default(0),
	createUser: YesNo.default(2),
	keyType: z.enum(['1', '2', '3', '4']).transform(Number).optional(),
	...Recurring
});
export const SendKeyReply = z.object({ keyId: z.int() });

export const KeyRequest = z.object({ keyId: Id });
export const KeyOfLockRequest = z.object({ lockId: Id });
export const AuthorizeRequest = z.object({ lockId: Id, keyId: Id });
export const UpdateKeyRequest = z.object({
	keyId: Id,
	keyName: Name.optional(),
	remoteEnable: YesNo.optional()
});
export const ChangePeriodRequest = z.object({ keyId: Id, ...Period, ...Recurring });

export const ListKeysRequest = z.object({ lockAlias: Text.optional(), ...LongPaging });

/** An eKey as its holder sees it. */
export const HeldKey = z.object({
	...LockFacts,
	keyId: z.int(),
	/** '' while the eKey does not hold: frozen, reset, or over. */
	lockData: z.string(),
	userType: z.enum(['110301', '110302']),
	keyStatus: z.enum(['110401', '110405', '110408', '110410']),
	/** Administrators only. */
	noKeyPwd: z.string().optional(),
	startDate: z.int(),
	endDate: z.int(),
	remarks: z.string(),
	keyRight: z.int(),
	remoteEnable: z.int(),
	passageMode: z.int(),
	timezoneRawOffset: z.int(),
	groupId: z.literal(0),
	groupName: z.literal(''),
	keyType: z.literal(RECURRING).optional(),
	weekDays: z.array(z.int()).optional(),
	startDay: z.int().optional(),
	endDay: z.int().optional()
});
export type HeldKey = z.infer<typeof HeldKey>;
export const ListKeysReply = pageOf(HeldKey);

export const ListLockKeysRequest = z.object({
	lockId: Id,
	searchStr: Text.optional(),
	keyRight: Flag.optional(),
	orderBy: OrderBy,
	...Paging
});
/** An eKey as the administrators of its lock see it. */
export const SentKey = z.object({
	keyId: z.int(),
	lockId: z.int(),
	username: z.string(),
	uid: z.int(),
	keyName: z.string(),
	keyStatus: z.enum(['110401', '110405', '110410']),
	startDate: z.int(),
	endDate: z.int(),
	keyRight: z.int(),
	remoteEnable: z.int(),
	/** '' when that account is gone. */
	senderUsername: z.string(),
	remarks: z.string(),
	date: z.int(),
	keyType: z.literal(RECURRING).optional(),
	weekDays: z.array(z.int()).optional(),
	startDay: z.int().optional(),
	endDay: z.int().optional()
});
export type SentKey = z.infer<typeof SentKey>;
export const ListLockKeysReply = pageOf(SentKey);

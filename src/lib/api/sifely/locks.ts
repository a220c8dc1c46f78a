import { z } from 'zod';
import { ByBluetooth, Id, json, LongPaging, pageOf, Text, whole, YesNo } from './fields.ts';

/** Percent. */
const Battery = whole(100);
/** Opaque to everyone but Hasp; docs/door-lock.md section 5. */
const LockDataText = z.string().min(1).max(8000);
const Alias = Text.min(1);

export const LockRequest = z.object({ lockId: Id });

export const InitializeRequest = z.object({ lockData: LockDataText, lockAlias: Text.optional() });
export const InitializeReply = z.object({ lockId: z.int(), keyId: z.int() });

export const ListLocksRequest = z.object({ lockAlias: Text.optional(), ...LongPaging });

/** What lists and details of a lock have in common. Groups are not to be had here. */
export const LockFacts = {
	lockId: z.int(),
	lockName: z.string(),
	lockAlias: z.string(),
	lockMac: z.string(),
	/** Percent; -1 while the lock has not said. */
	electricQuantity: z.int(),
	featureValue: z.string()
};
export const ListLocksReply = pageOf(
	z.object({
		...LockFacts,
		hasGateway: z.literal(0),
		lockData: z.string(),
		groupId: z.literal(0),
		groupName: z.literal(''),
		date: z.int()
	})
);

export const LockDetailReply = z.object({
	...LockFacts,
	/** Administrators' passcode; '' for none. */
	noKeyPwd: z.string(),
	timezoneRawOffset: z.int(),
	hasGateway: z.literal(0),
	/** 1 on, 2 off, as the next. */
	passageMode: z.int(),
	passageModeAutoUnlock: z.int(),
	/** What only the lock itself knows: '' and 0 say that nobody has told. */
	modelNum: z.literal(''),
	hardwareRevision: z.literal(''),
	firmwareRevision: z.literal(''),
	lockSound: z.literal(0),
	privacyLock: z.literal(0),
	tamperAlert: z.literal(0),
	resetButton: z.literal(0),
	openDirection: z.literal(0),
	date: z.int()
});

export const RenameRequest = z.object({ lockId: Id, lockAlias: Alias });

export const TransferRequest = z.object({
	receiverUsername: z.string().max(254),
	lockIdList: json(
		z
			.array(
				z
					.int()
					.min(0)
					.max(2 ** 31 - 1)
			)
			.min(1)
			.max(100)
	)
});

export const UpdateLockDataRequest = z.object({ lockId: Id, lockData: LockDataText });

export const UpdateBatteryRequest = z.object({ lockId: Id, electricQuantity: Battery });

/** `lockFlagPos` as the lock has it now; without it one more than it was. */
export const ResetKeyRequest = z.object({
	lockId: Id,
	lockFlagPos: whole(2 ** 24 - 1).optional()
});

export const ChangeAdminCodeRequest = z.object({
	lockId: Id,
	password: z.string(),
	changeType: ByBluetooth
});

const MinuteOfDay = whole(24 * 60);

/** When the lock stays open: minutes of the day, days from 1 Monday to 7 Sunday. */
export const PassageModeRequest = z.object({
	lockId: Id,
	passageMode: YesNo,
	startDate: MinuteOfDay.optional(),
	endDate: MinuteOfDay.optional(),
	isAllDay: YesNo.optional(),
	weekDays: json(z.array(z.int().min(1).max(7)).max(7)).optional(),
	autoUnlock: YesNo.optional(),
	type: ByBluetooth
});

export const PassageMode = z.object({
	/** 1 on, 2 off; as all here that are no minutes. */
	passageMode: z.int(),
	startDate: z.int(),
	endDate: z.int(),
	isAllDay: z.int(),
	weekDays: z.array(z.int()),
	autoUnlock: z.int()
});
export type PassageMode = z.infer<typeof PassageMode>;

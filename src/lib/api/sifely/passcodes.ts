import { z } from 'zod';
import { ByBluetooth, Id, Moment, OrderBy, pageOf, Paging, Text, textLike } from './fields.ts';

/** Types of a custom passcode; random ones have fourteen. */
export const CUSTOM = { permanent: 2, period: 3 } as const;

const Code = textLike(/^\d{4,9}$/, 'bad-code-length', 'a passcode has 4 to 9 digits');
const Type = z.string().regex(/^([1-9]|1[0-4])$/, '1 to 14');

export const GetCodeRequest = z.object({
	lockId: Id,
	keyboardPwdType: Type.transform(Number),
	keyboardPwdName: Text.default(''),
	startDate: Moment,
	endDate: Moment.optional(),
	keyboardPwdVersion: textLike(/^4$/, 'bad-passcode-version', 'only 4').optional()
});
export const GetCodeReply = z.object({ keyboardPwd: z.string(), keyboardPwdId: z.int() });

export const AddCodeRequest = z.object({
	lockId: Id,
	keyboardPwd: Code,
	keyboardPwdName: Text.default(''),
	keyboardPwdType: z.enum(['2', '3']).transform(Number).default(CUSTOM.period),
	startDate: Moment.optional(),
	endDate: Moment.optional(),
	addType: ByBluetooth
});
export const AddCodeReply = z.object({ keyboardPwdId: z.int() });

export const DeleteCodeRequest = z.object({
	lockId: Id,
	keyboardPwdId: Id,
	deleteType: ByBluetooth
});
export const DeleteByCodeRequest = z.object({
	lockId: Id,
	keyboardPwd: z.string().max(20),
	deleteType: ByBluetooth
});
export const ChangeCodeRequest = z.object({
	lockId: Id,
	keyboardPwdId: Id,
	keyboardPwdName: Text.optional(),
	newKeyboardPwd: Code.optional(),
	startDate: Moment.optional(),
	endDate: Moment.optional(),
	changeType: ByBluetooth
});

export const ListCodesRequest = z.object({
	lockId: Id,
	searchStr: Text.optional(),
	orderBy: OrderBy,
	...Paging
});
export const ListCodesReply = pageOf(
	z.object({
		keyboardPwdId: z.int(),
		lockId: z.int(),
		keyboardPwd: z.string(),
		keyboardPwdName: z.string(),
		keyboardPwdType: z.int(),
		startDate: z.int(),
		endDate: z.int(),
		sendDate: z.int(),
		isCustom: z.int(),
		senderUsername: z.string(),
		/** 1 holds, 2 is over. */
		status: z.int()
	})
);

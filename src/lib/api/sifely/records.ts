import { z } from 'zod';
import { Id, json, Moment, pageOf, Paging, Text } from './fields.ts';

const Uid = z
	.int()
	.min(0)
	.max(2 ** 32 - 1);
const Percent = z.int().min(-1).max(255);
const Code = z
	.string()
	.max(40)
	.regex(/^[\x20-\x7e]*$/, 'printable ASCII');

/** A record as a phone has read it from the lock; numbers may come as text. */
const Reading = z.object({
	/** The lock's own. */
	recordType: z.coerce.number().int().min(-128).max(255),
	/** Milliseconds. */
	operateDate: z.coerce.number().int().min(0).max(253_402_300_799_999),
	recordId: z.coerce.number().pipe(z.int().min(0)).optional(),
	uid: z.coerce.number().pipe(Uid).optional(),
	electricQuantity: z.coerce.number().pipe(Percent).optional(),
	keyId: z.coerce.number().pipe(z.int().min(0)).optional(),
	deleteDate: z.coerce.number().pipe(z.int().min(0)).optional(),
	password: z.coerce.string().pipe(Code).optional(),
	newPassword: z.coerce.string().pipe(Code).optional()
});
export type Reading = z.infer<typeof Reading>;

export const UploadRecordsRequest = z.object({
	lockId: Id,
	records: json(z.array(Reading).max(1000))
});

export const ListRecordsRequest = z.object({
	lockId: Id,
	startDate: Moment.optional(),
	endDate: Moment.optional(),
	uid: z
		.string()
		.regex(/^\d{1,10}$/)
		.transform(Number)
		.optional(),
	recordType: z
		.string()
		.regex(/^-?\d{1,3}$/)
		.transform(Number)
		.optional(),
	searchStr: Text.optional(),
	...Paging
});
export const ListRecordsReply = pageOf(
	z.object({
		recordId: z.int(),
		lockId: z.int(),
		recordTypeFromLock: z.int(),
		recordType: z.int(),
		success: z.int(),
		username: z.string(),
		keyboardPwd: z.string(),
		lockDate: z.int(),
		serverDate: z.int()
	})
);

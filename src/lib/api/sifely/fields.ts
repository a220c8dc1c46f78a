import { z } from 'zod';
import type { SifelyRefusal } from './errcodes.ts';

/*
 * Parameters arrive as text, from a query or a form. A rule that has an errcode of its own names it in
 * `params`; all others are -3.
 */

/** Text of a form whose breach has an errcode of its own. */
export function textLike(pattern: RegExp, refusal: SifelyRefusal, error: string) {
	return z.string().refine((text) => pattern.test(text), { params: { refusal }, error });
}

/** Ids, which fit 31 bits as the clients of this API expect. */
export const Id = whole(2 ** 31 - 1);

/** Milliseconds since 1970; 0 and, as an end, 1 have meanings of their own. */
export const Moment = whole(253_402_300_799_999);

/** 1 yes, 2 no. */
export const YesNo = z.enum(['1', '2']).transform(Number);

/** 0 no, 1 yes. */
export const Flag = z.enum(['0', '1']).transform(Number);

/** Names and remarks as people type them. */
export const Text = z.string().trim().max(200);

/** MD5 of a password: 32 lower-case hex characters. */
export const Md5 = textLike(
	/^[0-9a-f]{32}$/,
	'not-md5',
	'the MD5 of the password in lower-case hex'
);

/** 1 when a phone has done it over Bluetooth; a gateway (2, 3, 4) is not to be had here. */
export const ByBluetooth = textLike(/^1$/, 'no-gateway', 'only 1, by Bluetooth').optional();

export const Paging = {
	pageNo: whole(1_000_000, 1).default(1),
	pageSize: whole(200, 1).default(20)
};

/** For the calls whose pages may be longer. */
export const LongPaging = { ...Paging, pageSize: whole(1000, 1).default(20) };

/** 0 by name, 1 newest first, 2 by name backwards. */
export const OrderBy = z.enum(['0', '1', '2']).default('1');

/** How a page of a list is answered. */
export function pageOf<R extends z.ZodType>(row: R) {
	return z.object({
		list: z.array(row),
		pageNo: z.int(),
		pageSize: z.int(),
		pages: z.int(),
		total: z.int()
	});
}

/** A whole number from its digits. */
export function whole(most: number, least = 0) {
	return z
		.string()
		.regex(/^\d{1,16}$/, 'a whole number')
		.transform(Number)
		.refine((value) => value >= least && value <= most, `${least} to ${most}`);
}

/** A parameter that holds JSON. */
export function json<S extends z.ZodType>(schema: S) {
	return z
		.string()
		.transform((text, context): unknown => {
			try {
				return JSON.parse(text);
			} catch {
				context.addIssue({
					code: 'custom',
					message: 'not JSON',
					params: { refusal: 'bad-json' satisfies SifelyRefusal }
				});
				return z.NEVER;
			}
		})
		.pipe(schema);
}

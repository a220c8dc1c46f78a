import { z } from 'zod';
import { API_VERSION, ApiVersion } from './versions.ts';

/** Numbers that a server answers as `error_code`; 0 is success. */
export const ERROR_CODE = {
	/** The server's own fault; HTTP 500. */
	internal: 1,
	/** The API key is missing, wrong, revoked, or not of the kind this call takes. */
	'bad-key': 2,
	/** Not JSON, a wrong type, or a value that cannot be. HTTP 413 when the body is too large. */
	'bad-input': 3,
	/** Every call is a POST. */
	'bad-method': 4,
	'no-endpoint': 5,
	'no-company': 6,
	/** Absent, or another company's: the two are not told apart. */
	'no-lock': 7,
	unknown: 99
} as const;
export type CoreRefusal = keyof typeof ERROR_CODE;

export const SUCCESS = 'Command successfully completed';

const Frame = {
	message: z.string(),
	request: z.string(),
	api_version: ApiVersion
};

/** What a call answers that did what it was asked. */
export function successOf<D extends z.ZodType>(data: D) {
	return z.object({
		result: z.literal('success'),
		error_code: z.literal(0),
		data,
		/** Opaque; unlock and unshackle only. */
		token: z.string().min(1).optional(),
		...Frame
	});
}

/** What a call answers that was refused. HTTP 200: the mobile libraries cannot read another. */
export const Failure = z.object({
	result: z.literal('failure'),
	error_code: z.int().min(1).max(99),
	data: z.null(),
	...Frame
});
export type Failure = z.infer<typeof Failure>;

/** The members in the order of the examples. */
export function success(request: string, data: unknown, token?: string): object {
	return {
		result: 'success',
		message: SUCCESS,
		error_code: 0,
		data,
		...(token === undefined ? {} : { token }),
		request,
		api_version: API_VERSION
	};
}

export function failure(request: string, code: CoreRefusal, message: string): object {
	return {
		result: 'failure',
		message,
		error_code: ERROR_CODE[code],
		data: null,
		request,
		api_version: API_VERSION
	};
}

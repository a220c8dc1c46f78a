import { z } from 'zod';
import { API_VERSION, ApiVersion, type Version } from './versions.ts';

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
	/** HTTP 429: this API key has sent too much; wait as long as Retry-After says. */
	unknown: 99
} as const;
export type CoreRefusal = keyof typeof ERROR_CODE;

const SUCCESS = 'Command successfully completed';

/** One part of a request that did not work, while others may have. */
export const ErrorDetail = z.object({
	mac: z.string(),
	/** Quick click calls. */
	code: z.string().optional(),
	/** Fob calls. */
	tracking_key: z.string().optional(),
	msg: z.string(),
	action: z.enum(['issue', 'revoke'])
});
export type ErrorDetail = z.infer<typeof ErrorDetail>;

const Frame = {
	message: z.string(),
	request: z.string(),
	api_version: ApiVersion
};

const details = z.array(ErrorDetail).nullable().optional();

/** What a call answers that did what it was asked. */
export function successOf<D extends z.ZodType>(data: D) {
	return z.object({
		result: z.literal('success'),
		error_code: z.literal(0),
		/** Quick click and fob calls only. */
		error_details: details,
		data,
		/** Opaque; calls that open, engage or update only. */
		token: z.string().min(1).optional(),
		...Frame
	});
}

/** What a call answers that was refused. HTTP 200: the mobile libraries cannot read another. */
export const Failure = z.object({
	result: z.literal('failure'),
	error_code: z.int().min(1).max(99),
	error_details: details,
	data: z.null(),
	...Frame
});
export type Failure = z.infer<typeof Failure>;

/** What an answer has besides its data; `details` undefined leaves them out. */
export interface Extras {
	details?: readonly ErrorDetail[] | null | undefined;
	token?: string | undefined;
	version?: Version | undefined;
}

/** The members in the order of the examples. */
export function success(request: string, data: unknown, extras: Extras = {}): object {
	const { details, token } = extras;
	return {
		result: 'success',
		message: SUCCESS,
		error_code: 0,
		...(details === undefined ? {} : { error_details: details }),
		data,
		...(token === undefined ? {} : { token }),
		request,
		api_version: versionBlock(extras)
	};
}

export function failure(
	request: string,
	code: CoreRefusal,
	message: string,
	extras: Extras = {}
): object {
	const { details } = extras;
	return {
		result: 'failure',
		message,
		error_code: ERROR_CODE[code],
		...(details === undefined ? {} : { error_details: details }),
		data: null,
		request,
		api_version: versionBlock(extras)
	};
}

function versionBlock({ version }: Extras): object {
	return version === undefined ? API_VERSION : { ...API_VERSION, response: version };
}

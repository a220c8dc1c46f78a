import type { Answer } from './call.ts';
import { each, fits, maybe, same, someText, type Shape } from './shape.ts';

/** How a family tells of errors: not at all, null when there are none, or an empty list. */
export type Details = 'none' | 'null' | 'list';

/** The block of the section on API versions, word for word. */
export function versions(response = '0.1.0'): Shape {
	return {
		response,
		available: {
			'0.0.0': { changes: '', status: 'deprecated' },
			'0.1.0': {
				changes:
					'Added ErrorDetails field in response which can hold details about multiple errors and is particularly useful when a request has multiple parts that can succeed or fail independently. Added API versioning. For qc/issue and qc/revoke added successes to Data field.',
				status: 'default'
			},
			'1.0.0': {
				changes:
					'error codes/messages from quick click calls changing to be more descriptive and more standardized',
				status: 'active'
			}
		},
		default: '0.1.0'
	};
}

export interface Envelope {
	readonly request: string;
	readonly data: Shape;
	readonly token?: boolean;
	readonly details?: Details;
	/** What `error_details` holds, where it is not empty. */
	readonly errors?: Shape;
	readonly version?: string;
}

/** The answer of a call that did what it was asked, with exactly the members of the examples. */
export function success(envelope: Envelope): Shape {
	const { request, data, token = false, details = 'none', errors, version } = envelope;
	return {
		result: 'success',
		message: 'Command successfully completed',
		error_code: 0,
		...(details === 'none' ? {} : { error_details: errors ?? (details === 'null' ? null : []) }),
		data,
		...(token ? { token: someText } : {}),
		request,
		api_version: versions(version)
	};
}

/**
 * A refusal: this code, nothing in `data`, and HTTP 200, because the mobile libraries cannot read
 * the body of another status.
 */
export function refused(
	{ status, body }: Answer,
	request: string,
	code: number | Shape,
	version?: string
): void {
	same(status, 200, 'HTTP status');
	fits(body, {
		result: 'failure',
		message: someText,
		error_code: code,
		error_details: maybe(eachOrNull),
		data: null,
		request,
		api_version: versions(version)
	});
}

/** The quick click and fob families have `error_details` also where the whole call failed. */
const eachOrNull: Shape = {
	check: (value, at) => (value === null ? null : each({ check: () => null }).check(value, at))
};

/** A call that did what it was asked. */
export function succeeded({ status, body }: Answer, envelope: Envelope): void {
	same(status, 200, 'HTTP status');
	fits(body, success(envelope));
}

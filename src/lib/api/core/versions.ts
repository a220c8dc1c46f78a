import { z } from 'zod';

const VERSIONS = ['0.0.0', '0.1.0', '1.0.0'] as const;
export type Version = (typeof VERSIONS)[number];

export const DEFAULT_VERSION: Version = '0.1.0';

/** What a client may ask for; only quick click calls heed it. */
export const RequestedVersion = z.string().regex(/^\d{1,4}\.\d{1,4}\.\d{1,4}$/);

/**
 * The version that serves a request: the one that is named, else the newest of the same major
 * number, because minor and patch changes break nothing. Undefined for another major number.
 */
export function versionFor(requested: string): Version | undefined {
	const exact = VERSIONS.find((version) => version === requested);
	const major = requested.split('.')[0];
	return exact ?? VERSIONS.findLast((version) => version.split('.')[0] === major);
}

/** The block about versions that every answer carries, word for word, but for `response`. */
export const API_VERSION = {
	response: DEFAULT_VERSION,
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
} as const;

export const ApiVersion = z.object({
	response: z.string(),
	available: z.record(
		z.string(),
		z.object({ changes: z.string(), status: z.enum(['deprecated', 'default', 'active']) })
	),
	default: z.string()
});

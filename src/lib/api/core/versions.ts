import { z } from 'zod';

/** The block about versions that every answer carries, word for word. */
export const API_VERSION = {
	response: '0.1.0',
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

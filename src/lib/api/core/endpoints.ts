import type { z } from 'zod';
import { ActivityData, ActivityRequest } from './activity.ts';
import { KeysData, KeysRequest } from './keys.ts';
import { LockData, LockRequest } from './lock.ts';
import { UnlockData, UnlockRequest } from './unlock.ts';
import { UploadData, UploadRequest } from './upload.ts';

export type KeyKind = 'private' | 'mobile';

/** One call of the Core API: POST under /core/, with or without a slash at the end. */
export interface CoreEndpoint {
	summary: string;
	/** Kinds of API key it takes. */
	keys: readonly KeyKind[];
	request: z.ZodType;
	data: z.ZodType;
	/** Whether the answer has a `token`. */
	token: boolean;
}

/** What an integrator calls. */
const PRIVATE: readonly KeyKind[] = ['private'];
/** What the mobile library calls; its key is public. */
const EITHER: readonly KeyKind[] = ['private', 'mobile'];

/** Every call, by its path. */
export const ENDPOINTS = {
	lock: {
		summary: 'Locks of the company',
		keys: PRIVATE,
		request: LockRequest,
		data: LockData,
		token: false
	},
	unlock: {
		summary: 'Commands that open one session of a lock; sets it up and brings every change to it',
		keys: PRIVATE,
		request: UnlockRequest,
		data: UnlockData,
		token: true
	},
	unshackle: {
		summary: 'Commands that release the shackle of an HD padlock for a battery change',
		keys: PRIVATE,
		request: UnlockRequest,
		data: UnlockData,
		token: true
	},
	keys: {
		summary: 'Offline keys: issue, display, revoke; they reach a lock by its next online unlock',
		keys: PRIVATE,
		request: KeysRequest,
		data: KeysData,
		token: false
	},
	upload: {
		summary: 'What locks said, sent by the mobile library; also accepted at /core/ itself',
		keys: EITHER,
		request: UploadRequest,
		data: UploadData,
		token: false
	},
	activity: {
		summary: 'What happened at the locks, the newest first',
		keys: PRIVATE,
		request: ActivityRequest,
		data: ActivityData,
		token: false
	}
} as const satisfies Record<string, CoreEndpoint>;

export type EndpointName = keyof typeof ENDPOINTS;

/** The call at a path below /core/, without slashes around it. */
export function endpointAt(path: string): EndpointName | undefined {
	return Object.hasOwn(ENDPOINTS, path) ? (path as EndpointName) : undefined;
}

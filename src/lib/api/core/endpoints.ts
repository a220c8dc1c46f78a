import type { z } from 'zod';
import { ActivityData, ActivityRequest } from './activity.ts';
import {
	DisplayFobsRequest,
	FobsData,
	IssueFobRequest,
	RevokeFobRequest,
	SyncFobData,
	SyncFobRequest
} from './fobs.ts';
import { KeysData, KeysRequest } from './keys.ts';
import { LockData, LockRequest } from './lock.ts';
import {
	CodesData,
	DisplayCodesRequest,
	IssueCodesRequest,
	QuickClicksRequest,
	RevokeCodesRequest
} from './quick-clicks.ts';
import { ConfirmData, ConfirmRequest, RestoreData, RestoreRequest } from './restore.ts';
import { SettingsData, SettingsRequest } from './settings.ts';
import { UnlockData, UnlockRequest, UpdateRequest } from './unlock.ts';
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
	/**
	 * Whether the answer has `error_details`: never; as the requested version says, null when there
	 * are none (quick clicks); always, empty when there are none (fobs).
	 */
	details: 'none' | 'versioned' | 'list';
}

/** What an integrator calls. */
const OWN = { keys: ['private'], token: false, details: 'none' } as const;
/** Calls that answer with commands for one session. */
const SESSION = { ...OWN, token: true } as const;
const CODES = { ...OWN, data: CodesData, details: 'versioned' } as const;
const FOBS = { ...OWN, data: FobsData, details: 'list' } as const;
/** What the mobile library calls; its key is public. */
const LIBRARY = { keys: ['private', 'mobile'], token: false, details: 'none' } as const;

/** Every call, by its path. */
export const ENDPOINTS = {
	lock: { summary: 'Locks of the company', ...OWN, request: LockRequest, data: LockData },
	unlock: {
		summary: 'Commands that open one session of a lock; sets it up and brings every change to it',
		...SESSION,
		request: UnlockRequest,
		data: UnlockData
	},
	unshackle: {
		summary: 'Commands that release the shackle of an HD padlock for a battery change',
		...SESSION,
		request: UnlockRequest,
		data: UnlockData
	},
	engagelock: {
		summary: 'Commands that engage an HD padlock with firmware 4.25 or later',
		...SESSION,
		request: UnlockRequest,
		data: UnlockData
	},
	fwupdate: {
		summary: 'Commands that put a lock into firmware update mode for a minute',
		...SESSION,
		request: UpdateRequest,
		data: UnlockData
	},
	'lock/settings': {
		summary: 'Settings of locks; they reach a lock by its next online unlock',
		...OWN,
		request: SettingsRequest,
		data: SettingsData
	},
	keys: {
		summary: 'Offline keys: issue, display, revoke; they reach a lock by its next online unlock',
		...OWN,
		request: KeysRequest,
		data: KeysData
	},
	'qc/issue': {
		summary: 'Issues quick clicks of a lock, or changes how often they may be used',
		...CODES,
		request: IssueCodesRequest
	},
	'qc/revoke': {
		summary: 'Revokes quick clicks of a lock; they open until its next online unlock',
		...CODES,
		request: RevokeCodesRequest
	},
	'qc/display': {
		summary: 'Quick clicks of some or all locks',
		...CODES,
		request: DisplayCodesRequest
	},
	qc: {
		summary: 'Deprecated: issues, revokes and displays quick clicks; answers as a display',
		...CODES,
		request: QuickClicksRequest
	},
	'fobs/issue': {
		summary: 'Locks that a fob is to open, once lock and fob have heard of it',
		...FOBS,
		request: IssueFobRequest
	},
	'fobs/revoke': {
		summary: 'Takes locks off a fob, and its keys off those locks',
		...FOBS,
		request: RevokeFobRequest
	},
	'fobs/display': {
		summary: 'Fobs, and the locks they open',
		...FOBS,
		request: DisplayFobsRequest
	},
	'fobs/sync': {
		summary: 'Commands that bring a fob, in one session, all that it is to hold',
		...FOBS,
		request: SyncFobRequest,
		data: SyncFobData
	},
	upload: {
		summary: 'What locks and fobs said, sent by the mobile library; also accepted at /core/ itself',
		...LIBRARY,
		request: UploadRequest,
		data: UploadData
	},
	restore: {
		summary: 'Commands that bring a lock the keys it was sent before; opens nothing',
		...LIBRARY,
		request: RestoreRequest,
		data: RestoreData
	},
	'restore/confirm': {
		summary: 'What a phone believes of a restore; only the lock itself is believed',
		...LIBRARY,
		request: ConfirmRequest,
		data: ConfirmData
	},
	activity: {
		summary: 'What happened at the locks, the newest first',
		...OWN,
		request: ActivityRequest,
		data: ActivityData
	}
} as const satisfies Record<string, CoreEndpoint>;

export type EndpointName = keyof typeof ENDPOINTS;

/** Other paths of a call: the overview of the text says `/fob/sync`. */
const ALIASES: Readonly<Record<string, EndpointName>> = { 'fob/sync': 'fobs/sync' };

/** The call at a path below /core/, without slashes around it. */
export function endpointAt(path: string): EndpointName | undefined {
	if (Object.hasOwn(ALIASES, path)) return ALIASES[path];
	return Object.hasOwn(ENDPOINTS, path) ? (path as EndpointName) : undefined;
}

/**
 * The call that a body at /core/ itself is for: the mobile libraries post to exactly the custom URL
 * they were given.
 */
export function endpointFor(body: unknown): EndpointName | undefined {
	if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
	const has = (name: string): boolean => Object.hasOwn(body, name);
	if (has('logs')) return 'upload';
	if (!has('mac')) return undefined;
	if (has('command_id')) return 'restore/confirm';
	return has('session') ? 'restore' : undefined;
}

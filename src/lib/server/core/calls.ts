import type { z } from 'zod';
import { ENDPOINTS, type EndpointName } from '../../api/core/endpoints.ts';
import type { UploadRequest } from '../../api/core/upload.ts';
import type { Version } from '../../api/core/versions.ts';
import { toHex } from '../../protocol/bytes.ts';
import type { Budgets } from '../budget.ts';
import { saidOf } from '../http/parse.ts';
import { listCoreActivity } from './activity-call.ts';
import type { Caller, Keyholder, Outcome } from './caller.ts';
import { CoreError, lockNotFound } from './error.ts';
import { displayFobs, issueToFob, revokeFromFob } from './fob-calls.ts';
import { syncFob } from './fob-sync.ts';
import { issueCommands, type Core } from './issue.ts';
import { listCoreLocks } from './lock-list.ts';
import { callKeys } from './offline-keys.ts';
import type { IssueAction } from './packets.ts';
import { callQuickClicks, displayCodes, issueCodesCall, revokeCodesCall } from './qc-calls.ts';
import { confirmRestore } from './restore.ts';
import { setSettings } from './settings-call.ts';
import { hearLogs } from './uploads.ts';

/** What calls work with. */
export interface CoreServer extends Core {
	readonly budgets: Budgets;
}

/** One call, once it is known who calls: the body as it came in, `data` out. Throws CoreError. */
type Call = (
	core: CoreServer,
	caller: Keyholder,
	body: unknown,
	version: Version
) => Promise<Outcome>;

/** What each endpoint does. */
export const CALLS: Record<EndpointName, Call> = {
	lock: whole(ENDPOINTS.lock, async ({ db }, caller, request) => ({
		locks: await listCoreLocks(db, caller, request)
	})),
	unlock: whole(ENDPOINTS.unlock, commands('unlock')),
	unshackle: whole(ENDPOINTS.unshackle, commands('unshackle')),
	engagelock: whole(ENDPOINTS.engagelock, commands('engage')),
	fwupdate: whole(ENDPOINTS.fwupdate, commands('update')),
	'lock/settings': whole(ENDPOINTS['lock/settings'], setSettings),
	keys: whole(ENDPOINTS.keys, callKeys),
	'qc/issue': inParts(ENDPOINTS['qc/issue'], issueCodesCall),
	'qc/revoke': inParts(ENDPOINTS['qc/revoke'], revokeCodesCall),
	'qc/display': whole(ENDPOINTS['qc/display'], displayCodes),
	qc: inParts(ENDPOINTS.qc, callQuickClicks),
	'fobs/issue': inParts(ENDPOINTS['fobs/issue'], issueToFob),
	'fobs/revoke': inParts(ENDPOINTS['fobs/revoke'], revokeFromFob),
	'fobs/display': whole(ENDPOINTS['fobs/display'], displayFobs),
	'fobs/sync': whole(ENDPOINTS['fobs/sync'], async (core, caller, { mac, session }) => ({
		commands: joined(await syncFob(core, caller, { mac, session }))
	})),
	upload: whole(ENDPOINTS.upload, upload),
	restore: whole(ENDPOINTS.restore, (core, caller, request) => {
		core.budgets.uploads.spend(caller.id, 1, Date.now());
		return commands('restore')(core, caller, request);
	}),
	'restore/confirm': whole(ENDPOINTS['restore/confirm'], confirmRestore),
	activity: whole(ENDPOINTS.activity, listCoreActivity)
};

interface Schemas<S extends z.ZodType, D extends z.ZodType> {
	request: S;
	data: D;
}

/** A call whose parts may fail by themselves. */
function inParts<S extends z.ZodType, D extends z.ZodType>(
	{ request }: Schemas<S, D>,
	run: (
		core: CoreServer,
		caller: Keyholder,
		request: z.output<S>,
		version: Version
	) => Promise<Outcome<z.input<D>>>
): Call {
	return (core, caller, body, version) => {
		const parsed = request.safeParse(body);
		if (!parsed.success) throw badInput(parsed.error);
		return run(core, caller, parsed.data, version);
	};
}

/** A call that works as a whole or not at all. */
function whole<S extends z.ZodType, D extends z.ZodType>(
	schemas: Schemas<S, D>,
	run: (core: CoreServer, caller: Keyholder, request: z.output<S>) => Promise<z.input<D>>
): Call {
	return inParts(schemas, async (core, caller, request) => ({
		data: await run(core, caller, request),
		failed: []
	}));
}

function badInput({ issues }: z.ZodError): CoreError {
	return new CoreError('bad-input', `Bad input: ${saidOf(issues)}`);
}

/** Commands of one action for one session. */
function commands(action: IssueAction) {
	return async (
		core: Core,
		caller: Caller,
		request: { mac: string; session: string; tracking_key?: string | null | undefined }
	): Promise<{ commands: string }> => {
		const { mac, session, tracking_key } = request;
		const trackingKey = tracking_key || null;
		const asked = { mac, session, action, trackingKey, userId: null };
		return { commands: joined((await issueCommands(core, caller, asked)).packets) };
	};
}

function joined(packets: readonly Uint8Array[]): string {
	return packets.map(toHex).join('+');
}

async function upload(
	core: CoreServer,
	caller: Keyholder,
	{ logs }: z.output<typeof UploadRequest>
): Promise<Record<string, never>> {
	const heard = logs.map(({ session, mac, received_time, responses }) => ({
		session,
		mac,
		receivedAt: received_time * 1000,
		packets: responses
	}));
	core.budgets.uploads.spend(caller.id, Math.max(1, logs.length), Date.now());
	const { known, strange } = await hearLogs(core, caller, heard);
	core.budgets.strange.spend(caller.id, strange, Date.now());
	if (!known) throw lockNotFound();
	return {};
}

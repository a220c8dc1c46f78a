import type { z } from 'zod';
import { ACTIONS, type ActivityAction } from '../../api/app/activity.ts';
import {
	ACTIVITY_LIMIT,
	type ActivityData,
	type ActivityRequest
} from '../../api/core/activity.ts';
import { ENDPOINTS, type EndpointName } from '../../api/core/endpoints.ts';
import { toDateTime } from '../../api/core/shapes.ts';
import type { UnlockRequest } from '../../api/core/unlock.ts';
import { toHex } from '../../protocol/bytes.ts';
import type { EnvironmentName } from '../db/tables.ts';
import { listActivity } from './activity.ts';
import { CoreError, lockNotFound } from './error.ts';
import { issueCommands, type Core } from './issue.ts';
import { listCoreLocks } from './lock-list.ts';
import { callKeys } from './offline-keys.ts';
import { hearLogs } from './uploads.ts';

/** Who calls, as the API key says: never what the body says. */
export interface Caller {
	companyId: string;
	environment: EnvironmentName;
}

/** One call, once it is known who calls: the body as it came in, `data` out. Throws CoreError. */
type Call = (core: Core, caller: Caller, body: unknown) => Promise<unknown>;

/** What each endpoint does. */
export const CALLS: Record<EndpointName, Call> = {
	lock: call(ENDPOINTS.lock, async ({ db }, caller, request) => ({
		locks: await listCoreLocks(db, caller, request)
	})),
	unlock: call(ENDPOINTS.unlock, (core, caller, request) => open(core, caller, request, 'unlock')),
	unshackle: call(ENDPOINTS.unshackle, (core, caller, request) =>
		open(core, caller, request, 'unshackle')
	),
	keys: call(ENDPOINTS.keys, callKeys),
	upload: call(ENDPOINTS.upload, async (core, caller, { logs }) => {
		const heard = logs.map(({ session, mac, received_time, responses }) => ({
			session,
			mac,
			receivedAt: received_time * 1000,
			packets: responses
		}));
		if (!(await hearLogs(core, caller, heard))) throw lockNotFound();
		return {};
	}),
	activity: call(ENDPOINTS.activity, listCoreActivity)
};

function call<S extends z.ZodType, D extends z.ZodType>(
	{ request }: { request: S; data: D },
	run: (core: Core, caller: Caller, request: z.output<S>) => Promise<z.input<D>>
): Call {
	return (core, caller, body) => {
		const parsed = request.safeParse(body);
		if (!parsed.success) throw badInput(parsed.error);
		return run(core, caller, parsed.data);
	};
}

function badInput({ issues }: z.ZodError): CoreError {
	const said = issues
		.slice(0, 3)
		.map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message));
	return new CoreError('bad-input', `Bad input: ${said.join('; ')}`);
}

async function open(
	core: Core,
	caller: Caller,
	{ mac, session, tracking_key }: z.output<typeof UnlockRequest>,
	action: 'unlock' | 'unshackle'
): Promise<{ commands: string }> {
	const trackingKey = tracking_key || null;
	const request = { mac, session, action, trackingKey, userId: null };
	const { packets } = await issueCommands(core, caller, request);
	return { commands: packets.map(toHex).join('+') };
}

async function listCoreActivity(
	{ db }: Core,
	{ companyId, environment }: Caller,
	request: z.output<typeof ActivityRequest>
): Promise<z.input<typeof ActivityData>> {
	const { lock_macs = [], actions = [], tracking_keys = [], before, after } = request;
	const locks = lock_macs.length > 0 ? await idsOf(db, companyId, environment, lock_macs) : null;
	const rows = await listActivity(db, {
		companyId,
		environments: [environment],
		lockIds: locks ?? undefined,
		actions: actions.length > 0 ? known(actions) : undefined,
		trackingKeys: tracking_keys.length > 0 ? tracking_keys : undefined,
		before: before === undefined ? undefined : endOf(before),
		after: after === undefined ? undefined : Date.parse(after),
		limit: ACTIVITY_LIMIT
	});
	const macs = await macsOf(db, companyId, rows);
	const activity = rows.map((row) => ({
		lock_mac: macs.get(row.lock_id) ?? '',
		action: row.action,
		recorded_time: toDateTime(row.recorded_at),
		range_date_start: toDateTime(row.range_start),
		range_date_end: toDateTime(row.range_end),
		tracking_key: row.tracking_key ?? ''
	}));
	return { activity };
}

/** The text's own example says `unlock` for `unlocked`; what nobody knows matches nothing. */
function known(actions: readonly string[]): ActivityAction[] {
	return actions
		.map((action) => (action === 'unlock' ? 'unlocked' : action))
		.filter((action): action is ActivityAction => (ACTIONS as readonly string[]).includes(action));
}

/** Answers name seconds: an event within the last one of them is not later. */
function endOf(before: string): number {
	return Math.floor(Date.parse(before) / 1000) * 1000 + 999;
}

async function idsOf(
	db: Core['db'],
	companyId: string,
	environment: EnvironmentName,
	macs: readonly string[]
): Promise<string[]> {
	const rows = await db
		.selectFrom('lock')
		.select('id')
		.where('company_id', '=', companyId)
		.where('environment', '=', environment)
		.where('mac', 'in', macs)
		.execute();
	return rows.map(({ id }) => id);
}

async function macsOf(
	db: Core['db'],
	companyId: string,
	rows: readonly { lock_id: string }[]
): Promise<Map<string, string>> {
	const ids = [...new Set(rows.map(({ lock_id }) => lock_id))];
	if (ids.length === 0) return new Map();
	const locks = await db
		.selectFrom('lock')
		.select(['id', 'mac'])
		.where('company_id', '=', companyId)
		.where('id', 'in', ids)
		.execute();
	return new Map(locks.map(({ id, mac }) => [id, mac]));
}

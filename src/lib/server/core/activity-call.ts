import type { z } from 'zod';
import { ACTIONS, type ActivityAction } from '../../api/app/activity.ts';
import {
	ACTIVITY_LIMIT,
	type ActivityData,
	type ActivityRequest
} from '../../api/core/activity.ts';
import { toDateTime } from '../../api/core/shapes.ts';
import type { EnvironmentName } from '../db/tables.ts';
import { listActivity } from './activity.ts';
import type { Caller } from './caller.ts';
import type { Core } from './issue.ts';

/**
 * The call `activity`: what happened, the newest first. Locks that are not there match nothing.
 */
export async function listCoreActivity(
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

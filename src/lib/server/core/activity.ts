import { sql } from 'kysely';
import { ACTIONS, type ActivityAction } from '../../api/app/activity.ts';
import type { Db } from '../db/connect.ts';
import type { EnvironmentName } from '../db/tables.ts';
import { portions } from './read.ts';

/** Left out unless they are asked for by name. */
const QUIET: ReadonlySet<ActivityAction> = new Set([
	'button_touched',
	'proximity_stats',
	'wake_stats'
]);
const USUAL = ACTIONS.filter((action) => !QUIET.has(action));

/** What a page of activity holds; an empty list asks for nothing, an absent one for all. */
export interface ActivityFilter {
	companyId: string;
	environments: readonly EnvironmentName[];
	/** Ids of locks of this company. */
	lockIds?: readonly string[] | undefined;
	actions?: readonly ActivityAction[] | undefined;
	trackingKeys?: readonly string[] | undefined;
	/** Latest and earliest time of receipt, both included; milliseconds since 1970. */
	before?: number | undefined;
	after?: number | undefined;
	/** The last row of the page before. */
	below?: Place | undefined;
	limit: number;
}

/** Where a row stands in the order of pages: newest first. */
export interface Place {
	recordedAt: number;
	id: string;
}

export interface ActivityRow {
	id: string;
	lock_id: string;
	action: ActivityAction;
	recorded_at: number;
	range_start: number;
	range_end: number;
	tracking_key: string | null;
	slot: number | null;
	issue: number | null;
	claimed: number | null;
}

/** Branches of one statement; SQLite takes 500. */
const BRANCHES = 50;

/** One walk backwards along one index. */
interface Branch {
	lockId?: string;
	environment?: EnvironmentName;
	trackingKey?: string;
	action?: ActivityAction;
}

/**
 * The newest events of a filter. Each branch reads one index from its end and stops at `limit`
 * rows, so that a page takes as long over ten million rows as over ten thousand.
 */
export async function listActivity(db: Db, filter: ActivityFilter): Promise<ActivityRow[]> {
	const actions = filter.actions ?? USUAL;
	const all: ActivityRow[] = [];
	if (actions.length === 0 || filter.trackingKeys?.length === 0) return all;
	for (const some of portions(branchesOf(filter, actions), BRANCHES)) {
		all.push(...(await walk(db, filter, actions, some)));
	}
	return all
		.sort((a, b) => b.recorded_at - a.recorded_at || (a.id < b.id ? 1 : -1))
		.slice(0, filter.limit);
}

function branchesOf(filter: ActivityFilter, actions: readonly ActivityAction[]): Branch[] {
	const { environments, lockIds, trackingKeys } = filter;
	if (lockIds !== undefined) return [...new Set(lockIds)].map((lockId) => ({ lockId }));
	return environments.flatMap((environment): Branch[] =>
		trackingKeys !== undefined
			? [...new Set(trackingKeys)].map((trackingKey) => ({ environment, trackingKey }))
			: [...new Set(actions)].map((action) => ({ environment, action }))
	);
}

async function walk(
	db: Db,
	filter: ActivityFilter,
	actions: readonly ActivityAction[],
	branches: readonly Branch[]
): Promise<ActivityRow[]> {
	const [first, ...rest] = branches.map((branch) =>
		db.selectFrom(along(db, filter, actions, branch).as('part')).selectAll()
	);
	if (first === undefined) return [];
	return (
		rest
			.reduce((union, branch) => union.unionAll(branch), first)
			.orderBy('recorded_at', 'desc')
			.orderBy('id', 'desc')
			.limit(filter.limit)
			// Only `eventsOf` writes this column.
			.$narrowType<{ action: ActivityAction }>()
			.execute()
	);
}

/**
 * One branch. What the branch walks along is compared as it is, everything else inside `coalesce`:
 * a planner that knows nothing of the rows would else take another index and sort.
 */
function along(
	db: Db,
	filter: ActivityFilter,
	actions: readonly ActivityAction[],
	{ lockId, environment, trackingKey, action }: Branch
) {
	const { companyId, environments, trackingKeys, before, after, below, limit } = filter;
	let query = db
		.selectFrom('activity')
		.select([
			'id',
			'lock_id',
			'action',
			'recorded_at',
			'range_start',
			'range_end',
			'tracking_key',
			'slot',
			'issue',
			'claimed'
		])
		.orderBy('recorded_at', 'desc')
		.orderBy('id', 'desc')
		.limit(limit);
	const other = (column: 'company_id' | 'environment' | 'action' | 'tracking_key') =>
		sql<string>`coalesce(${sql.ref(column)}, '')`;
	if (lockId === undefined) query = query.where('company_id', '=', companyId);
	else query = query.where('lock_id', '=', lockId).where(other('company_id'), '=', companyId);
	if (environment === undefined) query = query.where(other('environment'), 'in', environments);
	else query = query.where('environment', '=', environment);
	if (action === undefined) query = query.where(other('action'), 'in', actions);
	else query = query.where('action', '=', action);
	if (trackingKey !== undefined) query = query.where('tracking_key', '=', trackingKey);
	else if (trackingKeys !== undefined)
		query = query.where(other('tracking_key'), 'in', trackingKeys);
	if (before !== undefined) query = query.where('recorded_at', '<=', before);
	if (after !== undefined) query = query.where('recorded_at', '>=', after);
	if (below !== undefined) {
		const { recordedAt, id } = below;
		query = query.where(sql<boolean>`(recorded_at, id) < (${recordedAt}, ${id})`);
	}
	return query;
}

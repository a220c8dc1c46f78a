import type { Selectable } from 'kysely';
import type { z } from 'zod';
import type { CoreLock, LockRequest } from '../../api/core/lock.ts';
import { toDateTime } from '../../api/core/shapes.ts';
import type { Db } from '../db/connect.ts';
import type { EnvironmentName, LockTable } from '../db/tables.ts';
import { engages, SETTINGS_COLUMNS, settingsChange, wantsExplicitLock } from '../settings.ts';
import { isMoving } from './moves.ts';
import { thaw } from './pending.ts';
import { portions } from './read.ts';

const COLUMNS = [
	'id',
	'mac',
	'serial',
	'created_by',
	'created_at',
	'setup_count',
	'hardware_type',
	'firmware',
	'battery_mv',
	'external_battery_mv',
	'phase',
	'active',
	'slot_changes',
	'slot_reset',
	'environment',
	'moves',
	'pending_changes',
	'quick_click_changes',
	...SETTINGS_COLUMNS
] as const;

type Row = Pick<Selectable<LockTable>, (typeof COLUMNS)[number]>;

/** Names of one statement. */
const NAMES = 1000;

/** The locks of one environment that are in either list, each once, in the order they were added. */
export async function listCoreLocks(
	db: Db,
	{ companyId, environment }: { companyId: string; environment: EnvironmentName },
	{ macs = [], serials = [] }: z.output<typeof LockRequest>
): Promise<CoreLock[]> {
	const query = db
		.selectFrom('lock')
		.select(COLUMNS)
		.where('company_id', '=', companyId)
		.where('environment', '=', environment);
	const found = new Map<string, Awaited<ReturnType<typeof query.execute>>[number]>();
	const add = async (some: typeof query): Promise<void> => {
		for (const row of await some.execute()) found.set(row.id, row);
	};
	if (macs.length === 0 && serials.length === 0) await add(query);
	for (const some of portions(macs, NAMES)) await add(query.where('mac', 'in', some));
	for (const some of portions(serials, NAMES)) await add(query.where('serial', 'in', some));
	return [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1)).map(toCoreLock);
}

function toCoreLock(row: Row): CoreLock {
	const isSetUp = row.setup_count > 0;
	return {
		mac: row.mac,
		created_by: row.created_by,
		created_date: toDateTime(row.created_at),
		setup_count: row.setup_count,
		hw_version: row.hardware_type.toLowerCase(),
		fw_version: row.firmware,
		serial: row.serial,
		internal_battery: row.battery_mv ?? 0,
		external_battery: row.external_battery_mv ?? 0,
		status: isSetUp ? 'ready' : 'awaiting setup',
		flags: flagsOf(row),
		settings: engages(row) ? { 'explicit-lock': wantsExplicitLock(row) } : {}
	};
}

/**
 * What waits for the lock, or is on its way. A set that brings nothing else brings keys; the one
 * that sets a lock up is told by its status.
 */
function flagsOf(row: Row): CoreLock['flags'] {
	const kinds =
		row.phase === 'offered' ? thaw(row.pending_changes).writes.map(({ kind }) => kind) : [];
	const codes = kinds.some((kind) => kind === 'quick-click' || kind === 'clear-quick-click');
	const settings = kinds.includes('settings');
	const slots = kinds.some((kind) => kind === 'set' || kind === 'remove' || kind === 'reset');
	const empty = row.setup_count > 0 && row.phase !== 'steady' && !codes && !settings;
	const keys = empty || slots || row.slot_changes > 0 || row.slot_reset === 1 || isMoving(row);
	const flags = [
		...(keys ? ['keys' as const] : []),
		...(codes || row.quick_click_changes > 0 ? ['quick-clicks' as const] : []),
		...(settings || settingsChange(row) ? ['settings' as const] : [])
	];
	return flags.length > 0 ? flags : 'none';
}

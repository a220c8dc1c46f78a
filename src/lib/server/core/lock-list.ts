import type { z } from 'zod';
import type { CoreLock, LockRequest } from '../../api/core/lock.ts';
import { toDateTime } from '../../api/core/shapes.ts';
import type { Db } from '../db/connect.ts';
import type { EnvironmentName } from '../db/tables.ts';
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
	'settings'
] as const;

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

function toCoreLock(row: {
	mac: string;
	serial: string;
	created_by: string;
	created_at: number;
	setup_count: number;
	hardware_type: string;
	firmware: string;
	battery_mv: number | null;
	external_battery_mv: number | null;
	phase: string;
	active: number;
	slot_changes: number;
	slot_reset: number;
	settings: string;
}): CoreLock {
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
		// A lock that is not set up waits for all of its keys; its status says so.
		flags: isSetUp && waits(row) ? ['keys'] : 'none',
		settings: JSON.parse(row.settings) as CoreLock['settings']
	};
}

function waits(row: { phase: string; slot_changes: number; slot_reset: number }): boolean {
	return row.phase !== 'steady' || row.slot_changes > 0 || row.slot_reset === 1;
}

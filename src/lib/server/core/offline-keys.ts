import type { z } from 'zod';
import type { CoreKey, KeysData, KeysRequest } from '../../api/core/keys.ts';
import { FOR_EVER } from '../../protocol/noke/writes.ts';
import { audit } from '../audit.ts';
import type { Db } from '../db/connect.ts';
import { holdLock, issueKeys, revokeKeys, type NewKey } from '../slots.ts';
import { CoreError, lockNotFound } from './error.ts';
import { grantOf, KEY_COLUMNS } from './grants.ts';
import type { Core } from './issue.ts';
import type { KeyColumns } from './keys.ts';
import { liveKeys, type KeyFilter, type KeyRow } from './key-rows.ts';
import { portions } from './read.ts';
import type { EnvironmentName } from '../db/tables.ts';

/** Locks and keys that one issue may name: it is one transaction. */
const LOCKS = 1000;
const KEYS = 10_000;
/** Locks of one transaction of a revocation, and names of one statement. */
const AT_ONCE = 200;
/** Keys derived in one go, about 10 ms. */
const DERIVED = 100;

interface Caller {
	companyId: string;
	environment: EnvironmentName;
}

type Request = z.output<typeof KeysRequest>;
type Lock = KeyColumns & { mac: string };

/**
 * The call `keys`: issues, revokes or displays the keys of the Core API. Keys of phones, which are
 * given in the app, are none of its business; they only share the slots. Throws CoreError
 * `lock-not-found`, `lock-full`, `bad-input`, and then nothing has changed.
 */
export async function callKeys(
	core: Core,
	caller: Caller,
	{ issue, display, revoke }: Request,
	now: number = Date.now()
): Promise<KeysData> {
	if (issue !== undefined) return issueAll(core, caller, issue, now);
	if (revoke !== undefined) return revokeAll(core, caller, revoke, now);
	return displayAll(core, caller, display?.length ? display : [{}]);
}

async function issueAll(
	core: Core,
	caller: Caller,
	elements: NonNullable<Request['issue']>,
	now: number
): Promise<KeysData> {
	const wanted = new Map<string, Set<string>>();
	for (const { macs, tracking_keys } of elements) {
		for (const mac of macs) {
			const keys = wanted.get(mac) ?? new Set();
			for (const key of tracking_keys) keys.add(key);
			wanted.set(mac, keys);
		}
	}
	const total = [...wanted.values()].reduce((sum, keys) => sum + keys.size, 0);
	if (wanted.size > LOCKS || total > KEYS)
		throw badInput(`one call issues at most ${KEYS} keys of ${LOCKS} locks`);
	const locks = await locksOf(core.db, caller, [...wanted.keys()]);
	const rows = await core.db.transaction().execute(async (trx) => {
		const issued: KeyRow[] = [];
		for (const { id, mac } of inOrder(locks)) {
			const lock = await holdLock(trx, id);
			if (lock === undefined) throw lockNotFound();
			const keys = [...wanted.get(mac)!].map(newKey);
			issued.push(...(await issueKeys(trx, lock, keys, now)));
		}
		const detail = { locks: wanted.size, keys: total };
		await audit(trx, caller.companyId, 'core-api', 'offline-key.issue', detail);
		return issued;
	});
	return toData(core, locks, rows);
}

/** Without an end: the text has none either. */
function newKey(trackingKey: string): NewKey {
	const window = { from: 0, until: FOR_EVER, renewAt: null };
	return { holder: 'key', tracking_key: trackingKey, user_id: null, phone_id: null, window };
}

async function displayAll(
	core: Core,
	caller: Caller,
	elements: NonNullable<Request['display']>
): Promise<KeysData> {
	const filters = elements.map(({ macs = [], tracking_keys = [] }) => ({
		macs: macs.length > 0 ? macs : undefined,
		trackingKeys: tracking_keys.length > 0 ? tracking_keys : undefined
	}));
	const named = await locksOf(core.db, caller, [
		...new Set(filters.flatMap(({ macs }) => macs ?? []))
	]);
	const rows = await keysOfFilters(core.db, caller, named, filters);
	return toData(core, await withLocksOf(core.db, named, rows), rows);
}

async function revokeAll(
	core: Core,
	caller: Caller,
	elements: NonNullable<Request['revoke']>,
	now: number
): Promise<KeysData> {
	const filters = elements.map(({ macs, tracking_keys }) => ({
		macs,
		trackingKeys: tracking_keys
	}));
	const named = await locksOf(core.db, caller, [
		...new Set(filters.flatMap(({ macs }) => macs ?? []))
	]);
	const doomed = await keysOfFilters(core.db, caller, named, filters);
	const touched = await withLocksOf(core.db, named, doomed);
	const of = Map.groupBy(doomed, ({ lock_id }) => lock_id);
	for (const some of portions(inOrder(touched), AT_ONCE)) {
		await core.db.transaction().execute(async (trx) => {
			let revoked = 0;
			for (const { id } of some) {
				const mine = new Set(of.get(id)?.map(({ slot, issue }) => `${slot} ${issue}`));
				const lock = mine.size > 0 ? await holdLock(trx, id) : undefined;
				if (lock === undefined) continue;
				const which = ({ slot, issue }: KeyRow) => mine.has(`${slot} ${issue}`);
				revoked += (await revokeKeys(trx, lock, which, now)).length;
			}
			const detail = { locks: some.length, keys: revoked };
			if (revoked > 0) await audit(trx, caller.companyId, 'core-api', 'offline-key.revoke', detail);
		});
	}
	const remaining = await liveKeys(core.db, caller, { lockIds: touched.map(({ id }) => id) });
	return toData(core, touched, remaining);
}

/** Keys that fit any of the filters, each once. */
async function keysOfFilters(
	db: Db,
	caller: Caller,
	named: readonly Lock[],
	filters: readonly KeyFilterByMac[]
): Promise<KeyRow[]> {
	const ids = new Map(named.map(({ mac, id }) => [mac, id]));
	const found = new Map<string, KeyRow>();
	for (const { macs, trackingKeys } of filters) {
		const filter = { lockIds: macs?.map((mac) => ids.get(mac)!), trackingKeys };
		for (const row of await liveKeys(db, caller, filter))
			found.set(`${row.lock_id} ${row.slot}`, row);
	}
	return [...found.values()];
}

interface KeyFilterByMac {
	macs: readonly string[] | undefined;
	trackingKeys: KeyFilter['trackingKeys'];
}

/** The locks of these MACs, in this order. Throws CoreError `lock-not-found` if one is not there. */
async function locksOf(db: Db, caller: Caller, macs: readonly string[]): Promise<Lock[]> {
	const found = new Map<string, Lock>();
	for (const some of portions(macs, AT_ONCE)) {
		const rows = await db
			.selectFrom('lock')
			.select([...KEY_COLUMNS, 'mac'])
			.where('company_id', '=', caller.companyId)
			.where('environment', '=', caller.environment)
			.where('mac', 'in', some)
			.execute();
		for (const row of rows) found.set(row.mac, row);
	}
	return macs.map((mac) => {
		const lock = found.get(mac);
		if (lock === undefined) throw lockNotFound();
		return lock;
	});
}

/** The locks that were named, then those of the keys, in the order they were added. */
async function withLocksOf(
	db: Db,
	named: readonly Lock[],
	rows: readonly KeyRow[]
): Promise<Lock[]> {
	const known = new Set(named.map(({ id }) => id));
	const others = [...new Set(rows.map(({ lock_id }) => lock_id))].filter((id) => !known.has(id));
	const locks = [...named];
	for (const some of portions(others.sort(), AT_ONCE)) {
		const more = db.selectFrom('lock').select([...KEY_COLUMNS, 'mac']);
		locks.push(...(await more.where('id', 'in', some).orderBy('id').execute()));
	}
	return locks;
}

/** Locks are held in one order, so that two calls never wait for each other in a circle. */
function inOrder(locks: readonly Lock[]): Lock[] {
	return locks.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

async function toData(
	{ secret }: Core,
	locks: readonly Lock[],
	rows: readonly KeyRow[]
): Promise<KeysData> {
	const of = Map.groupBy(rows, ({ lock_id }) => lock_id);
	const data: KeysData['locks'] = [];
	let derived = 0;
	for (const lock of locks) {
		const keys: CoreKey[] = [];
		for (const row of of.get(lock.id) ?? []) {
			const { offlineKey, unlockCommand } = grantOf(secret, lock, row);
			const { tracking_key } = row;
			keys.push({ tracking_key, offline_key: offlineKey, unlock_command: unlockCommand });
			// A large answer must not keep all others waiting.
			if (++derived % DERIVED === 0) await new Promise((resolve) => setImmediate(resolve));
		}
		data.push({ mac: lock.mac, keys });
	}
	return { locks: data };
}

function badInput(message: string): CoreError {
	return new CoreError('bad-input', `Bad input: ${message}`);
}

import type { z } from 'zod';
import type { ErrorDetail } from '../../api/core/envelope.ts';
import type {
	DisplayFobsRequest,
	FobLock,
	FobsData,
	IssueFobRequest,
	RevokeFobRequest
} from '../../api/core/fobs.ts';
import { audit } from '../audit.ts';
import type { Db } from '../db/connect.ts';
import { issueTogether, revokeTogether } from './fob-locks.ts';
import { credentialsOf, issueOf, type CredentialRow } from '../fob-rows.ts';
import type { FobRow } from '../fobs.ts';
import type { Caller, Outcome } from './caller.ts';
import { CoreError, fobNotFound, lockNotFound } from './error.ts';
import { fobOf } from './fob-hear.ts';
import { grantOf, KEY_COLUMNS } from './grants.ts';
import { isLive, latest } from './held.ts';
import type { Core } from './issue.ts';

/** The call `fobs/issue`. Throws CoreError `fob-not-found`, `fob-lost`, or the first refusal when no lock worked. */
export async function issueToFob(
	core: Core,
	caller: Caller,
	{ fob_mac, locks }: z.output<typeof IssueFobRequest>
): Promise<Outcome<FobsData>> {
	const now = Date.now();
	const fob = await foundFob(core.db, caller, fob_mac);
	const wanted = new Map(locks.map(({ mac, tracking_key }) => [mac, tracking_key]));
	const failed: ErrorDetail[] = [];
	const issued = await core.db.transaction().execute(async (trx) => {
		const ids = await lockIds(trx, caller, [...wanted.keys()]);
		const locks = [...wanted].map(([mac, trackingKey]) => ({ mac, id: ids.get(mac), trackingKey }));
		const { rows, refused } = await issueTogether(trx, fob.id, locks, now);
		for (const [mac, { message: msg }] of refused)
			failed.push({ mac, tracking_key: wanted.get(mac)!, msg, action: 'issue' });
		const detail = { fob: fob_mac, locks: rows.size };
		if (rows.size > 0) await audit(trx, caller.companyId, 'core-api', 'fob.issue', detail);
		return [...wanted.keys()].flatMap((mac) => rows.get(mac) ?? []);
	});
	if (issued.length === 0) {
		const code = failed.every(({ msg }) => msg === 'Lock not found')
			? 'lock-not-found'
			: 'bad-input';
		throw new CoreError(code, failed[0]!.msg, { details: failed });
	}
	return { data: [{ fob: fob.mac, locks: await locksOf(core, issued) }], failed };
}

/**
 * The call `fobs/revoke`: the keys go off their locks with the next online unlock of each, and off
 * the fob with its next sync. Shows what the fob has left. A lock that the fob does not have (any
 * more) is no failure, but a MAC of no lock is: whoever mistyped it believes a door shut. Throws
 * CoreError `fob-not-found`, and `lock-not-found` when no lock that was named is there.
 */
export async function revokeFromFob(
	core: Core,
	caller: Caller,
	{ fob_mac, lock_macs, tracking_keys }: z.output<typeof RevokeFobRequest>
): Promise<Outcome<FobsData>> {
	const now = Date.now();
	const fob = await foundFob(core.db, caller, fob_mac);
	const named = lock_macs && (await lockIds(core.db, caller, lock_macs));
	const ids = named && new Set(named.values());
	const absent = new Set(lock_macs).difference(named ?? new Set(lock_macs));
	const { code, message: msg } = lockNotFound();
	const failed = [...absent].map((mac): ErrorDetail => ({ mac, msg, action: 'revoke' }));
	if (named?.size === 0) throw new CoreError(code, msg, { details: failed });
	const isDoomed = (row: CredentialRow) =>
		isLive(row) &&
		(ids === undefined || ids.has(row.lock_id)) &&
		(tracking_keys === undefined || tracking_keys.includes(row.tracking_key));
	await core.db.transaction().execute(async (trx) => {
		const doomed = await revokeTogether(trx, fob.id, isDoomed, now);
		const detail = { fob: fob_mac, locks: doomed };
		if (doomed > 0) await audit(trx, caller.companyId, 'core-api', 'fob.revoke', detail);
	});
	const rows = await credentialsOf(core.db, fob.id);
	return { data: [{ fob: fob.mac, locks: await locksOf(core, rows) }], failed };
}

/** The call `fobs/display`. Throws CoreError `fob-not-found` when one that is named is not there. */
export async function displayFobs(
	core: Core,
	caller: Caller,
	{ fob_macs = [] }: z.output<typeof DisplayFobsRequest>
): Promise<FobsData> {
	const named = [...new Set(fob_macs)];
	const all = await core.db
		.selectFrom('fob')
		.select(['id', 'mac'])
		.where('company_id', '=', caller.companyId)
		.where('environment', '=', caller.environment)
		.orderBy('id')
		.execute();
	const fobs = new Map(all.map((fob) => [fob.mac, fob]));
	const data: FobsData = [];
	for (const mac of named.length > 0 ? named : fobs.keys()) {
		const fob = fobs.get(mac);
		if (fob === undefined) throw fobNotFound();
		data.push({ fob: mac, locks: await locksOf(core, await credentialsOf(core.db, fob.id)) });
	}
	return data;
}

async function foundFob(db: Db, caller: Caller, mac: string): Promise<FobRow> {
	const fob = await fobOf(db, caller, mac);
	if (fob === undefined) throw fobNotFound();
	return fob;
}

/** Ids of those of these locks that the caller has, by MAC. */
async function lockIds(
	db: Db,
	{ companyId, environment }: Caller,
	macs: readonly string[]
): Promise<Map<string, string>> {
	const rows = await db
		.selectFrom('lock')
		.select(['id', 'mac'])
		.where('company_id', '=', companyId)
		.where('environment', '=', environment)
		.where('mac', 'in', macs)
		.execute();
	return new Map(rows.map(({ id, mac }) => [mac, id]));
}

/** Credentials as the API shows them, with the newest value of each key. */
async function locksOf({ db, secret }: Core, rows: readonly CredentialRow[]): Promise<FobLock[]> {
	if (rows.length === 0) return [];
	const ids = [...new Set(rows.map(({ lock_id }) => lock_id))];
	const query = db.selectFrom('lock').select([...KEY_COLUMNS, 'mac']);
	const locks = new Map((await query.where('id', 'in', ids).execute()).map((row) => [row.id, row]));
	return rows.flatMap((row) => {
		const lock = locks.get(row.lock_id);
		if (lock === undefined) return [];
		const { slot, tracking_key } = row;
		const key = grantOf(secret, lock, { slot, issue: latest(issueOf(row)) });
		const { offlineKey: offline_key, unlockCommand: unlock_command } = key;
		return { mac: lock.mac, tracking_key, offline_key, unlock_command, status: statusOf(row) };
	});
}

/** Only what the fob has proven to hold is synced. */
export function statusOf(row: CredentialRow): FobLock['status'] {
	if (row.state === 'revoking') return 'revoke_pending';
	const { next, wanted } = issueOf(row);
	return row.state === 'on-lock' && next === null && wanted === null ? 'synced' : 'pending';
}

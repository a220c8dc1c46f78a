import { fromHex, readLittleEndian } from '../../protocol/bytes.ts';
import { openServerPacket, TYPE } from '../../protocol/noke/answers.ts';
import type { Db } from '../db/connect.ts';
import { credentialsOf, holdFob, issueColumns, issueOf, writeCredential } from '../fob-rows.ts';
import type { FobRow } from '../fobs.ts';
import { again } from './again.ts';
import { CoreError } from './error.ts';
import { fobMaster } from './fob-keys.ts';
import { step as stepHeld } from './held.ts';
import type { Core, Scope } from './issue.ts';
import { quarantine, type Unknown } from './quarantine.ts';
import { cipheredPart, type Delivery } from './said.ts';
import { packetEpochs, step, type KeySync } from './sync.ts';
import { syncOf, toColumns } from './sync-columns.ts';

/** What a fob proved to hold, in a session of ours. */
interface Proof {
	epoch: number;
	probed: boolean;
	millivolts: number;
	at: number;
}

/**
 * Takes in what one fob said: proofs of what it holds, and its battery. `claim` runs first in the
 * transaction. Returns how many packets no key opened; null, and writes nothing, when the fob is not
 * in this scope. Throws CoreError `moved`, and what `claim` throws.
 */
export async function hearFob(
	{ db, secret }: Core,
	scope: Scope,
	mac: string,
	deliveries: readonly Delivery[],
	now: number,
	claim: (trx: Db) => Promise<void>
): Promise<number | null> {
	return again('moved', async () => {
		const fob = await fobOf(db, scope, mac);
		if (fob === undefined) return null;
		const { proofs, unknown } = await listen({ db, secret }, fob, deliveries, now);
		await db.transaction().execute(async (trx) => {
			await claim(trx);
			await write(trx, fob, proofs, now);
			await quarantine(trx, fob.company_id, unknown, now);
		});
		return unknown.reduce((sum, { packets }) => sum + packets.length, 0);
	});
}

/** The fob of this MAC in this scope. */
export async function fobOf(
	db: Db,
	{ companyId, environment }: Scope,
	mac: string
): Promise<FobRow | undefined> {
	let query = db
		.selectFrom('fob')
		.selectAll()
		.where('company_id', '=', companyId)
		.where('mac', '=', mac);
	if (environment !== undefined) query = query.where('environment', '=', environment);
	return query.executeTakeFirst();
}

async function listen(
	{ db, secret }: Core,
	fob: FobRow,
	deliveries: readonly Delivery[],
	now: number
): Promise<{ proofs: Proof[]; unknown: Unknown[] }> {
	const master = fobMaster(secret, fob);
	const keys = packetEpochs(syncOf(fob)).map((epoch) => master(epoch));
	const proofs: Proof[] = [];
	const unknown: Unknown[] = [];
	for (const { session, receivedAt, packets } of deliveries) {
		const issued = await db
			.selectFrom('fob_issued')
			.select(['first_id', 'last_id', 'at', 'recovery'])
			.where('fob_id', '=', fob.id)
			.where('session', '=', cipheredPart(session))
			.execute();
		const bytes = fromHex(session);
		const strange: string[] = [];
		for (const packet of packets) {
			const found = keys.find((key) => openServerPacket(key, bytes, fromHex(packet)) !== null);
			const said = found && openServerPacket(found, bytes, fromHex(packet));
			const row = issued.find(({ first_id, last_id }) => {
				return said != null && said.id >= first_id && said.id <= last_id;
			});
			if (said == null) strange.push(packet);
			else if (row !== undefined && said.type === TYPE.key)
				proofs.push({
					epoch: found!.epoch,
					probed: row.recovery !== null && row.recovery === fob.recovery,
					millivolts: readLittleEndian(bytes, 2, 2),
					at: Math.min(Math.max(receivedAt, row.at), now)
				});
		}
		if (strange.length > 0) unknown.push({ mac: fob.mac, session, receivedAt, packets: strange });
	}
	return { proofs, unknown };
}

async function write(trx: Db, read: FobRow, proofs: readonly Proof[], now: number): Promise<void> {
	const fob = await holdFob(trx, read.id);
	if (fob === undefined) throw new CoreError('moved', 'The fob was removed meanwhile');
	const moved = fob.phase !== read.phase || fob.active !== read.active || fob.gen !== read.gen;
	if (moved || fob.pending !== read.pending)
		throw new CoreError('moved', 'The fob changed meanwhile');
	let sync: KeySync = syncOf(fob);
	let provenSet: number | null = null;
	for (const proof of proofs) {
		const after = step(sync, { kind: 'proof', ...proof });
		if (after.proven) provenSet = after.sync.active;
		({ sync } = after);
	}
	if (provenSet !== null) await prove(trx, fob.id, provenSet, now);
	const last = proofs.reduce<Proof | null>((a, b) => (a && a.at >= b.at ? a : b), null);
	if (last === null) return;
	const isNew = last.at >= (fob.battery_at ?? 0);
	await trx
		.updateTable('fob')
		.set({
			...toColumns(sync),
			...(sync.phase === 'offered' ? {} : { pending_changes: null }),
			...(provenSet === null ? {} : { synced_at: now }),
			...(isNew ? { battery_mv: last.millivolts, battery_at: last.at } : {})
		})
		.where('id', '=', fob.id)
		.execute();
}

async function prove(trx: Db, fobId: string, epoch: number, now: number): Promise<void> {
	for (const row of await credentialsOf(trx, fobId)) {
		const { held } = stepHeld(issueOf(row), { kind: 'proof', epoch });
		const after = { ...row, ...issueColumns(held) };
		if (held.state === 'on-lock') after.proven_at ??= now;
		if (held.state === 'off') after.off_at = now;
		await writeCredential(trx, row, after);
	}
}

import { fromHex, type Bytes } from '../../protocol/bytes.ts';
import { digestOfWrites, masterCommand, type Command } from '../../protocol/noke/commands.ts';
import { setUpFob } from '../../protocol/noke/writes.ts';
import type { Db } from '../db/connect.ts';
import { newId } from '../db/id.ts';
import { credentialsOf, issueColumns, issueOf, writeCredential } from '../fob-rows.ts';
import type { FobRow } from '../fobs.ts';
import { CoreError, fobNotFound } from './error.ts';
import { fobMaster } from './fob-keys.ts';
import { fobWrites, thawFobSet, type FobSet } from './fob-set.ts';
import { isLive, step as stepHeld } from './held.ts';
import type { Core, Scope } from './issue.ts';
import { cipheredPart } from './said.ts';
import { step, type Offer } from './sync.ts';
import { syncOf, toColumns } from './sync-columns.ts';

/** Command ids of one session. */
const LAST_ID = 255;

/** What one answer consists of; it is on disk before a packet is made. */
interface Order {
	fob: FobRow;
	offer: Offer;
	set: FobSet;
	firstId: number;
}

/**
 * The packets that bring a fob, in one session, all that it is to hold. As with a lock, the set is
 * on disk before it leaves, and the same until the fob has proven it. After a restore from a backup
 * the fob is only asked which keys it has. Throws CoreError `fob-not-found`, `session-full`,
 * `broken-pending`.
 */
export async function syncFob(
	{ db, secret }: Core,
	scope: Scope,
	{ mac, session }: { mac: string; session: string },
	now: number = Date.now()
): Promise<Bytes[]> {
	const order = await db.transaction().execute((trx) => writeDown(trx, scope, mac, session, now));
	const { fob, offer, set, firstId } = order;
	const master = fobMaster(secret, fob);
	const at = { time: Math.floor(now / 1000), session: fromHex(session) };
	let id = firstId;
	const packets = (epoch: number, command: Command) =>
		masterCommand(master(epoch), command, { ...at, id: id++ });
	const under = offer.writesUnder;
	if (under === null) return offer.opensUnder.flatMap((epoch) => packets(epoch, PROBE));
	const [epoch] = offer.opensUnder;
	const writes = await fobWrites(db, secret, set);
	const digest = digestOfWrites(master(under).key, writes);
	const wanted = { masterKey: master(epoch!).key, epoch: epoch!, digest };
	return [...writes, setUpFob(writes.length, wanted)].flatMap((one) => packets(under, one));
}

/**
 * A set-up of a write that was never staged: the fob refuses it, and says so under the key it has.
 * It carries no key.
 */
const PROBE: Command = setUpFob(1, {
	masterKey: new Uint8Array(16),
	epoch: 0,
	digest: new Uint8Array(8)
});

async function writeDown(
	trx: Db,
	{ companyId, environment }: Scope,
	mac: string,
	session: string,
	now: number
): Promise<Order> {
	let query = trx
		.updateTable('fob')
		.set((e) => ({ active: e.ref('active') }))
		.where('company_id', '=', companyId)
		.where('mac', '=', mac);
	if (environment !== undefined) query = query.where('environment', '=', environment);
	const fob = await query.returningAll().executeTakeFirst();
	if (fob === undefined) throw fobNotFound();
	const before = syncOf(fob);
	// Always a whole set: it also mends a fob that lost what it had proven to hold.
	const { sync, offer } = step(before, { kind: 'open-requested', changes: true });
	if (offer === null) throw new CoreError('broken-pending', 'No offer for this fob');
	let set: FobSet = { credentials: [] };
	if (before.phase === 'offered') set = thawFobSet(fob.pending_changes);
	else if (sync.phase === 'offered') {
		set = await freeze(trx, fob, sync.pending);
		await trx
			.updateTable('fob')
			.set({ ...toColumns(sync), pending_changes: JSON.stringify(set) })
			.where('id', '=', fob.id)
			.execute();
	}
	const ids = offer.writesUnder === null ? offer.opensUnder.length : set.credentials.length + 2;
	return { fob, offer, set, firstId: await reserve(trx, fob, session, ids, now) };
}

/** What the fob is to hold from `epoch` on; each credential is marked as under way. */
async function freeze(trx: Db, fob: FobRow, epoch: number): Promise<FobSet> {
	const credentials: FobSet['credentials'] = [];
	const rows = await credentialsOf(trx, fob.id);
	const macs = await macsOf(
		trx,
		rows.map(({ lock_id }) => lock_id)
	);
	for (const row of rows) {
		const { held } = stepHeld(issueOf(row), { kind: 'freeze', epoch, content: null });
		await writeCredential(trx, row, { ...row, ...issueColumns(held) });
		const { lock_id: lock, slot } = row;
		const issue = held.next ?? held.content;
		if (isLive(row)) credentials.push({ lock, mac: macs.get(lock) ?? '', slot, issue });
	}
	return { credentials };
}

async function macsOf(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
	if (ids.length === 0) return new Map();
	const rows = await db.selectFrom('lock').select(['id', 'mac']).where('id', 'in', ids).execute();
	return new Map(rows.map(({ id, mac }) => [id, mac]));
}

/** Reserves the command ids after those this session has had; the fob's row is held. */
async function reserve(
	trx: Db,
	fob: FobRow,
	session: string,
	count: number,
	now: number
): Promise<number> {
	const part = cipheredPart(session);
	const { last } = await trx
		.selectFrom('fob_issued')
		.select((e) => e.fn.max('last_id').as('last'))
		.where('fob_id', '=', fob.id)
		.where('session', '=', part)
		.executeTakeFirstOrThrow();
	const first_id = (last ?? 0) + 1;
	const last_id = first_id + count - 1;
	if (last_id > LAST_ID)
		throw new CoreError('session-full', 'This session is used up: let the fob sleep and try again');
	const recovery = fob.phase === 'recover' ? fob.recovery : null;
	const row = { id: newId(now), fob_id: fob.id, session: part, first_id, last_id, at: now };
	await trx
		.insertInto('fob_issued')
		.values({ ...row, recovery })
		.execute();
	return first_id;
}

import { createHash } from 'node:crypto';
import type { UploadBatch, UploadReply } from '../../api/app/activity.ts';
import type { Db } from '../db/connect.ts';
import { again } from './again.ts';
import { CoreError } from './error.ts';
import { hear } from './hear.ts';
import type { Core, Scope } from './issue.ts';
import { quarantine } from './quarantine.ts';
import type { Delivery } from './said.ts';

/** Packets taken in by one transaction, if they are not of one session. */
const PACKETS = 1000;

/** What a phone with the published mobile library sends of one session. */
export interface Log extends Delivery {
	/** Upper case with colons. */
	mac: string;
}

/**
 * Takes in the queue of a phone that numbers nothing. Packets for locks that are not in this scope
 * go to quarantine. `known` is true when at least one lock is, or nothing was sent: a queue with one
 * strange entry must not fail for ever. `strange` counts the packets that no key opened. Everything
 * is on disk when this returns.
 */
export async function hearLogs(
	core: Core,
	scope: Scope,
	logs: readonly Log[],
	now: number = Date.now()
): Promise<{ known: boolean; strange: number }> {
	let known = logs.length === 0;
	let strange = 0;
	const astray: Log[] = [];
	for (const [mac, mine] of byMac(logs)) {
		for (const some of transactions(mine)) {
			const unknown = await hear(core, scope, mac, some, now);
			known ||= unknown !== null;
			// A lock that is not here is asked for once at least, packets or not.
			strange += unknown ?? some.reduce((sum, { packets }) => sum + Math.max(1, packets.length), 0);
			if (unknown === null) astray.push(...some);
		}
	}
	// In one transaction: two thousand made-up MACs of a public key must not keep the database busy.
	if (astray.length > 0) await setAside(core.db, scope, astray, now);
	return { known, strange };
}

async function setAside(db: Db, { companyId }: Scope, logs: readonly Log[], now: number) {
	await db.transaction().execute((trx) => quarantine(trx, companyId, logs, now));
}

/**
 * Takes in the batches of our own phones. An id is durable once what its packets say is on disk;
 * the same id with another body is refused, and so is a lock that is not in this scope.
 */
export async function hearBatches(
	core: Core,
	scope: Scope,
	batches: readonly UploadBatch[],
	now: number = Date.now()
): Promise<UploadReply> {
	const durable = new Set<string>();
	const refused = new Map<string, 'not-found' | 'conflict'>();
	const hashed = batches.map((batch) => ({ ...batch, hash: hashOf(batch) }));
	for (const [mac, mine] of byMac(hashed)) {
		for (const some of transactions(mine)) {
			const { once, known } = await hearOnce(core, scope, mac, some, now, { durable, refused });
			for (const { id } of once) {
				if (known) durable.add(id);
				else refused.set(id, 'not-found');
			}
		}
	}
	return {
		durable: [...durable].filter((id) => !refused.has(id)),
		refused: [...refused].map(([id, code]) => ({ id, code }))
	};
}

type Hashed = UploadBatch & { hash: string };

interface Verdict {
	durable: Set<string>;
	refused: Map<string, 'not-found' | 'conflict'>;
}

/** Takes in what is not here yet; `known` tells whether the lock is in this scope. */
async function hearOnce(
	core: Core,
	scope: Scope,
	mac: string,
	batches: readonly Hashed[],
	now: number,
	verdict: Verdict
): Promise<{ once: Hashed[]; known: boolean }> {
	return again('sent-twice', async () => {
		const once = await unclaimed(core.db, scope, batches, verdict);
		if (once.length === 0) return { once, known: true };
		const claim = (trx: Db) => claimAll(trx, scope, once, now);
		return { once, known: (await hear(core, scope, mac, once, now, claim)) !== null };
	});
}

function hashOf({ mac, session, receivedAt, packets }: UploadBatch): string {
	return createHash('sha256')
		.update(JSON.stringify([mac, session, receivedAt, packets]))
		.digest('hex');
}

/** Those that are not here yet; the others are sorted into the verdict. */
async function unclaimed(
	db: Db,
	{ companyId }: Scope,
	batches: readonly Hashed[],
	verdict: Verdict
): Promise<Hashed[]> {
	const rows = await db
		.selectFrom('upload')
		.select(['id', 'hash'])
		.where('company_id', '=', companyId)
		.where(
			'id',
			'in',
			batches.map(({ id }) => id)
		)
		.execute();
	const known = new Map(rows.map(({ id, hash }) => [id, hash]));
	return batches.filter(({ id, hash }) => {
		const before = known.get(id);
		if (before === undefined) {
			known.set(id, hash);
			return true;
		}
		if (before === hash) verdict.durable.add(id);
		else verdict.refused.set(id, 'conflict');
		return false;
	});
}

/** Makes the ids ours, in one order, so that two uploads never wait for each other in a circle. */
async function claimAll(
	trx: Db,
	{ companyId }: Scope,
	batches: readonly Hashed[],
	now: number
): Promise<void> {
	const rows = batches
		.map(({ id, hash }) => ({ company_id: companyId, id, hash, at: now }))
		.sort((a, b) => (a.id < b.id ? -1 : 1));
	const inserted = await trx
		.insertInto('upload')
		.values(rows)
		.onConflict((conflict) => conflict.columns(['company_id', 'id']).doNothing())
		.returning('id')
		.execute();
	// Another request was faster: its bodies, not ours, may be on disk.
	if (inserted.length < rows.length) throw new CoreError('sent-twice', 'Sent twice at once');
}

function byMac<T extends { mac: string }>(all: readonly T[]): Map<string, T[]> {
	const groups = new Map<string, T[]>();
	for (const one of all) {
		const group = groups.get(one.mac);
		if (group === undefined) groups.set(one.mac, [one]);
		else group.push(one);
	}
	return groups;
}

/** Few transactions, each short. */
function* transactions<T extends Delivery>(all: readonly T[]): Generator<T[]> {
	let some: T[] = [];
	let packets = 0;
	for (const one of all) {
		if (some.length > 0 && packets + one.packets.length > PACKETS) {
			yield some;
			some = [];
			packets = 0;
		}
		some.push(one);
		packets += one.packets.length;
	}
	if (some.length > 0) yield some;
}

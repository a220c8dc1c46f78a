import type {
	ChangeQuickClickRequest,
	IssueQuickClickRequest,
	QuickClick,
	QuickClicksReply
} from '../../api/app/quick-clicks.ts';
import { QUICK_CLICKS } from '../../protocol/noke/quick-clicks.ts';
import { audit, type Deed } from '../audit.ts';
import type { Db } from '../db/connect.ts';
import { notFound, ServerError } from '../error.ts';
import { DAY } from '../lease.ts';
import { findLock } from '../locks.ts';
import type { Member } from '../people/identity.ts';
import { takenQuickClicks, usesOf, type QuickClickRow } from '../quick-click-rows.ts';
import { holdLock, type HeldLock } from '../slots.ts';
import { isLive } from './held.ts';
import { issueCodes, revokeCodes, type CodeOutcome } from './quick-clicks.ts';

/** Codes that went off are listed for this long, and this many at most. */
const KEPT = 30 * DAY;
const LATELY = 100;

/** The quick clicks of a lock, and what became of those before. Throws ServerError `not-found`. */
export async function listQuickClicks(
	db: Db,
	who: Member,
	mac: string,
	now: number = Date.now()
): Promise<QuickClicksReply> {
	const { id } = await findLock(db, who, mac);
	const taken = await takenQuickClicks(db, id);
	const off = await db
		.selectFrom('quick_click')
		.selectAll()
		.where('lock_id', '=', id)
		.where('state', '=', 'off')
		.where('off_at', '>', now - KEPT)
		.orderBy('off_at', 'desc')
		.orderBy('id', 'desc')
		.limit(LATELY)
		.execute();
	const inOrder = taken.toSorted((a, b) => (a.id < b.id ? -1 : 1));
	return {
		quickClicks: [...inOrder, ...off].map(toQuickClick),
		free: QUICK_CLICKS - taken.length
	};
}

/**
 * Issues a code that the lock does not have. Throws ServerError `not-found`; `conflict` when it has
 * it, when a revoked one is not proven off yet, or when all positions are taken.
 */
export async function issueQuickClick(
	db: Db,
	who: Member,
	mac: string,
	{ name, code, uses }: IssueQuickClickRequest,
	now: number = Date.now()
): Promise<QuickClick> {
	return change(db, who, mac, 'quick-click.issue', async (trx, lock) => {
		if ((await takenQuickClicks(trx, lock.id)).some((row) => isLive(row) && row.code === code))
			throw new ServerError('conflict', 'The lock has this quick click already.');
		return issueCodes(trx, lock, [{ code, uses, name }], now);
	});
}

/**
 * Changes its name, or how often it may be used from the next online opening on. Throws ServerError
 * `not-found`; `conflict` for one that is revoked.
 */
export async function changeQuickClick(
	db: Db,
	who: Member,
	mac: string,
	id: string,
	{ name, uses }: ChangeQuickClickRequest,
	now: number = Date.now()
): Promise<QuickClick> {
	return change(db, who, mac, 'quick-click.change', async (trx, lock) => {
		const row = await findCode(trx, lock, id);
		if (name !== undefined)
			await trx.updateTable('quick_click').set({ name }).where('id', '=', id).execute();
		const named = { ...row, name: name ?? row.name };
		if (uses === undefined) return [{ row: named }];
		return issueCodes(trx, lock, [{ code: row.code, uses }], now);
	});
}

/** Revokes it; again changes nothing. Throws ServerError `not-found`. */
export async function revokeQuickClick(
	db: Db,
	who: Member,
	mac: string,
	id: string,
	now: number = Date.now()
): Promise<QuickClick> {
	return change(db, who, mac, 'quick-click.revoke', async (trx, lock) => {
		const { code } = await findCode(trx, lock, id);
		return revokeCodes(trx, lock, [code], now);
	});
}

async function change(
	db: Db,
	who: Member,
	mac: string,
	deed: Deed,
	work: (trx: Db, lock: HeldLock) => Promise<CodeOutcome[]>
): Promise<QuickClick> {
	return db.transaction().execute(async (trx) => {
		const { id } = await findLock(trx, who, mac);
		const lock = await holdLock(trx, id);
		if (lock === undefined) throw notFound();
		const [outcome] = await work(trx, lock);
		if (outcome === undefined || !('row' in outcome))
			throw new ServerError('conflict', `${outcome?.message ?? 'Nothing was changed'}.`);
		const { position } = outcome.row;
		await audit(trx, who.company.id, who.userId, deed, { mac, position });
		return toQuickClick(outcome.row);
	});
}

/** One that is not off: what is off stays as it was. */
async function findCode(trx: Db, lock: HeldLock, id: string): Promise<QuickClickRow> {
	const row = (await takenQuickClicks(trx, lock.id)).find((taken) => taken.id === id);
	if (row === undefined) throw notFound();
	return row;
}

function toQuickClick(row: QuickClickRow): QuickClick {
	const { content, next, wanted } = usesOf(row);
	return {
		id: row.id,
		name: row.name,
		code: row.code,
		state: row.state,
		uses: content.left,
		startUses: content.start,
		nextUses: (wanted ?? next)?.left ?? null,
		issuedAt: row.issued_at,
		provenAt: row.proven_at,
		revokedAt: row.revoked_at,
		offAt: row.off_at
	};
}

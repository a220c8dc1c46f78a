import type { ContactReply, ContactRequest, KeyName, PhoneKey } from '../../api/app/offline.ts';
import type { Db } from '../db/connect.ts';
import { DAY, leaseDays, leaseEnd, phoneWindow } from '../lease.ts';
import { isManager, type Member } from '../people/identity.ts';
import { holdLock } from '../slots.ts';
import { takenSlots, writeRows, writeTally } from '../slot-rows.ts';
import { grantOf } from './grants.ts';
import type { Core } from './issue.ts';
import { meet } from './phones.ts';

/**
 * A phone reports: what it holds, what it has deleted. Its lease begins anew, and it learns which
 * keys it may hold, with the values of those it does not have. Throws ServerError `conflict` for one
 * phone too many.
 */
export async function contact(
	{ db, secret }: Core,
	who: Member,
	{ phone, persisted, has, wiped }: ContactRequest,
	now: number = Date.now()
): Promise<ContactReply> {
	await meet(db, who, phone, persisted, now);
	await markWiped(db, who, phone.id, wiped, now);
	const days = await leaseDays(db, who.company.id);
	const leaseEnds = leaseEnd(days, now);
	const rows = await keysOfPhone(db, who, phone.id);
	await renewAgain(db, rows, days, now);
	const held = new Set(has.map(nameOf));
	const keys = rows.map((row): PhoneKey => {
		const { mac, slot, issue, state, gen, until_s } = row;
		const key: PhoneKey = {
			mac,
			slot,
			issue,
			state: state === 'on-lock' ? 'on-lock' : 'waiting',
			readyUntil: state === 'on-lock' ? Math.min(leaseEnds, until_s * 1000) : null,
			generation: gen
		};
		const lock = { ...row, id: row.lock_id };
		return held.has(nameOf(key)) ? key : { ...key, ...grantOf(secret, lock, row) };
	});
	const kept = new Set(keys.map(nameOf));
	return { now, leaseEnds, keys, wipe: has.filter((key) => !kept.has(nameOf(key))) };
}

function nameOf({ mac, slot, issue }: KeyName): string {
	return `${mac} ${slot} ${issue}`;
}

/** Live keys of the phone, of locks that its owner may open. */
async function keysOfPhone(db: Db, { company, userId }: Member, phoneId: string) {
	let query = db
		.selectFrom('slot')
		.innerJoin('lock', 'lock.id', 'slot.lock_id')
		.select(['lock.mac', 'lock.environment', 'lock.base_key', 'lock.root', 'lock.gen'])
		.select('lock.moves')
		.select(['slot.lock_id', 'slot.slot', 'slot.issue', 'slot.state'])
		.select(['slot.until_s', 'slot.renew_at', 'slot.frozen'])
		.where('slot.user_id', '=', userId)
		.where('slot.company_id', '=', company.id)
		.where('slot.holder', '=', 'phone')
		.where('slot.phone_id', '=', phoneId)
		.where('slot.state', 'in', ['waiting', 'on-lock'])
		.orderBy('lock.name')
		.orderBy('lock.id');
	if (!isManager(company.role)) {
		query = query.innerJoin('grant', (join) =>
			join.onRef('grant.lock_id', '=', 'lock.id').on('grant.user_id', '=', userId)
		);
	}
	return query.execute();
}

type PhoneRow = Awaited<ReturnType<typeof keysOfPhone>>[number];

/**
 * Windows are written again only for phones that are in contact. One that was silent when its turn
 * came, or whose company has made the lease longer, gets its turn again.
 */
async function renewAgain(
	db: Db,
	rows: readonly PhoneRow[],
	days: number,
	now: number
): Promise<void> {
	const half = phoneWindow(days, now).renewAt! - now;
	const late = rows.filter(
		({ frozen, renew_at, until_s }) =>
			frozen === null && until_s * 1000 - now < half && (renew_at === null || renew_at > now)
	);
	const inOrder = late.toSorted((a, b) => (a.lock_id < b.lock_id ? -1 : 1));
	for (const { lock_id, slot, issue } of inOrder) {
		await db.transaction().execute(async (trx) => {
			if ((await holdLock(trx, lock_id)) === undefined) return;
			const before = await takenSlots(trx, lock_id);
			const after = before.map((row) =>
				row.slot === slot && row.issue === issue ? { ...row, renew_at: now } : row
			);
			await writeRows(
				trx,
				lock_id,
				before.map((row, i) => [row, after[i]!] as const)
			);
			await writeTally(trx, lock_id, after);
		});
	}
}

/** Keys that were taken away stay known for this long. */
const REMEMBERED = 400 * DAY;

/** Notes which keys that were taken away the phone has deleted. */
async function markWiped(
	db: Db,
	{ company, userId }: Member,
	phoneId: string,
	wiped: readonly KeyName[],
	now: number
): Promise<void> {
	if (wiped.length === 0) return;
	const names = new Set(wiped.map(nameOf));
	const rows = await db
		.selectFrom('slot')
		.innerJoin('lock', 'lock.id', 'slot.lock_id')
		.select(['slot.lock_id', 'lock.mac', 'slot.slot', 'slot.issue'])
		.where('slot.user_id', '=', userId)
		.where('slot.company_id', '=', company.id)
		.where('slot.phone_id', '=', phoneId)
		.where('slot.state', 'in', ['revoking', 'off'])
		.where('slot.wiped_at', 'is', null)
		.where('slot.revoked_at', '>', now - REMEMBERED)
		.execute();
	for (const row of rows) {
		if (!names.has(nameOf(row))) continue;
		await db
			.updateTable('slot')
			.set({ wiped_at: now })
			.where('lock_id', '=', row.lock_id)
			.where('slot', '=', row.slot)
			.where('issue', '=', row.issue)
			.execute();
	}
}

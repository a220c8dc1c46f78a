import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sql } from 'kysely';
import { issueCodes, revokeCodes } from '../../../src/lib/server/core/quick-clicks.ts';
import { declareRecovery } from '../../../src/lib/server/core/recovery.ts';
import { debtOf } from '../../../src/lib/server/core/debt.ts';
import { resetKeys } from '../../../src/lib/server/key-reset.ts';
import { holdLock, type HeldLock } from '../../../src/lib/server/slots.ts';
import type { Db } from '../../../src/lib/server/db/connect.ts';
import { databases } from '../../setup/databases.ts';
import { Keyring } from './keyring.ts';
import { Lab } from './lab.ts';
import type { TestLock } from './test-lock.ts';

/** One as the Core API issues it, and one that people have named. */
const CODES = [
	{ code: '01011', uses: 3 },
	{ code: '0001', uses: 3, name: 'Night crew' }
];

describe.each(databases)('what still opens, on $name', ({ name, create }) => {
	let lab: Lab;
	let ring: Keyring;
	beforeEach(async () => {
		lab = await Lab.open(create);
		ring = new Keyring(lab);
	});
	afterEach(() => lab.close());

	const open = async (lock: TestLock) => {
		await lab.open(lock);
		lock.close();
	};
	const owed = async () => {
		const { stops, rights, locks } = await debtOf(lab.db, lab.companyId);
		expect(locks).toBe(stops.length);
		expect(rights).toBe(stops.reduce((sum, stop) => sum + stop.rights.length, 0));
		return stops.map(({ mac, openings, rights: of }) => {
			return [mac, openings, of.map((one) => `${one.reason} ${one.kind} ${one.name}`)];
		});
	};
	const codes = async (lock: TestLock, change: (trx: Db, held: HeldLock) => Promise<unknown>) => {
		const { id } = await lab.row(lock);
		await lab.db.transaction().execute(async (trx) => {
			const held = await holdLock(trx, id);
			if (held !== undefined) await change(trx, held);
		});
	};

	test('keys, quick clicks and replaced keys, each lock once, until it was opened', async () => {
		const [gate, depot, calm] = [await lab.lock(), await lab.lock(), await lab.lock()];
		for (const lock of [gate, depot, calm]) await ring.issue(lock, 'bob', 'linda');
		await codes(gate, (trx, held) => issueCodes(trx, held, CODES, 1));
		for (const lock of [gate, depot, calm]) await open(lock);
		expect(await owed()).toEqual([]);
		await ring.revoke(gate, 'bob');
		await codes(gate, (trx, held) => revokeCodes(trx, held, ['01011', '0001'], gate.now + 5));
		await resetKeys(lab.db, { companyId: lab.companyId, actor: 'cli' }, depot.mac, gate.now + 9);
		expect(await owed()).toEqual([
			[
				gate.mac,
				1,
				['revoked key bob', 'revoked quick-click 01011', 'revoked quick-click Night crew']
			],
			[depot.mac, 1, ['replaced key bob', 'replaced key linda']]
		]);
		await open(gate);
		expect((await owed()).map(([mac]) => mac)).toEqual([depot.mac]);
		await open(depot);
		expect(await owed()).toEqual([]);
		const { proven } = await debtOf(lab.db, lab.companyId);
		expect(proven.map((one) => `${one.kind} ${one.name}`).sort()).toEqual([
			'key bob',
			'quick-click 01011',
			'quick-click Night crew'
		]);
	});

	test('what comes after a set that is under way takes two openings', async () => {
		const gate = await lab.lock();
		await ring.issue(gate, 'bob', 'linda');
		await open(gate);
		await ring.revoke(gate, 'bob');
		await lab.issue(gate, gate.connect());
		gate.disconnect();
		expect(await owed()).toEqual([[gate.mac, 1, ['revoked key bob']]]);
		await ring.revoke(gate, 'linda');
		expect(await owed()).toEqual([[gate.mac, 2, ['revoked key bob', 'revoked key linda']]]);
		await open(gate);
		expect(await owed()).toEqual([[gate.mac, 1, ['revoked key linda']]]);
		await open(gate);
		expect(await owed()).toEqual([]);
	});

	test('after a restore a lock owes until it has proven to be emptied', async () => {
		const gate = await lab.lock();
		await ring.issue(gate, 'bob');
		await open(gate);
		await declareRecovery(lab.db, { companyId: lab.companyId }, gate.mac);
		expect(await owed()).toEqual([[gate.mac, 2, ['unknown unknown ']]]);
		await open(gate);
		expect(await owed()).toEqual([[gate.mac, 1, ['unknown unknown ']]]);
		await open(gate);
		expect(await owed()).toEqual([]);
	});

	test('comes page by page, the oldest first, and reads nothing else', async () => {
		const first = await lab.lock();
		await ring.issue(first, 'bob');
		const { db, companyId } = lab;
		const lock = await db.selectFrom('lock').selectAll().executeTakeFirstOrThrow();
		const slot = await db.selectFrom('slot').selectAll().executeTakeFirstOrThrow();
		const ids = Array.from({ length: 120 }, (_, i) => i.toString(32).padStart(26, '0'));
		for (const [i, id] of ids.entries()) {
			await db
				.insertInto('lock')
				.values({ ...lock, id, mac: `M${i}` })
				.execute();
			const owes = { state: 'revoking', revoked_at: 1000 + Math.floor(i / 3) } as const;
			await db
				.insertInto('slot')
				.values({ ...slot, lock_id: id, ...owes })
				.execute();
		}
		const seen: string[] = [];
		let cursor: string | undefined;
		for (let pages = 0; pages < 3; pages++) {
			const { stops, next, locks } = await debtOf(db, companyId, cursor);
			expect(locks).toBe(120);
			seen.push(...stops.map(({ mac }) => mac));
			cursor = next ?? undefined;
		}
		expect(cursor).toBeUndefined();
		expect(seen).toEqual(ids.map((_, i) => `M${i}`));
		if (name !== 'sqlite') return;
		const { rows } = await sql<{ detail: string }>`explain query plan
			select lock_id from slot where company_id = ${companyId}
			and (state = 'revoking' or next_issue is not null or wanted_issue is not null)`.execute(db);
		expect(rows.map(({ detail }) => detail).join()).toContain('slot_owed');
	});
});

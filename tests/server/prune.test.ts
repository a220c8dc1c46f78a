import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { showActivity } from '../../src/lib/server/core/for-people.ts';
import { revokeSlot } from '../../src/lib/server/core/phone-keys.ts';
import { prune, TURN } from '../../src/lib/server/prune.ts';
import { databases } from '../setup/databases.ts';
import { DONE, Keyring, NO_KEY, openOffline } from './core/keyring.ts';
import { Lab } from './core/lab.ts';
import { Staff } from './core/staff.ts';
import type { TestLock } from './core/test-lock.ts';

const DAY = 24 * 3600 * 1000;

describe.each(databases)('what is forgotten on $name', ({ create }) => {
	let lab: Lab;
	let lock: TestLock;
	let olga: Staff;
	beforeEach(async () => {
		lab = await Lab.open(create);
		lock = await lab.lock();
		olga = await Staff.join(lab);
	});
	afterEach(() => lab.close());

	/** Prunes as if these days had gone by. */
	const after = (days: number) => prune(lab.db, lock.now + days * DAY);
	const count = async (table: 'issued' | 'upload' | 'claim' | 'audit' | 'slot') =>
		(await lab.db.selectFrom(table).selectAll().execute()).length;
	const state = async () => ({
		row: await lab.row(lock),
		activity: await lab.activity(lock),
		shown: await showActivity(lab.db, olga.who, { limit: 50 })
	});
	async function openedByBatch() {
		const { mac, session, receivedAt, packets } = await lab.openOnly(lock, 'ann');
		const batch = { id: `batch-${session}`, mac, session, receivedAt, packets: [...packets] };
		await olga.upload(lock.now, [batch]);
		return batch;
	}

	test('the id of a batch, after three months; the batch again changes nothing', async () => {
		const batches = [await openedByBatch(), await openedByBatch()];
		const before = await state();
		await after(89);
		expect(await count('upload')).toBe(2);
		await after(91);
		expect([await count('upload'), await count('issued')]).toEqual([0, 2]);
		for (let i = 0; i < 2; i++) {
			const { durable } = await olga.upload(lock.now + 91 * DAY, batches);
			expect(durable).toHaveLength(2);
		}
		// Nor with a later time of receipt, in another order, or in parts.
		const [one, two] = batches;
		await olga.upload(lock.now + 91 * DAY, [
			{ ...two!, id: 'another1', packets: two!.packets.toReversed() },
			{ ...one!, id: 'another2', receivedAt: lock.now + 80 * DAY },
			...one!.packets.map((packet, i) => ({ ...one!, id: `part-${i}-xx`, packets: [packet] }))
		]);
		expect(await state()).toEqual(before);
		expect(await lab.quarantined()).toEqual([]);
	});

	test('which commands were issued, after 400 days; what they opened stays named', async () => {
		const batch = await openedByBatch();
		await lab.openOnly(lock, 'late');
		const before = await state();
		await after(399);
		expect(await count('issued')).toBe(2);
		await after(401);
		expect([await count('upload'), await count('issued')]).toEqual([0, 0]);
		await olga.upload(lock.now + 401 * DAY, [batch]);
		expect(await state()).toEqual(before);
		// A lock that nobody visited so long tells of an opening without a name.
		lock.now += 401 * DAY;
		for (let i = 0; i < 3; i++) {
			await lab.open(lock, 'bob');
			lock.close();
		}
		const names = (await lab.activity(lock))
			.filter(({ action }) => /unlocked/.test(action))
			.map(({ tracking_key }) => tracking_key);
		expect(names).toEqual(['ann', null, 'bob', 'bob', 'bob']);
	});

	test('slots that went off, but never a number of issue: the old key stays a stranger', async () => {
		await lab.open(lock);
		lock.close();
		const old = await olga.ask(lock);
		await lab.open(lock);
		lock.close();
		expect(openOffline(lock, old).result).toBe(DONE);
		await revokeSlot(lab.db, olga.who, lock.mac, { slot: 1 }, lock.now);
		await lab.open(lock);
		lock.close();
		const kept = await olga.ask(lock);
		await after(399);
		expect(await count('slot')).toBe(2);
		await after(401);
		expect(await new Keyring(lab).slots(lock)).toMatchObject([{ issue: kept.issue }]);
		expect((await lab.row(lock)).issue_base).toBe(1);
		await lab.db.updateTable('slot').set({ state: 'off', off_at: lock.now }).execute();
		await after(401);
		expect(await count('slot')).toBe(0);
		olga.keys.clear();
		const fresh = await olga.ask(lock);
		expect(fresh.slot).toBe(1);
		expect(fresh.issue).toBeGreaterThan(old.issue);
		await lab.open(lock);
		lock.close();
		expect(openOffline(lock, fresh).result).toBe(DONE);
		expect(openOffline(lock, old).result).toBe(NO_KEY);
	});

	test('claims, but never that nobody claimed an opening', async () => {
		await lab.open(lock);
		lock.close();
		await olga.ask(lock);
		await lab.open(lock);
		lock.close();
		const upload = async (claimed: boolean) => {
			lock.now += DAY;
			const { session, server, at } = openOffline(lock, olga.keys.get(lock.mac)!);
			const claim = { mac: lock.mac, slot: 1, at };
			const batch = { id: `batch-${session}`, mac: lock.mac, session, receivedAt: lock.now };
			await olga.upload(lock.now, [{ ...batch, packets: server }], claimed ? [claim] : []);
			return claim;
		};
		const claim = await upload(true);
		await upload(false);
		await olga.contact(lock.now + 1000);
		await revokeSlot(lab.db, olga.who, lock.mac, { slot: 1 }, lock.now);
		await lab.open(lock);
		lock.close();
		const before = await state();
		expect(before.shown.activity.filter(({ unclaimed }) => unclaimed)).toHaveLength(1);
		await after(398);
		expect(await count('claim')).toBe(1);
		await after(403);
		expect([await count('claim'), await count('slot')]).toEqual([0, 1]);
		expect(await state()).toEqual(before);
		await olga.upload(lock.now + 403 * DAY, [], [claim], lock.now);
		expect(await state()).toEqual(before);
	});

	test('deeds, after three years', async () => {
		const deeds = await count('audit');
		expect(deeds).toBeGreaterThan(0);
		await after(3 * 365 - 1);
		expect(await count('audit')).toBe(deeds);
		await after(3 * 365 + 1);
		expect(await count('audit')).toBe(0);
	});

	test('little at a time: an opening does not wait for the rest, and a stop ends it', async () => {
		const rows = (n: number) =>
			Array.from({ length: 500 }, (_, i) => ({
				company_id: lab.companyId,
				id: `upload-${n}-${i}`,
				hash: 'x',
				at: n * 500 + i
			}));
		for (let n = 0; n < 5; n++) await lab.db.insertInto('upload').values(rows(n)).execute();
		const stopping = new AbortController();
		let ended = false;
		const pruning = prune(lab.db, lock.now, stopping.signal).finally(() => (ended = true));
		await lab.issue(lock, lock.connect());
		expect(ended).toBe(false);
		stopping.abort();
		const pruned = await pruning;
		expect(pruned % TURN).toBe(0);
		const left = await lab.db.selectFrom('upload').select('at').orderBy('at').execute();
		expect(left).toHaveLength(2500 - pruned);
		expect(left[0]!.at).toBe(pruned);
		expect(await prune(lab.db, lock.now)).toBe(2500 - pruned);
		expect(await count('upload')).toBe(0);
	});
});

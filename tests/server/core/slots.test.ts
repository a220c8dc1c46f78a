import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { declareRecovery } from '../../../src/lib/server/core/recovery.ts';
import { databases } from '../../setup/databases.ts';
import { DONE, Keyring, NO_KEY, openOffline } from './keyring.ts';
import { Lab, SECRET } from './lab.ts';
import type { TestLock } from './test-lock.ts';

describe.each(databases)('the life of a slot on $name', ({ create }) => {
	let lab: Lab;
	let ring: Keyring;
	let lock: TestLock;
	beforeEach(async () => {
		lab = await Lab.open(create);
		ring = new Keyring(lab);
		lock = await lab.lock();
		await lab.open(lock, 'olga');
		lock.close();
	});
	afterEach(() => lab.close());

	/** A whole online opening, uploaded unless told otherwise. */
	async function openOnline({ lost = false } = {}): Promise<{ session: string; server: string[] }> {
		const session = lock.connect();
		const { packets } = await lab.issue(lock, session, { trackingKey: 'olga' });
		const { results, server } = lock.write(packets);
		expect(results).toEqual(packets.map(() => DONE));
		if (!lost) await lab.upload(lock, session, server);
		lock.disconnect();
		lock.close();
		return { session, server };
	}

	test('issued, brought by the next online opening, proven, used without a network', async () => {
		const [bob] = await ring.issue(lock, 'bob');
		expect(openOffline(lock, bob!).result).toBe(NO_KEY);
		expect(await lab.row(lock)).toMatchObject({ slots_used: 1, slots_waiting: 1, slot_changes: 1 });
		const { session, server } = await openOnline({ lost: true });
		// On the lock, and nobody but the lock knows.
		expect(await ring.states(lock)).toEqual(['waiting']);
		const first = openOffline(lock, bob!);
		expect(first.result).toBe(DONE);
		await lab.upload(lock, session, server);
		expect(await ring.states(lock)).toEqual(['on-lock']);
		expect(await lab.row(lock)).toMatchObject({
			phase: 'steady',
			active: 2,
			slots_used: 1,
			slots_waiting: 0,
			slot_changes: 0
		});
		await lab.upload(lock, first.session, first.server);
		const opening = (await lab.activity(lock)).find(({ slot }) => slot === 1);
		expect(opening).toMatchObject({ action: 'unlocked', tracking_key: 'bob', claimed: null });
		expect(opening!.range_start).toBe(opening!.range_end);
	});

	test('an offline opening is proof as well', async () => {
		const [bob] = await ring.issue(lock, 'bob');
		await openOnline({ lost: true });
		const { session, server } = openOffline(lock, bob!);
		await lab.upload(lock, session, server);
		expect(await ring.states(lock)).toEqual(['on-lock']);
	});

	test('revoked, it opens until the next online opening, and is off by proof', async () => {
		const [bob, linda] = await ring.issue(lock, 'bob', 'linda');
		await openOnline();
		await ring.revoke(lock, 'bob');
		expect(await ring.states(lock)).toEqual(['revoking', 'on-lock']);
		expect(await lab.row(lock)).toMatchObject({ slots_used: 2, slots_revoking: 1 });
		expect(openOffline(lock, bob!).result).toBe(DONE);
		const { session, server } = await openOnline({ lost: true });
		expect(openOffline(lock, bob!).result).toBe(NO_KEY);
		expect(openOffline(lock, linda!).result).toBe(DONE);
		expect(await ring.states(lock)).toEqual(['revoking', 'on-lock']);
		await lab.upload(lock, session, server);
		expect(await ring.states(lock)).toEqual(['off', 'on-lock']);
		const [gone] = await ring.slots(lock);
		expect(gone!.off_at).toBe(lock.now);
		expect(await lab.row(lock)).toMatchObject({ slots_used: 1, slots_revoking: 0 });
	});

	test('revoked before any contact it never leaves', async () => {
		const [bob] = await ring.issue(lock, 'bob');
		await ring.revoke(lock, 'bob');
		expect(await ring.states(lock)).toEqual(['off']);
		expect(await lab.row(lock)).toMatchObject({ slots_used: 0, slot_changes: 0 });
		await openOnline();
		expect(await lab.row(lock)).toMatchObject({ active: 1 });
		expect(openOffline(lock, bob!).result).toBe(NO_KEY);
	});

	test('revoked while its set is offered, it goes with the set after that', async () => {
		const [bob] = await ring.issue(lock, 'bob');
		await lab.issue(lock, lock.connect());
		lock.disconnect();
		await ring.revoke(lock, 'bob');
		expect(await ring.states(lock)).toEqual(['revoking']);
		// The set that is offered never changes: it brings the key first.
		await openOnline();
		expect(await lab.row(lock)).toMatchObject({ phase: 'steady', active: 2, slot_changes: 1 });
		expect(await ring.states(lock)).toEqual(['revoking']);
		expect(openOffline(lock, bob!).result).toBe(DONE);
		await openOnline();
		expect(openOffline(lock, bob!).result).toBe(NO_KEY);
		expect(await ring.states(lock)).toEqual(['off']);
	});

	test('issued while another set is offered, it goes with the next', async () => {
		const [bob] = await ring.issue(lock, 'bob');
		await lab.issue(lock, lock.connect());
		lock.disconnect();
		const [linda] = await ring.issue(lock, 'linda');
		await openOnline();
		expect(await ring.states(lock)).toEqual(['on-lock', 'waiting']);
		expect(openOffline(lock, bob!).result).toBe(DONE);
		expect(openOffline(lock, linda!).result).toBe(NO_KEY);
		await openOnline();
		expect(openOffline(lock, linda!).result).toBe(DONE);
	});

	test('a lock out of the box gets its keys with its first opening', async () => {
		const fresh = await lab.lock();
		const [bob] = await ring.issue(fresh, 'bob');
		await lab.open(fresh);
		fresh.close();
		expect(await ring.states(fresh)).toEqual(['on-lock']);
		expect(openOffline(fresh, bob!).result).toBe(DONE);
	});

	test('the power goes after any packet: one clean opening later all is as it should be', async () => {
		for (let packets = 0; packets <= 7; packets++) {
			const [old] = await ring.issue(lock, `old ${packets}`);
			await openOnline();
			await ring.revoke(lock, `old ${packets}`);
			const [fresh] = await ring.issue(lock, `new ${packets}`);
			const session = lock.connect();
			const all = (await lab.issue(lock, session)).packets;
			lock.write(all.slice(0, packets));
			lock.cutPower();
			if (lock.shackle === 'open') lock.close();
			// Either the set is whole on the lock or nothing of it.
			const opens = [old, fresh].map((grant) => openOffline(lock, grant!).result);
			expect([
				[DONE, NO_KEY],
				[NO_KEY, DONE]
			]).toContainEqual(opens);
			expect(await ring.states(lock)).toContain('revoking');
			await openOnline();
			expect(openOffline(lock, old!).result).toBe(NO_KEY);
			expect(openOffline(lock, fresh!).result).toBe(DONE);
			expect(new Set(await ring.states(lock))).toEqual(new Set(['off', 'on-lock']));
			await ring.revoke(lock, `new ${packets}`);
			await openOnline();
		}
		expect(await lab.row(lock)).toMatchObject({ slots_used: 0, slot_changes: 0 });
	});

	test('all hundred slots travel in one set', async () => {
		const names = Array.from({ length: 100 }, (_, i) => `k${i}`);
		const grants = await ring.issue(lock, ...names);
		await openOnline();
		expect(new Set(await ring.states(lock))).toEqual(new Set(['on-lock']));
		for (const i of [0, 50, 99]) expect(openOffline(lock, grants[i]!).result).toBe(DONE);
		await ring.revoke(lock, ...names);
		await openOnline();
		expect(new Set(await ring.states(lock))).toEqual(new Set(['off']));
		expect(openOffline(lock, grants[50]!).result).toBe(NO_KEY);
	});

	test('a slot that was given again keeps the records of both holders apart', async () => {
		const names = Array.from({ length: 100 }, (_, i) => `k${i}`);
		const grants = await ring.issue(lock, ...names);
		await openOnline();
		const before = openOffline(lock, grants[0]!);
		lock.now += 60_000;
		await ring.revoke(lock, 'k0');
		await openOnline();
		lock.now += 60_000;
		const [again] = await ring.issue(lock, 'steve');
		expect((await ring.slots(lock)).filter(({ slot }) => slot === 1)).toMatchObject([
			{ issue: 1, tracking_key: 'k0', state: 'off' },
			{ issue: 2, tracking_key: 'steve', state: 'waiting' }
		]);
		await openOnline();
		const after = openOffline(lock, again!);
		expect(after.result).toBe(DONE);
		expect(openOffline(lock, grants[0]!).result).toBe(NO_KEY);
		await lab.upload(lock, after.session, after.server);
		// The phone of the first holder had no network for all that time.
		await lab.upload(lock, before.session, before.server);
		const openings = (await lab.activity(lock)).filter(({ slot }) => slot === 1);
		expect(openings.map(({ tracking_key }) => tracking_key)).toEqual(['k0', 'steve']);
	});

	test('after a recovery every key is another one', async () => {
		const [bob, linda] = await ring.issue(lock, 'bob', 'linda');
		await openOnline();
		await ring.revoke(lock, 'linda');
		// A backup from before the revocation, and a key that it has never heard of.
		const [steve] = await ring.issue(lock, 'steve');
		await openOnline();
		await lab.db.deleteFrom('slot').where('tracking_key', '=', 'steve').execute();
		await lab.db
			.updateTable('slot')
			.set({ state: 'on-lock', off_at: null, revoked_at: null })
			.execute();
		await declareRecovery(lab.db, { companyId: lab.companyId }, lock.mac);
		expect(await ring.states(lock)).toEqual(['waiting', 'waiting']);
		for (let i = 0; i < 2; i++) {
			await lab.open(lock);
			lock.close();
		}
		expect(await lab.row(lock)).toMatchObject({ phase: 'steady', slot_reset: 0, slot_changes: 0 });
		expect(await ring.states(lock)).toEqual(['on-lock', 'on-lock']);
		for (const old of [bob, linda, steve]) expect(openOffline(lock, old!).result).toBe(NO_KEY);
		const fresh = await ring.issue(lock, 'bob', 'linda');
		for (const grant of fresh) expect(openOffline(lock, grant).result).toBe(DONE);
		const [anew] = await ring.issue(lock, 'steve');
		expect(anew!.offlineKey).not.toBe(steve!.offlineKey);
	});

	test('two processes fill the lock at once: a hundred keys, and not one more', async () => {
		const names = Array.from({ length: 70 }, (_, i) => `k${i}`);
		const outcomes = await Promise.all(['a', 'b'].map((who) => issuer(names.map((n) => who + n))));
		const counts = outcomes.map((text) => JSON.parse(text) as { issued: number; full: number });
		expect(counts.map(({ issued, full }) => issued + full)).toEqual([70, 70]);
		expect(counts[0]!.issued + counts[1]!.issued).toBe(100);
		expect(await lab.row(lock)).toMatchObject({ slots_used: 100, slots_waiting: 100 });
		const slots = await ring.slots(lock);
		expect(slots.map(({ slot }) => slot)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
	});

	async function issuer(names: string[]): Promise<string> {
		const child = spawn(process.execPath, ['tests/server/core/issuer.ts'], {
			stdio: ['pipe', 'pipe', 'inherit']
		});
		const { companyId, settings: target } = lab;
		const work = { target, secret: [...SECRET], companyId, mac: lock.mac, names };
		child.stdin.end(JSON.stringify(work));
		let said = '';
		child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
		const [code] = await once(child, 'exit');
		expect(code).toBe(0);
		return said;
	}
});

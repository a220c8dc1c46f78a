import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { resetKeys } from '../../../src/lib/server/key-reset.ts';
import { databases } from '../../setup/databases.ts';
import { DONE, Keyring, openOffline } from './keyring.ts';
import { Lab } from './lab.ts';
import type { TestLock } from './test-lock.ts';

describe.each(databases)('a reset of all keys of a lock, on $name', ({ create }) => {
	let lab: Lab;
	let ring: Keyring;
	let lock: TestLock;
	beforeEach(async () => {
		lab = await Lab.open(create);
		ring = new Keyring(lab);
		lock = await lab.lock();
	});
	afterEach(() => lab.close());

	const reset = () => resetKeys(lab.db, { companyId: lab.companyId, actor: 'cli' }, lock.mac);
	const open = async () => {
		await lab.open(lock);
		lock.close();
	};
	const opens = (grant: Parameters<typeof openOffline>[1]) =>
		openOffline(lock, grant).result === DONE;

	test('old keys open until the next online unlock, new ones from then on', async () => {
		const [bob, linda] = await ring.issue(lock, 'bob', 'linda');
		await open();
		expect(await reset()).toBe(2);
		const [newBob, newLinda] = await ring.issue(lock, 'bob', 'linda');
		expect(newBob!.offlineKey).not.toBe(bob!.offlineKey);
		expect([opens(bob!), opens(newBob!)]).toEqual([true, false]);
		await open();
		expect([opens(bob!), opens(linda!)]).toEqual([false, false]);
		expect([opens(newBob!), opens(newLinda!)]).toEqual([true, true]);
		expect(await ring.states(lock)).toEqual(['on-lock', 'on-lock']);
		expect(await lab.row(lock)).toMatchObject({ slots_used: 2, slot_changes: 0 });
	});

	test('while a set is under way the reset goes with the next, and no key comes twice', async () => {
		const [bob] = await ring.issue(lock, 'bob');
		const session = lock.connect();
		await lab.issue(lock, session);
		lock.disconnect();
		await reset();
		await reset();
		const [newer] = await ring.issue(lock, 'bob');
		await open();
		expect([opens(bob!), opens(newer!)]).toEqual([true, false]);
		await open();
		expect([opens(bob!), opens(newer!)]).toEqual([false, true]);
		// Revoked with a reset under way: all its values count as used.
		await reset();
		const [third] = await ring.issue(lock, 'bob');
		await ring.revoke(lock, 'bob');
		await open();
		expect([opens(newer!), opens(third!)]).toEqual([false, false]);
		const values = new Set([bob, newer, third].map((one) => one!.offlineKey));
		for (let i = 0; i < 101; i++) {
			const [next] = await ring.issue(lock, `k${i}`);
			values.add(next!.offlineKey);
			await ring.revoke(lock, `k${i}`);
		}
		expect(values.size).toBe(104);
	});

	test('a lock that is not there', async () => {
		const by = { companyId: 'other', actor: 'cli' };
		await expect(resetKeys(lab.db, by, lock.mac)).rejects.toMatchObject({ code: 'not-found' });
	});
});

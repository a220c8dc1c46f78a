import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { callKeys } from '../../../src/lib/server/core/offline-keys.ts';
import { declareRecovery } from '../../../src/lib/server/core/recovery.ts';
import { moveLock } from '../../../src/lib/server/lock-move.ts';
import { databases } from '../../setup/databases.ts';
import { DONE, openOffline } from './keyring.ts';
import { Lab } from './lab.ts';
import type { TestLock } from './test-lock.ts';

describe.each(databases)('a lock that moves between the environments, on $name', ({ create }) => {
	let lab: Lab;
	beforeEach(async () => {
		lab = await Lab.open(create);
	});
	afterEach(() => lab.close());

	const move = (lock: TestLock, to: 'production' | 'sandbox') =>
		moveLock(lab.db, { companyId: lab.companyId, actor: 'cli' }, lock.mac, to);
	const opens = async (lock: TestLock): Promise<boolean> => {
		await lab.open(lock);
		const opened = lock.shackle === 'open';
		lock.close();
		return opened;
	};
	const BASE = '000102030405060708090a0b0c0d0e0f';

	test.each([
		['sandbox', 'production'],
		['production', 'sandbox']
	] as const)('from %s to %s: it opens, with its history and its keys', async (from, to) => {
		const lock = await lab.lock('4I', from);
		for (let i = 0; i < 3; i++) expect(await opens(lock)).toBe(true);
		const caller = (environment: typeof from | typeof to) => ({
			companyId: lab.companyId,
			environment
		});
		const issue = { issue: [{ macs: [lock.mac], tracking_keys: ['bob'] }] };
		const [bob] = (await callKeys(lab.core, caller(from), issue)).locks[0]!.keys;
		expect(await opens(lock)).toBe(true);
		await move(lock, to);
		expect((await lab.row(lock)).environment).toBe(to);
		expect((await lab.activity(lock)).every(({ environment }) => environment === to)).toBe(true);
		const before = await lab.row(lock);
		expect(await opens(lock)).toBe(true);
		const after = await lab.row(lock);
		expect(after).toMatchObject({ phase: 'steady', active: before.active + 1 });
		for (let i = 0; i < 3; i++) expect(await opens(lock)).toBe(true);
		// Nothing more is sent than that one set.
		expect((await lab.row(lock)).active).toBe(after.active);
		const { offline_key: offlineKey, unlock_command: unlockCommand } = bob!;
		expect(openOffline(lock, { offlineKey, unlockCommand }).result).toBe(DONE);
		expect((await callKeys(lab.core, caller(to), {})).locks[0]!.keys).toEqual([bob]);
		expect((await callKeys(lab.core, caller(from), {})).locks).toEqual([]);
		expect(lock.masterKey === BASE).toBe(to === 'sandbox');
	});

	test('moved while a set is offered, delivered or not', async () => {
		for (const delivered of [false, true]) {
			const lock = await lab.lock('4I', 'sandbox');
			await opens(lock);
			const caller = { companyId: lab.companyId, environment: 'sandbox' } as const;
			await callKeys(lab.core, caller, { issue: [{ macs: [lock.mac], tracking_keys: ['bob'] }] });
			const session = lock.connect();
			const { packets } = await lab.issue(lock, session);
			if (delivered) lock.write(packets);
			lock.disconnect();
			lock.close();
			await move(lock, 'production');
			for (let i = 0; i < 3; i++) expect(await opens(lock)).toBe(true);
			expect(lock.masterKey).not.toBe(BASE);
			await move(lock, 'sandbox');
			for (let i = 0; i < 3; i++) expect(await opens(lock)).toBe(true);
			expect(lock.masterKey).toBe(BASE);
		}
	});

	test('out of the box, and back and forth before anything reached it', async () => {
		const lock = await lab.lock('4I', 'production');
		await move(lock, 'sandbox');
		await move(lock, 'production');
		await move(lock, 'sandbox');
		expect(await opens(lock)).toBe(true);
		expect(lock.masterKey).toBe(BASE);
		await move(lock, 'production');
		await move(lock, 'sandbox');
		await move(lock, 'production');
		for (let i = 0; i < 2; i++) expect(await opens(lock)).toBe(true);
		expect(lock.masterKey).not.toBe(BASE);
	});

	test('is refused to where it is, and while nobody knows its keys', async () => {
		const lock = await lab.lock('4I', 'production');
		await opens(lock);
		await expect(move(lock, 'production')).rejects.toMatchObject({ code: 'conflict' });
		await declareRecovery(lab.db, { companyId: lab.companyId }, lock.mac);
		await expect(move(lock, 'sandbox')).rejects.toMatchObject({ code: 'conflict' });
		await opens(lock);
		await move(lock, 'sandbox');
		expect(await opens(lock)).toBe(true);
	});
});

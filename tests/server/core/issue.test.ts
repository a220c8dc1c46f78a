import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fromHex, toHex } from '../../../src/lib/protocol/bytes.ts';
import { issueCommands } from '../../../src/lib/server/core/issue.ts';
import { freeze } from '../../../src/lib/server/core/pending.ts';
import { declareRecovery } from '../../../src/lib/server/core/recovery.ts';
import { databases } from '../../setup/databases.ts';
import { Lab } from './lab.ts';

const SAMPLE = '0000040ba7b0d91f7f45ad25698a18375c7e4f16';

describe.each(databases)('issuing commands on $name', ({ create }) => {
	let lab: Lab;
	beforeEach(async () => {
		lab = await Lab.open(create);
	});
	afterEach(() => lab.close());

	test('a lock out of the box is set up and opens with one string', async () => {
		const lock = await lab.lock();
		const session = lock.connect();
		const { packets, opensAt } = await lab.issue(lock, session);
		// Set-up in three packets under the base key, opening under the new master key.
		expect(packets.map((packet) => toHex(packet.slice(0, 4)))).toEqual([
			'00000102',
			'00000101',
			'00000100',
			'02000200'
		]);
		expect(opensAt).toBe(3);
		expect(lock.write(packets).results).toEqual([0x60, 0x60, 0x60, 0x60]);
		expect(lock.shackle).toBe('open');
	});

	test('nothing is proven before the lock says so', async () => {
		const lock = await lab.lock();
		const session = lock.connect();
		const { packets } = await lab.issue(lock, session);
		expect(await lab.row(lock)).toMatchObject({ phase: 'offered', active: 0, pending: 1 });
		const { server } = lock.write(packets);
		expect(await lab.row(lock)).toMatchObject({ phase: 'offered', setup_count: 0 });
		await lab.upload(lock, session, server);
		expect(await lab.row(lock)).toMatchObject({
			phase: 'steady',
			active: 1,
			pending: null,
			pending_changes: null,
			setup_count: 1
		});
	});

	test('a lock that is set up gets one packet', async () => {
		const lock = await lab.lock();
		await lab.open(lock);
		lock.close();
		const { opensAt, results } = await lab.open(lock);
		expect({ opensAt, results }).toEqual({ opensAt: 0, results: [0x60] });
	});

	test('the same session asked again goes on with its command ids', async () => {
		const lock = await lab.lock();
		const session = lock.connect();
		const first = await lab.issue(lock, session);
		const second = await lab.issue(lock, session);
		const ids = [...first.packets, ...second.packets].map((packet) => packet[2]);
		expect(ids).toEqual([1, 1, 1, 2, 3, 3, 3, 4]);
		expect(lock.write(first.packets).results).toEqual([0x60, 0x60, 0x60, 0x60]);
		// The set is on the lock already: it knows the writes again, and opens.
		expect(lock.write(second.packets).results).toEqual([0x60, 0x60, 0x60, 0x60]);
	});

	test('two phones in the set-up get the same set, and either opens', async () => {
		const lock = await lab.lock();
		const first = lock.connect();
		const one = await lab.issue(lock, first);
		// The first phone writes, and everything it hears is lost.
		lock.write(one.packets);
		lock.disconnect();
		lock.close();
		const second = lock.connect();
		const other = await lab.issue(lock, second);
		expect(other.packets).toHaveLength(one.packets.length);
		expect(other.packets.map(toHex)).not.toEqual(one.packets.map(toHex));
		const { results, server } = lock.write(other.packets);
		expect(results).toEqual([0x60, 0x60, 0x60, 0x60]);
		await lab.upload(lock, second, server);
		expect(await lab.row(lock)).toMatchObject({ phase: 'steady', active: 1, setup_count: 1 });
	});

	test('two requests at once share the set and not an id', async () => {
		const lock = await lab.lock();
		const session = lock.connect();
		const all = await Promise.all(Array.from({ length: 20 }, () => lab.issue(lock, session)));
		const ids = all.flatMap(({ packets }) => [...new Set(packets.map((packet) => packet[2]))]);
		expect(ids.sort((a, b) => a! - b!)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
		const rows = await lab.db.selectFrom('issued').select('reference').execute();
		expect(new Set(rows.map(({ reference }) => reference)).size).toBe(20);
		expect(await lab.row(lock)).toMatchObject({ phase: 'offered', pending: 1 });
	});

	test('a crash between the disk and the answer is harmless', async () => {
		const lock = await lab.lock();
		for (let i = 0; i < 3; i++) await lab.issue(lock, lock.connect()).then(() => lock.disconnect());
		const { results } = await lab.open(lock);
		expect(results).toEqual([0x60, 0x60, 0x60, 0x60]);
		expect(await lab.row(lock)).toMatchObject({ phase: 'steady', active: 1 });
	});

	test('a session has 255 commands', async () => {
		const lock = await lab.lock();
		await lab.open(lock);
		const requests = Array.from({ length: 255 }, () => lab.issue(lock, SAMPLE));
		const ids = (await Promise.all(requests)).map(({ packets }) => packets[0]![2]);
		expect(ids.sort((a, b) => a! - b!)).toEqual(Array.from({ length: 255 }, (_, i) => i + 1));
		await expect(lab.issue(lock, SAMPLE)).rejects.toMatchObject({ code: 'session-full' });
		expect((await lab.issue(lock, lock.connect())).packets[0]![2]).toBe(1);
	});

	test('only an HD padlock is unshackled', async () => {
		const lock = await lab.lock();
		const session = lock.connect();
		const { packets } = await lab.issue(lock, session, { action: 'unshackle' });
		lock.write(packets);
		expect(lock.shackle).toBe('out');
		for (const type of ['3P', '2U']) {
			const small = await lab.lock(type);
			const before = await lab.row(small);
			await expect(lab.issue(small, SAMPLE, { action: 'unshackle' })).rejects.toMatchObject({
				code: 'cannot-unshackle'
			});
			expect(await lab.row(small)).toEqual(before);
		}
	});

	test('a foreign lock is as absent as one of the other environment', async () => {
		const lock = await lab.lock();
		const request = {
			mac: lock.mac,
			session: SAMPLE,
			action: 'unlock',
			trackingKey: null,
			userId: null
		} as const;
		const mine = { companyId: lab.companyId };
		for (const scope of [{ companyId: 'other' }, { ...mine, environment: 'sandbox' as const }]) {
			await expect(issueCommands(lab.core, scope, request)).rejects.toMatchObject({
				code: 'lock-not-found'
			});
		}
		const absent = { ...request, mac: '00:00:00:00:00:00' };
		await expect(issueCommands(lab.core, mine, absent)).rejects.toMatchObject({
			code: 'lock-not-found',
			message: 'Lock not found'
		});
		expect(await lab.db.selectFrom('issued').selectAll().execute()).toEqual([]);
	});

	test('in the sandbox the keys never change', async () => {
		const lock = await lab.lock('4I', 'sandbox');
		const { results } = await lab.open(lock);
		expect(results).toEqual([0x60, 0x60, 0x60, 0x60]);
		expect(await lab.row(lock)).toMatchObject({ phase: 'steady', active: 1, setup_count: 1 });
		lock.close();
		expect((await lab.open(lock)).results).toEqual([0x60]);
	});

	test('asking opens nothing, writes nothing and proves the keys', async () => {
		const lock = await lab.lock();
		const session = lock.connect();
		lock.write((await lab.issue(lock, session)).packets);
		lock.disconnect();
		lock.close();
		const second = lock.connect();
		const { packets, opensAt } = await lab.issue(lock, second, { action: 'ask' });
		expect(opensAt).toBeNull();
		// Under the active epoch, which the lock has left, and under the pending one.
		const { results, server } = lock.write(packets);
		expect(results).toEqual([0x60, 0x61, 0x60, 0x60]);
		expect(lock.shackle).toBe('closed');
		await lab.upload(lock, second, server);
		expect(await lab.row(lock)).toMatchObject({ phase: 'steady', active: 1, state: 'closed' });
		expect((await lab.activity(lock)).map(({ action }) => action)).toEqual(
			expect.arrayContaining(['setup_unlocked', 'locked'])
		);
	});

	test('frozen writes go out before the opening', async () => {
		const lock = await lab.lock();
		await lab.open(lock);
		lock.close();
		const writes = [
			{ kind: 'reset' as const },
			{ kind: 'set' as const, slot: 3, issue: 2, from: 0, until: 0xffffffff },
			{ kind: 'remove' as const, slot: 9 }
		];
		await lab.db
			.updateTable('lock')
			.set({ phase: 'offered', pending: 2, pending_changes: freeze({ writes }) })
			.execute();
		const { results, opensAt } = await lab.open(lock);
		expect(opensAt).toBe(8);
		expect(results).toEqual(Array(9).fill(0x60));
		expect(await lab.row(lock)).toMatchObject({ phase: 'steady', active: 2, setup_count: 1 });
	});

	test('a set that cannot be read is never sent', async () => {
		const lock = await lab.lock();
		for (const pending_changes of ['{"writes":[{"kind":"set","slot":101}]}', 'x', null]) {
			await lab.db
				.updateTable('lock')
				.set({ phase: 'offered', pending: 1, pending_changes })
				.execute();
			await expect(lab.issue(lock, SAMPLE)).rejects.toMatchObject({ code: 'broken-pending' });
		}
	});

	test('in a recovery every epoch is tried, and only a session of it proves one', async () => {
		const lock = await lab.lock();
		const first = await lab.open(lock);
		lock.close();
		// The backup knows nothing of the set-up.
		await lab.db
			.updateTable('lock')
			.set({ active: 0, phase: 'steady', pending: null, setup_count: 0 })
			.execute();
		await declareRecovery(lab.db, { companyId: lab.companyId }, lock.mac);
		expect((await lab.row(lock)).alarm).toContain('keys-unknown');
		await lab.upload(lock, first.session, first.server);
		expect(await lab.row(lock)).toMatchObject({ phase: 'recover', active: 0 });
		const { results } = await lab.open(lock);
		expect(results).toContain(0x60);
		expect(lock.shackle).toBe('open');
		expect(await lab.row(lock)).toMatchObject({
			phase: 'steady',
			active: 1,
			setup_count: 1,
			alarm: null
		});
		await expect(declareRecovery(lab.db, { companyId: 'other' }, lock.mac)).rejects.toMatchObject({
			code: 'lock-not-found'
		});
	});

	test('the sample session of the text gets packets of 20 bytes', async () => {
		const lock = await lab.lock();
		const { packets } = await lab.issue(lock, SAMPLE);
		expect(fromHex(SAMPLE)).toHaveLength(20);
		for (const packet of packets) expect(packet).toHaveLength(20);
	});
});

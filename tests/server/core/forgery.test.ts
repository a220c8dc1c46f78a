import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fromHex, toHex } from '../../../src/lib/protocol/bytes.ts';
import { serverPacket, TYPE } from '../../../src/lib/protocol/noke/answers.ts';
import { RECORD_ACTION, recordBody } from '../../../src/lib/protocol/noke/records.ts';
import { hearLogs } from '../../../src/lib/server/core/uploads.ts';
import { databases } from '../../setup/databases.ts';
import { Lab } from './lab.ts';
import { BASE_KEY, type TestLock } from './test-lock.ts';

const SESSION = '0000040ba7b0d91f7f45ad25698a18375c7e4f16';

describe.each(databases)('what somebody else says in place of a lock on $name', ({ create }) => {
	let lab: Lab;
	beforeEach(async () => {
		lab = await Lab.open(create);
	});
	afterEach(() => lab.close());

	/** What anybody can make who knows the public base key: the first records of a log. */
	function forged(count: number): string[] {
		const master = { key: fromHex(BASE_KEY), epoch: 0 };
		return Array.from({ length: count }, (_, i) => {
			const record = { counter: i + 1, time: 0, action: RECORD_ACTION.buttonTouched, who: 0 };
			const header = { type: TYPE.log, id: 1, ordinal: i };
			return toHex(serverPacket(master, fromHex(SESSION), header, recordBody(record)));
		});
	}

	async function whoOpened(lock: TestLock): Promise<(string | null)[]> {
		const openings = (await lab.activity(lock)).filter(({ action }) => /unlocked/.test(action));
		return openings.map(({ tracking_key }) => tracking_key);
	}

	test('made-up records of a new lock do not stand in the way of the true ones', async () => {
		const lock = await lab.lock();
		await lab.upload(lock, SESSION, forged(50));
		expect(await lab.activity(lock)).toEqual([]);
		await lab.open(lock, 'ann');
		expect(await whoOpened(lock)).toEqual(['ann']);
	});

	test('nor do those of a lock that is set up', async () => {
		const lock = await lab.lock();
		await lab.open(lock, 'ann');
		lock.close();
		const before = await lab.row(lock);
		await lab.upload(lock, SESSION, forged(50));
		expect(await lab.row(lock)).toEqual(before);
		expect(await lab.quarantined()).toHaveLength(50);
		await lab.open(lock, 'bob');
		expect(await whoOpened(lock)).toEqual(['ann', 'bob']);
	});

	test('what a new lock said when it was asked comes again once it is set up', async () => {
		const lock = await lab.lock();
		const session = lock.connect();
		const { packets } = await lab.issue(lock, session, { action: 'ask' });
		await lab.upload(lock, session, lock.write(packets).server);
		expect(await lab.activity(lock)).toEqual([]);
		lock.disconnect();
		for (let i = 0; i < 3; i++) {
			await lab.open(lock);
			lock.close();
		}
		const counters = (await lab.activity(lock)).map(({ counter }) => counter);
		expect(counters).toEqual(counters.map((_, i) => i + 1));
	});

	test('an old answer under a session with another end is old', async () => {
		const lock = await lab.lock();
		const { session, server } = await lab.open(lock);
		lock.close();
		lock.now += 600_000;
		await lab.open(lock);
		const before = await lab.row(lock);
		lock.now += 600_000;
		const twin = `${session.slice(0, 32)}ffffffff`;
		const { packets } = await lab.issue(lock, twin);
		expect(packets[0]![2]).toBeGreaterThan(1);
		const { next_reference } = await lab.row(lock);
		await lab.upload(lock, twin, server);
		expect(await lab.row(lock)).toEqual({ ...before, next_reference });
	});

	test('a record is not heard before it happened', async () => {
		const lock = await lab.lock();
		await lab.open(lock);
		lock.close();
		lock.now += 60_000;
		const session = lock.connect();
		const { packets } = await lab.issue(lock, session);
		const { server } = lock.write(packets);
		// As after an opening with an offline key: the server knows nothing of this session.
		await lab.db.deleteFrom('issued').execute();
		const logs = [{ mac: lock.mac, session, receivedAt: 0, packets: server }];
		await hearLogs(lab.core, { companyId: lab.companyId }, logs, lock.now);
		const opening = (await lab.activity(lock)).at(-1)!;
		expect(opening.action).toBe('unlocked');
		expect(opening.recorded_at).toBe(opening.range_end);
		const { created_at } = await lab.row(lock);
		for (const { recorded_at } of await lab.activity(lock))
			expect(recorded_at).toBeGreaterThanOrEqual(created_at - 1000);
	});
});

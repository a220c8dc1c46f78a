import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { QUARANTINE } from '../../../src/lib/server/core/quarantine.ts';
import { hearBatches, hearLogs, type Log } from '../../../src/lib/server/core/uploads.ts';
import { databases } from '../../setup/databases.ts';
import { Lab, SECRET } from './lab.ts';
import type { TestLock } from './test-lock.ts';

const SAMPLE = '0000040ba7b0d91f7f45ad25698a18375c7e4f16';

describe.each(databases)('what locks say on $name', ({ create }) => {
	let lab: Lab;
	beforeEach(async () => {
		lab = await Lab.open(create);
	});
	afterEach(() => lab.close());

	/** Opens without an upload: what the phone has in its hand afterwards. */
	async function openOnly(lock: TestLock, trackingKey: string | null = null): Promise<Log> {
		const session = lock.connect();
		const { packets } = await lab.issue(lock, session, { trackingKey });
		const { server } = lock.write(packets);
		lock.disconnect();
		lock.close();
		return { mac: lock.mac, session, receivedAt: lock.now, packets: server };
	}

	const hear = (logs: readonly Log[], now = Date.now() + 3_600_000) =>
		hearLogs(lab.core, { companyId: lab.companyId }, logs, now);

	test('battery, shackle and who opened are known afterwards', async () => {
		const lock = await lab.lock();
		await lab.open(lock, 'ann@example.com');
		const row = await lab.row(lock);
		expect(row).toMatchObject({
			state: 'open',
			last_opened_by: 'ann@example.com',
			log_cursor: 2,
			log_seen: 2
		});
		expect(row.battery_mv).toBeGreaterThan(3000);
		expect(row.battery_at).toBe(lock.now);
		const [, opening] = await lab.activity(lock);
		expect(opening).toMatchObject({
			action: 'setup_unlocked',
			tracking_key: 'ann@example.com',
			recorded_at: lock.now,
			gen: 0,
			counter: 2
		});
		// The lock's clock was set by the command: the time is exact, to the second.
		expect(opening!.range_start).toBe(opening!.range_end);
		expect(lock.now - opening!.range_end).toBeLessThan(2000);
	});

	test('a touch before the clock was set lies between two moments', async () => {
		const lock = await lab.lock();
		lock.now += 60_000;
		await lab.open(lock);
		const [touch, opening] = await lab.activity(lock);
		const { created_at } = await lab.row(lock);
		expect(touch).toMatchObject({ action: 'button_touched', range_start: created_at });
		expect(touch!.range_end).toBe(opening!.range_start);
		lock.disconnect();
		// The clock is lost again: the next touch is after what is known, and before it was heard.
		lock.cutPower();
		lock.now += 60_000;
		await lab.open(lock);
		const later = (await lab.activity(lock)).slice(2);
		expect(later.map(({ action }) => action)).toContain('start_up');
		for (const { range_start, range_end } of later.filter(({ action }) => action === 'start_up')) {
			expect(range_start).toBe(opening!.range_end);
			expect(range_end).toBeGreaterThan(range_start);
		}
	});

	test('each opening is named by the one who asked, however late it is heard', async () => {
		const lock = await lab.lock();
		const logs: Log[] = [];
		for (const name of ['ann', 'bob', 'cy']) {
			lock.now += 10_000;
			logs.push(await openOnly(lock, name));
		}
		// The first two phones lost everything; the lock tells when it is asked.
		lock.now += 10_000;
		const session = lock.connect();
		const { packets } = await lab.issue(lock, session, { action: 'ask' });
		const { server } = lock.write(packets);
		await lab.upload(lock, session, server);
		const openings = (await lab.activity(lock)).filter(({ action }) => /unlocked/.test(action));
		expect(openings.map(({ tracking_key }) => tracking_key)).toEqual(['ann', 'bob', 'cy']);
		expect(await lab.row(lock)).toMatchObject({ last_opened_by: 'cy', state: 'closed' });
		await hear(logs);
		expect((await lab.activity(lock)).length).toBe((await lab.row(lock)).log_cursor);
	});

	test('the same reference a second time round names the later one', async () => {
		const lock = await lab.lock();
		await lab.open(lock, 'first');
		lock.close();
		for (let i = 0; i < 255; i++) await lab.issue(lock, SAMPLE.replace('16', 'ff')).catch(() => 0);
		await lab.db.updateTable('lock').set({ next_reference: 0 }).execute();
		lock.now += 5_000;
		await lab.open(lock, 'second');
		const names = (await lab.activity(lock))
			.filter(({ action }) => /unlocked/.test(action))
			.map(({ tracking_key }) => tracking_key);
		expect(names).toEqual(['first', 'second']);
	});

	test('a hole in the log is asked for after the next opening', async () => {
		const lock = await lab.lock();
		await lab.open(lock);
		lock.close();
		await openOnly(lock, 'lost');
		lock.now += 1000;
		await lab.open(lock);
		lock.close();
		const before = await lab.row(lock);
		expect(before.log_seen).toBeGreaterThan(before.log_cursor);
		const { opensAt, results } = await lab.open(lock);
		expect(opensAt).toBe(0);
		// The opening in one packet, the question in two.
		expect(results).toEqual([0x60, 0x60, 0x60]);
		// One answer carries eight records, so it may take another opening.
		lock.close();
		await lab.open(lock);
		const after = await lab.row(lock);
		expect(after.log_seen).toBe(after.log_cursor);
		const names = (await lab.activity(lock)).map(({ tracking_key }) => tracking_key);
		expect(names).toContain('lost');
		lock.close();
		expect((await lab.open(lock)).results).toEqual([0x60]);
	});

	test('more records than one answer carries are fetched', async () => {
		const lock = await lab.lock();
		await lab.open(lock);
		lock.close();
		for (let i = 0; i < 12; i++) {
			// Each start is a record.
			lock.cutPower();
		}
		await lab.open(lock);
		lock.close();
		expect((await lab.row(lock)).log_seen).toBeGreaterThan((await lab.row(lock)).log_cursor);
		for (let i = 0; i < 3; i++) {
			await lab.open(lock);
			lock.close();
		}
		const { log_cursor, log_seen } = await lab.row(lock);
		expect(log_cursor).toBe(log_seen);
		expect(await lab.activity(lock)).toHaveLength(log_cursor);
	});

	test('records that fell out of the ring are given up, and only those', async () => {
		const lock = await lab.lock();
		await lab.open(lock);
		lock.close();
		const known = (await lab.row(lock)).log_cursor;
		for (let i = 0; i < 300; i++) {
			// Each start is a record.
			lock.cutPower();
		}
		for (let i = 0; i < 40; i++) {
			const session = lock.connect();
			const { packets } = await lab.issue(lock, session, { action: 'ask' });
			await lab.upload(lock, session, lock.write(packets).server);
			lock.disconnect();
		}
		const { log_cursor, log_seen } = await lab.row(lock);
		expect(log_cursor).toBe(log_seen);
		const counters = (await lab.activity(lock)).map(({ counter }) => counter!);
		const kept = counters.filter((counter) => counter > known);
		expect(kept[0]).toBeGreaterThan(known + 1);
		expect(kept).toEqual(Array.from(kept, (_, i) => kept[0]! + i));
	});

	test('the same upload again changes nothing', async () => {
		const lock = await lab.lock();
		const log = await openOnly(lock, 'ann');
		const soon = lock.now;
		await hear([log], soon);
		const row = await lab.row(lock);
		const events = await lab.activity(lock);
		const late = { ...log, receivedAt: soon + 500_000 };
		for (const again of [
			[log],
			[log, log],
			[late],
			[{ ...log, packets: log.packets.toReversed() }]
		])
			await hear(again, soon + 600_000);
		expect(await lab.row(lock)).toEqual(row);
		expect(await lab.activity(lock)).toEqual(events);
		expect(await lab.quarantined()).toEqual([]);
	});

	test('a replayed answer of an old session does not move the shackle', async () => {
		const lock = await lab.lock();
		const old = await openOnly(lock);
		await hear([old], lock.now);
		lock.now += 600_000;
		const session = lock.connect();
		const { packets } = await lab.issue(lock, session, { action: 'ask' });
		await lab.upload(lock, session, lock.write(packets).server);
		const row = await lab.row(lock);
		expect(row.state).toBe('closed');
		await hear([{ ...old, receivedAt: lock.now + 60_000 }], lock.now + 60_000);
		expect(await lab.row(lock)).toEqual(row);
	});

	test('packets of another session, lock or key open nothing and are set aside', async () => {
		const [lock, second] = [await lab.lock(), await lab.lock()];
		const log = await openOnly(lock);
		await lab.open(second);
		const rows = [await lab.row(lock), await lab.row(second)];
		const forged = `50750100${'00'.repeat(16)}`;
		await hear([
			{ ...log, session: SAMPLE },
			{ ...log, mac: second.mac },
			{ ...log, packets: [forged, forged, '51'.repeat(20)] },
			{ ...log, mac: '00:00:00:00:00:01' }
		]);
		expect([await lab.row(lock), await lab.row(second)]).toEqual(rows);
		const kept = await lab.quarantined();
		expect(kept).toHaveLength(3 * log.packets.length + 2);
		expect(new Set(kept.map(({ company_id }) => company_id))).toEqual(new Set([lab.companyId]));
		// The true ones still count.
		await hear([log]);
		expect(await lab.row(lock)).toMatchObject({ active: 1, setup_count: 1 });
	});

	test('the quarantine of a company is bounded', async () => {
		const lock = await lab.lock();
		const junk = (n: number) => `50${n.toString(16).padStart(38, '0')}`;
		for (let i = 0; i < 4; i++) {
			const packets = Array.from({ length: 400 }, (_, k) => junk(i * 400 + k));
			await hear([{ mac: lock.mac, session: SAMPLE, receivedAt: 0, packets }], Date.now() + i);
		}
		const kept = await lab.quarantined();
		expect(kept).toHaveLength(QUARANTINE);
		const packets = new Set(kept.map(({ packet }) => packet));
		expect(packets.has(junk(1599))).toBe(true);
		expect(packets.has(junk(0))).toBe(false);
	});

	test('an unknown lock fails an upload only when it is alone', async () => {
		const lock = await lab.lock();
		const log = await openOnly(lock);
		const strange = { ...log, mac: '00:00:00:00:00:01' };
		expect(await hear([strange])).toBe(false);
		expect(await hear([strange, log])).toBe(true);
		expect(await hear([])).toBe(true);
		expect(await lab.row(lock)).toMatchObject({ active: 1 });
	});

	test('duplicates in any order from two processes count once', async () => {
		const locks = [await lab.lock(), await lab.lock(), await lab.lock()];
		const logs: Log[] = [];
		for (let i = 0; i < 6; i++) {
			for (const lock of locks) {
				lock.now += 1000;
				logs.push(await openOnly(lock, `${lock.mac} ${i}`));
			}
		}
		// One packet at a time, each up to three times, shuffled, in uploads of some.
		const pieces = logs.flatMap((log) =>
			log.packets.map((packet) => ({ ...log, packets: [packet] }))
		);
		const now = Date.now() + 3_600_000;
		const uploads = (seed: number) => inSome(shuffled([...pieces, ...pieces, ...pieces], seed), 40);
		await Promise.all([process(uploads(1), now), process(uploads(2), now)]);
		for (const lock of locks) {
			const events = await lab.activity(lock);
			const row = await lab.row(lock);
			expect(events.map(({ counter }) => counter)).toEqual(events.map((_, i) => i + 1));
			expect(row).toMatchObject({ active: 1, setup_count: 1, log_cursor: events.length });
			const names = events
				.filter(({ action }) => /unlocked/.test(action))
				.map(({ tracking_key }) => tracking_key);
			expect(names).toEqual(Array.from({ length: 6 }, (_, i) => `${lock.mac} ${i}`));
		}
	}, 60_000);

	async function process(uploads: Log[][], now: number): Promise<void> {
		const work = {
			target: lab.settings,
			secret: [...SECRET],
			companyId: lab.companyId,
			uploads,
			now
		};
		const child = spawn('node_modules/.bin/node', ['tests/server/core/uploader.ts'], {
			stdio: ['pipe', 'inherit', 'inherit']
		});
		child.stdin.end(JSON.stringify(work));
		const [code] = await once(child, 'exit');
		expect(code).toBe(0);
	}

	test('a batch of our own phones is durable once, and its id is its body', async () => {
		const lock = await lab.lock();
		const { mac, session, receivedAt, packets } = await openOnly(lock);
		const batch = { id: 'batch-0001', mac, session, receivedAt, packets: [...packets] };
		const scope = { companyId: lab.companyId };
		const upload = (...batches: (typeof batch)[]) => hearBatches(lab.core, scope, batches);
		expect(await upload(batch)).toEqual({ durable: ['batch-0001'], refused: [] });
		const events = await lab.activity(lock);
		expect(events.length).toBeGreaterThan(0);
		expect(await upload(batch, batch)).toEqual({ durable: ['batch-0001'], refused: [] });
		const other = { ...batch, packets: packets.slice(1) };
		expect(await upload(other)).toEqual({
			durable: [],
			refused: [{ id: 'batch-0001', code: 'conflict' }]
		});
		const foreign = { ...batch, id: 'batch-0002', mac: '00:00:00:00:00:01' };
		const fresh = { ...batch, id: 'batch-0003' };
		expect(await upload(foreign, fresh)).toEqual({
			durable: ['batch-0003'],
			refused: [{ id: 'batch-0002', code: 'not-found' }]
		});
		expect(await lab.activity(lock)).toEqual(events);
		expect(await lab.quarantined()).toEqual([]);
	});

	test('the same batch many times at once is taken in once', async () => {
		const lock = await lab.lock();
		const { mac, session, receivedAt, packets } = await openOnly(lock);
		const batch = { id: 'batch-0001', mac, session, receivedAt, packets: [...packets] };
		const other = { ...batch, packets: packets.slice(0, 1) };
		const replies = await Promise.all(
			Array.from({ length: 12 }, (_, i) =>
				hearBatches(lab.core, { companyId: lab.companyId }, [i % 3 === 2 ? other : batch])
			)
		);
		const verdicts = replies.map(({ durable }) => durable.length === 1);
		const winner = verdicts[2];
		expect(verdicts).toEqual(verdicts.map((_, i) => (i % 3 === 2 ? winner : !winner)));
		expect(await lab.db.selectFrom('upload').selectAll().execute()).toHaveLength(1);
	});

	test('a phone with a wrong clock does not move time', async () => {
		const lock = await lab.lock();
		const log = await openOnly(lock, 'ann');
		await hear([{ ...log, receivedAt: 1_000 }], lock.now);
		const { battery_at, state_at, last_opened_at } = await lab.row(lock);
		const issued = await lab.db.selectFrom('issued').select('at').executeTakeFirstOrThrow();
		expect([battery_at, state_at]).toEqual([issued.at, issued.at]);
		expect(Math.abs(last_opened_at! - issued.at)).toBeLessThan(2000);
		const second = await openOnly(lock);
		await hear([{ ...second, receivedAt: lock.now + 1e9 }], lock.now);
		expect((await lab.row(lock)).battery_at).toBeLessThanOrEqual(lock.now);
	});
});

function inSome<T>(all: readonly T[], size: number): T[][] {
	return Array.from({ length: Math.ceil(all.length / size) }, (_, i) =>
		all.slice(i * size, (i + 1) * size)
	);
}

function shuffled<T>(all: readonly T[], seed: number): T[] {
	let state = seed;
	const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
	return all
		.map((one) => ({ one, at: random() }))
		.sort((a, b) => a.at - b.at)
		.map(({ one }) => one);
}

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Log } from '../../../src/lib/server/core/uploads.ts';
import { databases } from '../../setup/databases.ts';
import { Lab } from './lab.ts';

const SAMPLE = '0000040ba7b0d91f7f45ad25698a18375c7e4f16';

describe.each(databases)('what locks say on $name', ({ create }) => {
	let lab: Lab;
	beforeEach(async () => {
		lab = await Lab.open(create);
	});
	afterEach(() => lab.close());

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
			logs.push(await lab.openOnly(lock, name));
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
		await lab.hear(logs);
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
		await lab.openOnly(lock, 'lost');
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

	test('a phone with a wrong clock does not move time', async () => {
		const lock = await lab.lock();
		const log = await lab.openOnly(lock, 'ann');
		await lab.hear([{ ...log, receivedAt: 1_000 }], lock.now);
		const { battery_at, state_at, last_opened_at } = await lab.row(lock);
		const issued = await lab.db.selectFrom('issued').select('at').executeTakeFirstOrThrow();
		expect([battery_at, state_at]).toEqual([issued.at, issued.at]);
		expect(Math.abs(last_opened_at! - issued.at)).toBeLessThan(2000);
		const second = await lab.openOnly(lock);
		await lab.hear([{ ...second, receivedAt: lock.now + 1e9 }], lock.now);
		expect((await lab.row(lock)).battery_at).toBeLessThanOrEqual(lock.now);
	});
});

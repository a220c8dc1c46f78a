import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { QUARANTINE } from '../../../src/lib/server/core/quarantine.ts';
import { hearBatches, type Log } from '../../../src/lib/server/core/uploads.ts';
import { databases } from '../../setup/databases.ts';
import { Lab, SECRET } from './lab.ts';

const SAMPLE = '0000040ba7b0d91f7f45ad25698a18375c7e4f16';

describe.each(databases)('what is sent again, or strange, on $name', ({ create }) => {
	let lab: Lab;
	beforeEach(async () => {
		lab = await Lab.open(create);
	});
	afterEach(() => lab.close());

	test('the same upload again changes nothing', async () => {
		const lock = await lab.lock();
		const log = await lab.openOnly(lock, 'ann');
		const soon = lock.now;
		await lab.hear([log], soon);
		const row = await lab.row(lock);
		const events = await lab.activity(lock);
		const late = { ...log, receivedAt: soon + 500_000 };
		for (const again of [
			[log],
			[log, log],
			[late],
			[{ ...log, packets: log.packets.toReversed() }]
		])
			await lab.hear(again, soon + 600_000);
		expect(await lab.row(lock)).toEqual(row);
		expect(await lab.activity(lock)).toEqual(events);
		expect(await lab.quarantined()).toEqual([]);
	});

	test('a replayed answer of an old session does not move the shackle', async () => {
		const lock = await lab.lock();
		const old = await lab.openOnly(lock);
		await lab.hear([old], lock.now);
		lock.now += 600_000;
		const session = lock.connect();
		const { packets } = await lab.issue(lock, session, { action: 'ask' });
		await lab.upload(lock, session, lock.write(packets).server);
		const row = await lab.row(lock);
		expect(row.state).toBe('closed');
		await lab.hear([{ ...old, receivedAt: lock.now + 60_000 }], lock.now + 60_000);
		expect(await lab.row(lock)).toEqual(row);
	});

	test('packets of another session, lock or key open nothing and are set aside', async () => {
		const [lock, second] = [await lab.lock(), await lab.lock()];
		const log = await lab.openOnly(lock);
		await lab.open(second);
		const rows = [await lab.row(lock), await lab.row(second)];
		const forged = `50750100${'00'.repeat(16)}`;
		await lab.hear([
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
		await lab.hear([log]);
		expect(await lab.row(lock)).toMatchObject({ active: 1, setup_count: 1 });
	});

	test('the quarantine of a company is bounded', async () => {
		const lock = await lab.lock();
		const junk = (n: number) => `50${n.toString(16).padStart(38, '0')}`;
		for (let i = 0; i < 4; i++) {
			const packets = Array.from({ length: 400 }, (_, k) => junk(i * 400 + k));
			await lab.hear([{ mac: lock.mac, session: SAMPLE, receivedAt: 0, packets }], Date.now() + i);
		}
		const kept = await lab.quarantined();
		expect(kept).toHaveLength(QUARANTINE);
		const packets = new Set(kept.map(({ packet }) => packet));
		expect(packets.has(junk(1599))).toBe(true);
		expect(packets.has(junk(0))).toBe(false);
	});

	test('an unknown lock fails an upload only when it is alone', async () => {
		const lock = await lab.lock();
		const log = await lab.openOnly(lock);
		const strange = { ...log, mac: '00:00:00:00:00:01' };
		expect(await lab.hear([strange])).toBe(false);
		expect(await lab.hear([strange, log])).toBe(true);
		expect(await lab.hear([])).toBe(true);
		expect(await lab.row(lock)).toMatchObject({ active: 1 });
	});

	test('duplicates in any order from two processes count once', async () => {
		const locks = [await lab.lock(), await lab.lock(), await lab.lock()];
		const logs: Log[] = [];
		for (let i = 0; i < 6; i++) {
			for (const lock of locks) {
				lock.now += 1000;
				logs.push(await lab.openOnly(lock, `${lock.mac} ${i}`));
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
	}, 240_000);

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
		const { mac, session, receivedAt, packets } = await lab.openOnly(lock);
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
		const { mac, session, receivedAt, packets } = await lab.openOnly(lock);
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

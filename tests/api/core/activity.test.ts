import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '../../../src/lib/server/db/id.ts';
import { databases } from '../../setup/databases.ts';
import { TestLock } from '../../server/core/test-lock.ts';
import { Desk } from './desk.ts';

interface Event {
	lock_mac: string;
	action: string;
	recorded_time: string;
	range_date_start: string;
	range_date_end: string;
	tracking_key: string;
}

describe.each(databases)('uploads and activity of the Core API on $name', ({ create }) => {
	let desk: Desk;
	beforeEach(async () => {
		desk = await Desk.open(create);
	});
	afterEach(() => desk.close());

	const activity = async (body: unknown = {}): Promise<Event[]> => {
		const answer = await desk.post('activity/', body);
		expect(answer.body.error_code).toBe(0);
		return answer.body.data.activity;
	};
	const actions = async (body?: unknown) => (await activity(body)).map(({ action }) => action);

	/** Events as if locks had told of them. */
	async function write(lock: TestLock, ...events: [action: string, at: string, who?: string][]) {
		const { db } = desk.app.server;
		const { id, company_id, environment } = await db
			.selectFrom('lock')
			.selectAll()
			.where('mac', '=', lock.mac)
			.executeTakeFirstOrThrow();
		for (const [action, at, who] of events) {
			const time = Date.parse(at);
			const row = { id: newId(), company_id, environment, lock_id: id, action, gen: 0, slot: null };
			const times = { recorded_at: time + 500, range_start: time - 60_000, range_end: time };
			await db
				.insertInto('activity')
				.values({ ...row, ...times, counter: null, tracking_key: who ?? null })
				.execute();
		}
	}

	test('an opening is told with its tracking key, the newest first', async () => {
		const lock = await desk.lock();
		await desk.open(lock, 'ann@example.com');
		lock.now += 1000;
		await desk.open(lock, 'bob');
		const events = await activity();
		expect(events.map(({ action, tracking_key }) => [action, tracking_key])).toEqual([
			['unlocked', 'bob'],
			['locked', ''],
			['setup_unlocked', 'ann@example.com']
		]);
		for (const event of events) {
			expect(Object.keys(event)).toEqual([
				'lock_mac',
				'action',
				'recorded_time',
				'range_date_start',
				'range_date_end',
				'tracking_key'
			]);
			expect(event.lock_mac).toBe(lock.mac);
			expect(event.range_date_start).toBe(event.range_date_end);
		}
	});

	test('what touches and statistics are left out unless named', async () => {
		const lock = await desk.lock();
		const day = '2026-01-01T00:00:0';
		await write(
			lock,
			['unlocked', `${day}1Z`],
			['button_touched', `${day}2Z`],
			['proximity_stats', `${day}3Z`],
			['wake_stats', `${day}4Z`],
			['unknown', `${day}5Z`]
		);
		expect(await actions()).toEqual(['unknown', 'unlocked']);
		expect(await actions({ actions: [] })).toEqual(['unknown', 'unlocked']);
		expect(await actions({ actions: ['wake_stats', 'button_touched'] })).toEqual([
			'wake_stats',
			'button_touched'
		]);
		expect(await actions({ actions: ['unlock'] })).toEqual(['unlocked']);
		expect(await actions({ actions: ['unlock', 'unlocked'] })).toEqual(['unlocked']);
		expect(await actions({ actions: ['dancing'] })).toEqual([]);
	});

	test('by lock, tracking key and time, together', async () => {
		const [a, b] = [await desk.lock(), await desk.lock()];
		await write(a, ['unlocked', '2018-05-21T23:22:16Z', 'ann'], ['locked', '2018-05-22T10:00:00Z']);
		await write(
			b,
			['unlocked', '2018-05-23T20:08:34Z', 'bob'],
			['unlocked', '2018-05-24T00:00:00Z', 'ann']
		);
		const seen = async (body: unknown) =>
			(await activity(body)).map(({ lock_mac, recorded_time }) => [
				lock_mac === a.mac ? 'a' : 'b',
				recorded_time
			]);
		expect(await seen({ lock_macs: [a.mac.toLowerCase()] })).toEqual([
			['a', '2018-05-22T10:00:00Z'],
			['a', '2018-05-21T23:22:16Z']
		]);
		expect(await seen({ lock_macs: [a.mac, b.mac, b.mac], actions: ['unlock'] })).toHaveLength(3);
		expect(await seen({ tracking_keys: ['ann'] })).toEqual([
			['b', '2018-05-24T00:00:00Z'],
			['a', '2018-05-21T23:22:16Z']
		]);
		expect(await seen({ tracking_keys: ['ann', 'bob'], lock_macs: [b.mac] })).toHaveLength(2);
		const range = { before: '2018-05-23T20:08:34Z', after: '2018-05-21T23:22:16Z' };
		expect(await seen(range)).toEqual([
			['b', '2018-05-23T20:08:34Z'],
			['a', '2018-05-22T10:00:00Z'],
			['a', '2018-05-21T23:22:16Z']
		]);
		expect(await seen({ ...range, after: '2018-05-22T12:00:00+02:00' })).toHaveLength(2);
		expect(await seen({ lock_macs: ['00:00:00:00:00:01'] })).toEqual([]);
		expect(await seen({ tracking_keys: ['nobody'] })).toEqual([]);
	});

	test('the range is what is known', async () => {
		const lock = await desk.lock();
		await write(lock, ['unlocked', '2018-03-16T13:36:37Z']);
		expect(await activity()).toEqual([
			{
				lock_mac: lock.mac,
				action: 'unlocked',
				recorded_time: '2018-03-16T13:36:37Z',
				range_date_start: '2018-03-16T13:35:37Z',
				range_date_end: '2018-03-16T13:36:37Z',
				tracking_key: ''
			}
		]);
	});

	test('each company and each environment has its own', async () => {
		const at = '2026-01-01T00:00:00Z';
		await write(await desk.lock(), ['unlocked', at]);
		await write(await desk.lock('4I', 'sandbox'), ['locked', at]);
		const foreign = await desk.lock('4I', 'production', desk.theirs);
		await write(foreign, ['failed_unlock', at, 'ann']);
		expect(await actions()).toEqual(['unlocked']);
		expect(await actions({ lock_macs: [foreign.mac] })).toEqual([]);
		expect(await actions({ tracking_keys: ['ann'] })).toEqual([]);
		const { body } = await desk.post('activity/', {}, desk.mine.keys.sandbox.private);
		expect(body.data.activity.map(({ action }: Event) => action)).toEqual(['locked']);
	});

	test('filters of another type: 3', async () => {
		for (const body of [
			{ before: 'yesterday' },
			{ after: 1518141482 },
			{ before: '2018-13-01T00:00:00Z' },
			{ lock_macs: 'all' },
			{ lock_macs: ['F1:E2'] },
			{ actions: 'unlocked' },
			{ tracking_keys: [1] }
		])
			expect((await desk.post('activity/', body)).body).toMatchObject({
				error_code: 3,
				data: null
			});
	});

	test('an unmodified mobile library is answered as it expects', async () => {
		const lock = await desk.lock();
		const session = lock.connect();
		const { body } = await desk.post('unlock/', { mac: lock.mac, session });
		const { server } = lock.write(body.data.commands.split('+'));
		// iOS appends upload/, Android posts to the very URL it was given.
		for (const path of ['upload/', 'upload', '']) {
			const answer = await desk.upload(lock, session, server, path);
			expect(answer.status).toBe(200);
			expect(answer.body).toMatchObject({
				result: 'success',
				error_code: 0,
				message: 'Command successfully completed',
				request: 'upload'
			});
		}
		expect(await actions()).toEqual(['setup_unlocked']);
		for (const logs of [
			[{ session: 'x', mac: lock.mac, received_time: 1, responses: [] }],
			5,
			[{}]
		]) {
			const { mobile } = desk.mine.keys.production;
			const refused = await desk.post('upload/', { logs }, mobile);
			expect(refused.status).toBe(200);
			expect(refused.body).toMatchObject({ result: 'failure', error_code: 3 });
			expect(typeof refused.body.message).toBe('string');
		}
	});

	test('an upload for a lock that is not ours: 7, the same for a foreign one', async () => {
		const foreign = await desk.lock('4I', 'production', desk.theirs);
		const texts = new Set<string>();
		for (const mac of [foreign.mac, '00:00:00:00:00:01']) {
			const lock = new TestLock(mac);
			const { status, body, text } = await desk.upload(lock, '00'.repeat(20), ['50'.repeat(20)]);
			expect(status).toBe(200);
			expect(body.error_code).toBe(7);
			texts.add(text);
		}
		expect(texts.size).toBe(1);
		const kept = await desk.app.server.db.selectFrom('quarantine').selectAll().execute();
		expect(kept.map(({ company_id }) => company_id)).toEqual(Array(2).fill(desk.mine.companyId));
	});

	test('a private key uploads too, and another company cannot speak for a lock', async () => {
		const lock = await desk.lock();
		const session = lock.connect();
		const { body } = await desk.post('unlock/', { mac: lock.mac, session });
		const { server } = lock.write(body.data.commands.split('+'));
		const logs = [{ session, mac: lock.mac, received_time: 1518141482, responses: server }];
		const theirs = await desk.post('upload/', { logs }, desk.theirs.keys.production.mobile);
		expect(theirs.body.error_code).toBe(7);
		expect(await actions()).toEqual([]);
		expect((await desk.post('upload/', { logs })).body.error_code).toBe(0);
		expect(await actions()).toEqual(['setup_unlocked']);
	});
});

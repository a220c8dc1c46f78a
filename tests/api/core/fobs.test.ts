import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { successOf } from '../../../src/lib/api/core/envelope.ts';
import { FobsData } from '../../../src/lib/api/core/fobs.ts';
import { declareFobRecovery, declareRecovery } from '../../../src/lib/server/core/recovery.ts';
import { databases } from '../../setup/databases.ts';
import { TestFob } from '../../server/core/test-fob.ts';
import type { TestLock } from '../../server/core/test-lock.ts';
import { Desk, SAMPLE } from './desk.ts';

describe.each(databases)('fobs on $name', ({ create }) => {
	let desk: Desk;
	let x: TestLock;
	let y: TestLock;
	let fob: TestFob;
	beforeAll(async () => {
		desk = await Desk.open(create);
	});
	afterAll(() => desk.close());
	beforeEach(async () => {
		const { db } = desk.app.server;
		await db.deleteFrom('fob').execute();
		await db.deleteFrom('lock').execute();
		[x, y] = [await desk.lock(), await desk.lock()];
		fob = new TestFob(await desk.fob());
	});

	const post = async (call: string, body: object, key?: string) =>
		(await desk.post(`fobs/${call}/`, body, key)).body;
	const data = async (call: string, body: object) => {
		const answer = await post(call, body);
		expect(successOf(FobsData).strict().parse(answer)).toEqual(answer);
		expect(answer).toMatchObject({ error_details: [], request: `fobs/${call}` });
		return answer.data as FobsData;
	};
	const issue = (...locks: [TestLock, string][]) =>
		data('issue', {
			fob_mac: fob.mac,
			locks: locks.map(([{ mac }, tracking_key]) => ({ mac, tracking_key }))
		});
	const statuses = async () => {
		const [shown] = await data('display', { fob_macs: [fob.mac] });
		return Object.fromEntries(shown!.locks.map(({ mac, status }) => [mac, status]));
	};
	const opens = (lock: TestLock) => {
		const opened = fob.opens(lock);
		lock.close();
		return opened;
	};

	test('issue: pending, synced by the proof of the fob alone, and then the fob opens', async () => {
		const [issued] = await issue([x, 'BobFob'], [y, 'JaneChain']);
		expect(issued!.fob).toBe(fob.mac);
		expect(
			issued!.locks.map(({ mac, tracking_key, status }) => [mac, tracking_key, status])
		).toEqual([
			[x.mac, 'BobFob', 'pending'],
			[y.mac, 'JaneChain', 'pending']
		]);
		expect(new Set(issued!.locks.map(({ offline_key }) => offline_key)).size).toBe(2);
		await desk.syncFob(fob, false);
		expect(await statuses()).toEqual({ [x.mac]: 'pending', [y.mac]: 'pending' });
		const results = await desk.syncFob(fob);
		expect(new Set(results)).toEqual(new Set([0x60]));
		expect(await statuses()).toEqual({ [x.mac]: 'synced', [y.mac]: 'synced' });
		expect([...fob.locks].sort()).toEqual([x.mac, y.mac].sort());
		expect(opens(x)).toBe(false);
		await desk.open(x);
		expect(opens(x)).toBe(true);
		// The fob drops what the lock tells it: the hole in the log shows with the next opening, and is
		// asked for with the one after.
		await desk.open(x);
		await desk.open(x);
		const { activity } = (await desk.post('activity', { tracking_keys: ['BobFob'] })).body.data;
		expect(activity).toMatchObject([{ lock_mac: x.mac, action: 'unlocked' }]);
	});

	test('issued again, a lock keeps its key and its log the newer name', async () => {
		const [first] = await issue([x, 'BobFob']);
		const [second] = await issue([x, 'Bobby']);
		expect(second!.locks[0]).toEqual({ ...first!.locks[0], tracking_key: 'Bobby' });
		expect(await desk.app.server.db.selectFrom('slot').select('tracking_key').execute()).toEqual([
			{ tracking_key: 'Bobby' }
		]);
	});

	test('revoke: by lock, by tracking key, by both; the whole fob is shown', async () => {
		await issue([x, 'a'], [y, 'b']);
		await desk.syncFob(fob);
		const [left] = await data('revoke', { fob_mac: fob.mac, tracking_keys: ['b'] });
		expect(left!.locks.map(({ mac, status }) => [mac, status])).toEqual([
			[x.mac, 'synced'],
			[y.mac, 'revoke_pending']
		]);
		const both = { fob_mac: fob.mac, lock_macs: [x.mac], tracking_keys: ['b'] };
		expect(await data('revoke', both)).toEqual([left]);
		await desk.syncFob(fob);
		expect(await statuses()).toEqual({ [x.mac]: 'synced' });
		expect(fob.locks).toEqual([x.mac]);
		await data('revoke', { fob_mac: fob.mac, lock_macs: [x.mac] });
		expect(await statuses()).toEqual({ [x.mac]: 'revoke_pending' });
		await desk.syncFob(fob);
		expect(await statuses()).toEqual({});
		for (const body of [{ fob_mac: fob.mac }, { fob_mac: fob.mac, lock_macs: [] }])
			expect(await post('revoke', body)).toMatchObject({ error_code: 3, error_details: [] });
	});

	test('revoke: a MAC of no lock is told, by itself or beside those that work', async () => {
		await issue([x, 'a'], [y, 'b']);
		await desk.syncFob(fob);
		const foreign = await desk.lock('4I', 'production', desk.theirs);
		const sandbox = await desk.lock('4I', 'sandbox');
		const none = [foreign.mac, sandbox.mac, '00:00:00:00:00:01'];
		const detail = (mac: string) => ({ mac, msg: 'Lock not found', action: 'revoke' });
		for (const mac of none)
			expect(
				await post('revoke', { fob_mac: fob.mac, lock_macs: [mac], tracking_keys: ['a'] })
			).toMatchObject({ result: 'failure', error_code: 7, error_details: [detail(mac)] });
		expect(await statuses()).toEqual({ [x.mac]: 'synced', [y.mac]: 'synced' });
		const some = await post('revoke', { fob_mac: fob.mac, lock_macs: [...none, x.mac, ...none] });
		expect(some).toMatchObject({ result: 'success', error_details: none.map(detail) });
		expect(await statuses()).toEqual({ [x.mac]: 'revoke_pending', [y.mac]: 'synced' });
		// Said again, or of a lock that the fob never had, it is no failure.
		const free = await desk.lock();
		await data('revoke', { fob_mac: fob.mac, lock_macs: [x.mac, free.mac] });
		await data('revoke', { fob_mac: fob.mac, tracking_keys: ['nobody'] });
	});

	test('what was never sent to the fob is off it at once', async () => {
		await issue([x, 'a']);
		expect(await data('revoke', { fob_mac: fob.mac, lock_macs: [x.mac] })).toEqual([
			{ fob: fob.mac, locks: [] }
		]);
	});

	test('a fob may get a lock again while its old key is still on it', async () => {
		const [first] = await issue([x, 'a']);
		await desk.syncFob(fob);
		await desk.open(x);
		await data('revoke', { fob_mac: fob.mac, lock_macs: [x.mac] });
		const [again] = await issue([x, 'a']);
		expect(again!.locks[0]!.offline_key).not.toBe(first!.locks[0]!.offline_key);
		await desk.open(x);
		expect(opens(x)).toBe(false);
		await desk.syncFob(fob);
		expect(opens(x)).toBe(true);
		expect(await statuses()).toEqual({ [x.mac]: 'synced' });
	});

	test('keys and fobs share 100 slots; what fails is told lock by lock', async () => {
		const tracking_keys = Array.from({ length: 100 }, (_, i) => `k${i}`);
		await desk.post('keys/', { issue: [{ macs: [x.mac], tracking_keys }] });
		const locks = [x, y].map(({ mac }) => ({ mac, tracking_key: 'f' }));
		const absent = { mac: '00:00:00:00:00:01', tracking_key: 'f' };
		const answer = await post('issue', { fob_mac: fob.mac, locks: [...locks, absent] });
		expect(answer.data[0].locks.map(({ mac }: { mac: string }) => mac)).toEqual([y.mac]);
		expect(answer.error_details).toEqual([
			{ ...absent, msg: 'Lock not found', action: 'issue' },
			{
				...locks[0],
				msg: `${x.mac} has 100 key slots, 100 are taken, 1 more were asked for`,
				action: 'issue'
			}
		]);
		const full = await post('issue', { fob_mac: fob.mac, locks: [locks[0]] });
		expect(full).toMatchObject({ result: 'failure', error_code: 3, data: null });
		expect(full.error_details).toHaveLength(1);
		expect(await post('issue', { fob_mac: fob.mac, locks: [absent] })).toMatchObject({
			error_code: 7
		});
	});

	test('thirty calls at once never take more than 100 slots of a lock', async () => {
		const fobs = [];
		for (let i = 0; i < 10; i++) fobs.push(await desk.fob());
		const keys = Array.from({ length: 95 }, (_, i) => `k${i}`);
		await desk.post('keys/', { issue: [{ macs: [x.mac], tracking_keys: keys }] });
		const calls = fobs.flatMap((fob_mac) => [
			post('issue', { fob_mac, locks: [{ mac: x.mac, tracking_key: 'f' }] }),
			post('issue', { fob_mac, locks: [{ mac: y.mac, tracking_key: 'f' }] }),
			desk.post('keys/', { issue: [{ macs: [y.mac], tracking_keys: [fob_mac] }] })
		]);
		await Promise.all(calls);
		const rows = await desk.app.server.db
			.selectFrom('lock')
			.select(['mac', 'slots_used'])
			.execute();
		expect(Object.fromEntries(rows.map(({ mac, slots_used }) => [mac, slots_used]))).toEqual({
			[x.mac]: 100,
			[y.mac]: 20
		});
	});

	test('a sync that was cut off is the same set once more', async () => {
		await issue([x, 'a'], [y, 'b']);
		const { db } = desk.app.server;
		const pending = async () =>
			(await db.selectFrom('fob').select(['pending', 'pending_changes']).execute())[0];
		for (const cut of [1, 3, 6]) {
			const session = fob.connect();
			const { body } = await desk.post('fobs/sync', { mac: fob.mac, session });
			fob.write(body.data.commands.split('+').slice(0, cut));
			fob.disconnect();
		}
		const before = await pending();
		// A change meanwhile waits for the set after.
		await data('revoke', { fob_mac: fob.mac, lock_macs: [y.mac] });
		await desk.syncFob(fob, false);
		expect(await pending()).toEqual(before);
		// The proof was lost; the writes are recognised, and the proof comes again.
		await desk.syncFob(fob);
		expect(await statuses()).toEqual({ [x.mac]: 'synced', [y.mac]: 'revoke_pending' });
		await desk.syncFob(fob);
		expect(await statuses()).toEqual({ [x.mac]: 'synced' });
	});

	test('after a restore a fob is asked first, and then gets everything anew', async () => {
		const { db } = desk.app.server;
		await issue([x, 'a']);
		await desk.syncFob(fob);
		const old = await db.selectFrom('fob').selectAll().executeTakeFirstOrThrow();
		for (let i = 0; i < 3; i++) await desk.syncFob(fob);
		// The backup knows an epoch that the fob has left three syncs ago.
		await db.updateTable('fob').set({ active: old.active, phase: old.phase }).execute();
		await declareFobRecovery(db, desk.mine.companyId, fob.mac);
		expect(await statuses()).toEqual({ [x.mac]: 'pending' });
		await desk.syncFob(fob);
		expect((await db.selectFrom('fob').select('phase').execute())[0]).toEqual({ phase: 'steady' });
		await desk.syncFob(fob);
		expect(await statuses()).toEqual({ [x.mac]: 'synced' });
	});

	test('a lock of which nobody knows the keys gives its fobs new ones', async () => {
		await issue([x, 'a']);
		await desk.syncFob(fob);
		await desk.open(x);
		const { db } = desk.app.server;
		await declareRecovery(db, { companyId: desk.mine.companyId }, x.mac);
		expect(await statuses()).toEqual({ [x.mac]: 'pending' });
		await desk.open(x);
		await desk.open(x);
		expect(opens(x)).toBe(false);
		await desk.syncFob(fob);
		expect(opens(x)).toBe(true);
	});

	test('a fob that the app calls lost gets no lock, and may lose what it has', async () => {
		await issue([x, 'a']);
		await desk.syncFob(fob);
		const lost_at = (at: number | null) =>
			desk.app.server.db.updateTable('fob').set({ lost_at: at }).execute();
		await lost_at(Date.now());
		const body = { fob_mac: fob.mac, locks: [x, y].map(({ mac }) => ({ mac, tracking_key: 'b' })) };
		expect(await post('issue', body)).toMatchObject({
			result: 'failure',
			error_code: 3,
			message: 'This fob is lost: say in the app that it is found',
			data: null,
			error_details: []
		});
		const [shown] = await data('display', { fob_macs: [fob.mac] });
		expect(shown!.locks).toMatchObject([{ mac: x.mac, tracking_key: 'a', status: 'synced' }]);
		await data('revoke', { fob_mac: fob.mac, tracking_keys: ['a'] });
		expect(await statuses()).toEqual({ [x.mac]: 'revoke_pending' });
		await lost_at(null);
		expect((await issue([y, 'b']))[0]!.locks).toHaveLength(1);
	});

	test('foreign and absent fobs are one: 7; the answers are the same', async () => {
		const foreign = await desk.fob('production', desk.theirs);
		const sandbox = await desk.fob('sandbox');
		const bodies: [string, (mac: string) => object][] = [
			['issue', (fob_mac) => ({ fob_mac, locks: [{ mac: x.mac, tracking_key: 'a' }] })],
			['revoke', (fob_mac) => ({ fob_mac, tracking_keys: ['a'] })],
			['display', (fob_mac) => ({ fob_macs: [fob_mac] })],
			['sync', (mac) => ({ mac, session: SAMPLE })]
		];
		for (const [call, body] of bodies) {
			const texts = new Set<string>();
			for (const mac of [foreign, sandbox, '00:00:00:00:00:01', x.mac]) {
				const answer = await post(call, body(mac));
				expect(answer).toMatchObject({ error_code: 7, data: null, error_details: [] });
				texts.add(JSON.stringify(answer));
			}
			expect(texts.size, call).toBe(1);
		}
		const shown = await data('display', {});
		expect(shown.map((one) => one.fob)).toEqual([fob.mac]);
	});

	test('packets of a fob that no key opens prove nothing', async () => {
		await issue([x, 'a']);
		const session = fob.connect();
		await desk.post('fobs/sync', { mac: fob.mac, session });
		const responses = Array.from({ length: 5 }, (_, i) => `5074${'0'.repeat(34)}0${i}`);
		const logs = [{ session, mac: fob.mac, received_time: 1518141482, responses }];
		const { body } = await desk.post('upload/', { logs }, desk.mine.keys.production.mobile);
		expect(body.error_code).toBe(0);
		expect(await statuses()).toEqual({ [x.mac]: 'pending' });
	});
});

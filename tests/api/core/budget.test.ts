import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '../../../src/lib/api/core/envelope.ts';
import { Budget } from '../../../src/lib/server/budget.ts';
import { databases } from '../../setup/databases.ts';
import { Desk, SAMPLE } from './desk.ts';

describe.each(databases)('what one API key may send on $name', ({ create }) => {
	let desk: Desk;
	beforeEach(async () => {
		desk = await Desk.open(create);
	});
	afterEach(() => desk.close());

	const nothing = (key: string) => desk.post('upload/', { logs: [] }, key);

	test('so many uploads, then 429 and when to come again; others go on', async () => {
		const { production, sandbox } = desk.mine.keys;
		Object.assign(desk.app.server.budgets, { uploads: new Budget(3, 60) });
		for (let i = 0; i < 3; i++) expect((await nothing(production.mobile)).status).toBe(200);
		for (const path of ['upload/', '']) {
			const { status, body, headers } = await desk.post(path, { logs: [] }, production.mobile);
			expect(status).toBe(429);
			expect(Failure.strict().parse(body)).toMatchObject({ error_code: 99, request: 'upload' });
			expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
		}
		for (const key of [sandbox.mobile, production.private, desk.theirs.keys.production.mobile])
			expect((await nothing(key)).status).toBe(200);
		// Opening is not uploading.
		const lock = await desk.lock();
		expect((await desk.post('unlock/', { mac: lock.mac, session: SAMPLE })).body.error_code).toBe(
			0
		);
	});

	test('a restore counts as an upload: the same public key asks for it', async () => {
		const { mobile } = desk.mine.keys.production;
		Object.assign(desk.app.server.budgets, { uploads: new Budget(2, 60) });
		const { mac } = await desk.lock();
		const restore = (path: string) => desk.post(path, { mac, session: SAMPLE }, mobile);
		for (const path of ['restore/', '']) expect((await restore(path)).status).toBe(200);
		for (const path of ['restore/', 'restore/confirm', '', 'upload'])
			expect((await restore(path)).status).toBe(429);
	});

	test('few packets that no lock of theirs made, and as many as they like that one did', async () => {
		Object.assign(desk.app.server.budgets, { strange: new Budget(50, 60) });
		const { mobile } = desk.mine.keys.production;
		const lock = await desk.lock();
		for (let i = 0; i < 30; i++) {
			lock.now += 1000;
			await desk.open(lock);
		}
		expect(
			(await desk.app.server.db.selectFrom('activity').select('id').execute()).length
		).toBeGreaterThan(50);
		const junk = (n: number) => `50${n.toString(16).padStart(38, '0')}`;
		for (const [i, mac] of [lock.mac, '00:00:00:00:00:01'].entries()) {
			const responses = Array.from({ length: 30 }, (_, k) => junk(i * 30 + k));
			const logs = [{ session: SAMPLE, mac, received_time: 1, responses }];
			expect((await desk.post('upload/', { logs }, mobile)).status).toBe(200);
		}
		expect((await nothing(mobile)).status).toBe(429);
	});

	test('each session counts, with packets or without, and so does each lock that is not theirs', async () => {
		const { mobile } = desk.mine.keys.production;
		const { budgets } = desk.app.server;
		const macOf = (n: number) => `00:00:00:00:00:${n.toString(16).padStart(2, '0')}`;
		const logs = Array.from({ length: 40 }, (_, n) => ({
			session: SAMPLE,
			mac: macOf(n),
			received_time: 1,
			responses: []
		}));
		Object.assign(budgets, { uploads: new Budget(40, 60) });
		expect((await desk.post('upload/', { logs }, mobile)).body.error_code).toBe(7);
		expect((await nothing(mobile)).status).toBe(429);
		Object.assign(budgets, { uploads: new Budget(1000, 60), strange: new Budget(40, 60) });
		expect((await desk.post('upload/', { logs }, mobile)).body.error_code).toBe(7);
		expect((await nothing(mobile)).status).toBe(429);
	});

	test('a key that does not live is refused as ever, and nothing is kept of it', async () => {
		Object.assign(desk.app.server.budgets, { uploads: new Budget(0, 60) });
		for (let i = 0; i < 5; i++) {
			const { status, body } = await nothing(`hasp_mob_${i}`);
			expect([status, body.error_code]).toEqual([200, 2]);
		}
	});
});

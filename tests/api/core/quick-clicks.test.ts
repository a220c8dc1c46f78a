import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CodesData } from '../../../src/lib/api/core/quick-clicks.ts';
import { successOf } from '../../../src/lib/api/core/envelope.ts';
import { databases } from '../../setup/databases.ts';
import type { TestLock } from '../../server/core/test-lock.ts';
import { Desk } from './desk.ts';

const V1 = { api_version: '1.0.0' };

describe.each(databases)('quick clicks on $name', ({ create }) => {
	let desk: Desk;
	let lock: TestLock;
	beforeAll(async () => {
		desk = await Desk.open(create);
	});
	afterAll(() => desk.close());
	beforeEach(async () => {
		await desk.app.server.db.deleteFrom('lock').execute();
		lock = await desk.lock();
	});

	const post = async (call: string, body: object, key?: string) =>
		(await desk.post(`qc/${call}`, body, key)).body;
	const issue = (codes: [string, number][], more: object = {}) =>
		post('issue/', {
			mac: lock.mac,
			quick_clicks: codes.map(([code, uses]) => ({ code, uses })),
			...more
		});
	const revoke = (codes: string[], more: object = {}) =>
		post('revoke/', { mac: lock.mac, quick_clicks: codes.map((code) => ({ code })), ...more });
	const shown = async () => {
		const answer = await post('display/', { macs: [lock.mac] });
		expect(successOf(CodesData).strict().parse(answer)).toEqual(answer);
		return answer.data[0].quick_clicks;
	};
	const flags = async () =>
		(await desk.post('lock/', { macs: [lock.mac] })).body.data.locks[0].flags;

	test('issue: the example of the text', async () => {
		const answer = await issue([['00000', 1]]);
		expect(answer).toEqual({
			result: 'success',
			message: 'Command successfully completed',
			error_code: 0,
			error_details: null,
			data: [
				{
					mac: lock.mac,
					quick_clicks: [{ code: '00000', pending: true, uses: 1, start_uses: 1 }]
				}
			],
			request: 'qc/issue',
			api_version: expect.objectContaining({ response: '0.1.0' })
		});
		expect(Object.keys(answer)).toEqual([
			'result',
			'message',
			'error_code',
			'error_details',
			'data',
			'request',
			'api_version'
		]);
	});

	test.each([
		['two presses', '10', 1, 'code must be between 3 and 24 characters'],
		['25 presses', '1'.repeat(25), 1, 'code must be between 3 and 24 characters'],
		['another character', '102', 1, "code must be a series of 1's and 0's"],
		['no uses', '101', 0, "use count can't be less than 1"],
		['fewer than none', '101', -1, "use count can't be less than 1"],
		['a part of a use', '101', 1.5, 'use count must be a whole number'],
		['too many uses', '101', 300, "use count can't be greater than 255"]
	])('%s: told by code', async (_, code, uses, msg) => {
		const answer = await issue([[code, uses]], V1);
		expect(answer).toMatchObject({ result: 'failure', error_code: 3, data: null });
		expect(answer.error_details).toEqual([{ mac: lock.mac, code, msg, action: 'issue' }]);
		expect(await shown()).toEqual([]);
	});

	test('the longest and the shortest code, one use and uses without end', async () => {
		const codes: [string, number][] = [
			['101', 1],
			['01'.repeat(12), 254],
			['000', 255]
		];
		expect((await issue(codes)).data[0].quick_clicks).toHaveLength(3);
		await desk.open(lock);
		for (const [code] of codes) {
			expect(lock.enter(code), code).toBe(true);
			lock.close();
		}
		expect(lock.enter('101')).toBe(false);
		expect(lock.enter('000')).toBe(true);
	});

	test('a code opens once an online unlock has brought it, and no longer once one took it', async () => {
		await desk.open(lock);
		expect(await flags()).toBe('none');
		await issue([['10100', 255]]);
		expect(await flags()).toEqual(['quick-clicks']);
		expect(lock.enter('10100')).toBe(false);
		await desk.open(lock);
		expect(await shown()).toEqual([
			{ code: '10100', pending: false, revoked: false, uses: 255, start_uses: 255 }
		]);
		expect(await flags()).toBe('none');
		expect(lock.enter('10100')).toBe(true);
		lock.close();
		expect((await revoke(['10100'])).data[0].quick_clicks).toEqual([
			{ code: '10100', pending: false, revoked: true, uses: 255, start_uses: 255 }
		]);
		expect(await flags()).toEqual(['quick-clicks']);
		expect(lock.enter('10100')).toBe(true);
		lock.close();
		// Revoked, but maybe still on the lock: the code is taken.
		const again = await issue([['10100', 3]], V1);
		expect(again.error_details[0].msg).toMatch(/once it is off the lock/);
		await desk.open(lock);
		expect(lock.enter('10100')).toBe(false);
		expect(await shown()).toEqual([]);
		expect((await issue([['10100', 3]])).error_code).toBe(0);
		await desk.open(lock);
		expect(lock.enter('10100')).toBe(true);
	});

	test('uses are counted down by what the lock tells, each once', async () => {
		await issue([
			['010', 10],
			['111', 255]
		]);
		await desk.open(lock);
		for (const code of ['010', '111', '010']) {
			expect(lock.enter(code)).toBe(true);
			lock.close();
		}
		const session = lock.connect();
		const { body } = await desk.post('unlock/', { mac: lock.mac, session });
		const { server } = lock.write(body.data.commands.split('+'));
		for (let times = 0; times < 3; times++) await desk.upload(lock, session, server);
		lock.disconnect();
		lock.close();
		// A lock sends eight records at a time.
		await desk.open(lock);
		expect(await shown()).toEqual([
			{ code: '010', pending: false, revoked: false, uses: 8, start_uses: 10 },
			{ code: '111', pending: false, revoked: false, uses: 255, start_uses: 255 }
		]);
		const { activity } = (await desk.post('activity', { actions: ['unlocked_via_quick_click'] }))
			.body.data;
		expect(activity).toHaveLength(3);
	});

	test('issued again, a code has the new count, from its next online unlock on', async () => {
		await issue([['010', 2]]);
		await desk.open(lock);
		lock.enter('010');
		lock.close();
		expect((await issue([['010', 9]])).data[0].quick_clicks).toEqual([
			{ code: '010', pending: true, uses: 9, start_uses: 9 }
		]);
		await desk.open(lock);
		// What is left of the new count, the lock is asked with the opening after.
		await desk.open(lock);
		expect(await shown()).toEqual([
			{ code: '010', pending: false, revoked: false, uses: 9, start_uses: 9 }
		]);
		for (let left = 9; left > 0; left--) {
			expect(lock.enter('010')).toBe(true);
			lock.close();
		}
		expect(lock.enter('010')).toBe(false);
	});

	test('100 codes a lock; a code that comes twice in one call is one', async () => {
		const codes = Array.from({ length: 100 }, (_, i) => i.toString(2).padStart(7, '0'));
		const all = codes.map((code): [string, number] => [code, 1]);
		expect((await issue([...all.slice(0, 99), ['0000000', 5]])).data[0].quick_clicks).toHaveLength(
			99
		);
		const full = await issue([all[99]!, ['111', 1], ['1111', 1]], V1);
		expect(full.data[0].quick_clicks).toHaveLength(1);
		expect(full.error_details.map(({ msg }: { msg: string }) => msg)).toEqual([
			'lock already has 100 quick clicks',
			'lock already has 100 quick clicks'
		]);
		// The count of one that is there may change all the same.
		expect((await issue([['0000000', 7]])).data[0].quick_clicks[0]).toMatchObject({ uses: 7 });
		await desk.open(lock);
		expect(await shown()).toHaveLength(100);
		await revoke(['0000000']);
		expect((await issue([['111', 1]])).error_code).toBe(3);
		await desk.open(lock);
		expect((await issue([['111', 1]])).error_code).toBe(0);
	});

	test('twenty calls at once issue no more than a lock holds, and no code twice', async () => {
		const codes = Array.from({ length: 130 }, (_, i) => (i + 256).toString(2));
		const calls = Array.from({ length: 20 }, (_, i) =>
			issue(codes.filter((_, j) => j % 10 === i % 10).map((code) => [code, 1]))
		);
		const answers = await Promise.all(calls);
		expect(answers.some(({ error_code }) => error_code === 1)).toBe(false);
		const held = await shown();
		expect(held).toHaveLength(100);
		expect(new Set(held.map(({ code }: { code: string }) => code)).size).toBe(100);
		const rows = await desk.app.server.db.selectFrom('quick_click').select('position').execute();
		expect(new Set(rows.map(({ position }) => position)).size).toBe(100);
	});

	test('revoke: codes that are not there are told, revoked again stays revoked', async () => {
		await issue([['101', 4]]);
		await desk.open(lock);
		const mixed = await revoke(['101', '000'], V1);
		expect(mixed.error_details).toEqual([
			{ mac: lock.mac, code: '000', msg: 'code is not on this lock', action: 'revoke' }
		]);
		expect(mixed.request).toBe('qc/revoke');
		expect(await revoke(['101'])).toMatchObject({ error_code: 0, error_details: null });
		expect(await revoke(['000'])).toMatchObject({ result: 'failure', error_code: 3 });
	});

	test('display: all locks with codes, or those named; a foreign lock is an absent one', async () => {
		const other = await desk.lock();
		const foreign = await desk.lock('4I', 'production', desk.theirs);
		await issue([['101', 4]]);
		const macs = async (body: object) =>
			(await post('display', body)).data.map(({ mac }: { mac: string }) => mac);
		expect(await macs({})).toEqual([lock.mac]);
		expect(await macs({ macs: [] })).toEqual([lock.mac]);
		expect(await macs({ macs: [other.mac, lock.mac.toLowerCase()] })).toEqual([
			other.mac,
			lock.mac
		]);
		const texts = new Set<string>();
		for (const mac of [foreign.mac, '00:00:00:00:00:01']) {
			for (const call of ['issue', 'revoke'])
				expect(await post(call, { mac, quick_clicks: [{ code: '101', uses: 1 }] })).toMatchObject({
					error_code: 7,
					data: null,
					error_details: null
				});
			texts.add(JSON.stringify(await post('display', { macs: [lock.mac, mac] })));
		}
		expect(texts.size).toBe(1);
		expect((await post('display', {}, desk.theirs.keys.production.private)).data).toEqual([]);
		expect((await post('display', {}, desk.mine.keys.sandbox.private)).data).toEqual([]);
	});

	test.each([
		['no lock', { quick_clicks: [{ code: '101', uses: 1 }] }],
		['no codes', { mac: '00:00:00:00:00:01', quick_clicks: [] }],
		[
			'a text for the uses',
			{ mac: '00:00:00:00:00:01', quick_clicks: [{ code: '101', uses: '1' }] }
		],
		['a number for the code', { mac: '00:00:00:00:00:01', quick_clicks: [{ code: 101, uses: 1 }] }],
		['half a MAC', { mac: 'XX:XX:XX:XX:XX', quick_clicks: [{ code: '101', uses: 1 }] }]
	])('%s: 3', async (_, body) => {
		expect(await post('issue', body)).toMatchObject({ error_code: 3, data: null });
	});
});

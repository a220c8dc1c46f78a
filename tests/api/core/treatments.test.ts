import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { batteryPercent, batteryScale } from '../../../src/lib/protocol/noke/profile.ts';
import { databases } from '../../setup/databases.ts';
import { BASE_KEY, type TestLock } from '../../server/core/test-lock.ts';
import { TestFob } from '../../server/core/test-fob.ts';
import { Desk, SAMPLE } from './desk.ts';

/**
 * Where the API text contradicts itself or is silent, and how that is served: one test for each of
 * the 31 places, by their numbers in our notes on the text.
 */
describe.each(databases)('what the text leaves open, on $name', ({ create }) => {
	let desk: Desk;
	let lock: TestLock;
	let fob: TestFob;
	beforeAll(async () => {
		desk = await Desk.open(create);
		lock = await desk.lock('4I', 'production', desk.mine, undefined, '4.25');
		fob = new TestFob(await desk.fob());
		await desk.open(lock);
	});
	afterAll(() => desk.close());

	const post = async (path: string, body?: unknown, key?: string) =>
		(await desk.post(path, body, key)).body;
	const forLock = (more: object = {}) => ({ mac: lock.mac, session: SAMPLE, ...more });
	const code = (value: string, uses = 1) => ({
		mac: lock.mac,
		quick_clicks: [{ code: value, uses }]
	});
	const FULL = ['result', 'message', 'error_code', 'request', 'api_version'];

	test('1: fobs/sync calls itself fobs/sync', async () => {
		const answer = await post('fobs/sync/', { mac: fob.mac, session: SAMPLE });
		expect(answer.request).toBe('fobs/sync');
	});

	test('2: engagelock, fwupdate and unshackle call themselves by their names', async () => {
		for (const name of ['engagelock', 'fwupdate', 'unshackle'])
			expect((await post(`${name}/`, forLock())).request).toBe(name);
	});

	test('3: qc/revoke calls itself so, and qc a display', async () => {
		await post('qc/issue', code('0101'));
		expect((await post('qc/revoke', code('0101'))).request).toBe('qc/revoke');
		expect((await post('qc/', {})).request).toBe('qc/display');
	});

	test('4: keys has the full envelope', async () => {
		const answer = await post('keys/', {});
		for (const name of FULL) expect(answer).toHaveProperty(name);
		expect(answer).toMatchObject({ result: 'success', error_code: 0, request: 'keys' });
	});

	test('5: fwupdate has api_version and token', async () => {
		const answer = await post('fwupdate', forLock());
		expect(answer.api_version.response).toBe('0.1.0');
		expect(answer.token).toMatch(/^[0-9a-f]{32}$/);
	});

	test('6: error_details is null for quick clicks, empty for fobs, absent elsewhere', async () => {
		expect((await post('qc/display', {})).error_details).toBeNull();
		expect((await post('fobs/display', {})).error_details).toEqual([]);
		for (const path of ['lock', 'keys', 'activity'])
			expect(await post(path, {})).not.toHaveProperty('error_details');
		expect(await post('unlock', forLock())).not.toHaveProperty('error_details');
	});

	test('7: data is a list for quick clicks and fobs, an object elsewhere', async () => {
		for (const path of ['qc/display', 'fobs/display'])
			expect(Array.isArray((await post(path, {})).data)).toBe(true);
		for (const path of ['lock', 'keys', 'activity'])
			expect(Array.isArray((await post(path, {})).data)).toBe(false);
		const sync = await post('fobs/sync', { mac: fob.mac, session: SAMPLE });
		expect(typeof sync.data.commands).toBe('string');
	});

	test('8: a MAC has six octets, in any case', async () => {
		for (const mac of ['XX:XX', 'F1:E2:D3:C4:B5', lock.mac.replaceAll(':', ''), `${lock.mac}:00`])
			expect((await post('unlock', forLock({ mac }))).error_code).toBe(3);
		expect((await post('unlock', forLock({ mac: lock.mac.toLowerCase() }))).error_code).toBe(0);
	});

	test('9: lock takes an empty body for all locks', async () => {
		expect((await post('lock', {})).data.locks.length).toBeGreaterThan(0);
	});

	test('10: flags are "none", or a list of names', async () => {
		const fresh = await desk.lock('4I', 'production', desk.mine, undefined, '4.25');
		await desk.open(fresh);
		const flags = async () =>
			(await post('lock', { macs: [fresh.mac] })).data.locks[0].flags as unknown;
		expect(await flags()).toBe('none');
		await post('keys', { issue: [{ macs: [fresh.mac], tracking_keys: ['a'] }] });
		await post('qc/issue', { mac: fresh.mac, quick_clicks: [{ code: '101', uses: 1 }] });
		await post('lock/settings', { macs: [fresh.mac], settings: { 'explicit-lock': true } });
		expect(await flags()).toEqual(['keys', 'quick-clicks', 'settings']);
		// On their way they are flagged still; they are off when the lock has proven them.
		await post('unlock', { mac: fresh.mac, session: SAMPLE });
		expect(await flags()).toEqual(['keys', 'quick-clicks', 'settings']);
		await desk.open(fresh);
		expect(await flags()).toBe('none');
	});

	test('11: no trailing commas, no comments; an empty body is {}', async () => {
		for (const body of ['{"macs":[],}', '{ //empty body }'])
			expect((await post('lock', body)).error_code).toBe(3);
		for (const body of ['', undefined]) expect((await post('lock', body)).error_code).toBe(0);
	});

	const issued = async (...locks: TestLock[]): Promise<Record<string, string>[]> => {
		const macs = locks.map(({ mac }) => mac);
		const { data } = await post('keys', { issue: [{ macs, tracking_keys: ['own', 'other'] }] });
		return data.locks.flatMap(({ keys }: { keys: Record<string, string>[] }) => keys);
	};

	test('12: an offline key is 32, an unlock command 40 hex characters', async () => {
		for (const { offline_key, unlock_command } of await issued(lock)) {
			expect(offline_key).toMatch(/^[0-9a-f]{32}$/);
			expect(unlock_command).toMatch(/^[0-9a-f]{40}$/);
		}
	});

	test('13: every lock has keys of its own for every tracking key', async () => {
		const keys = await issued(lock, await desk.lock());
		expect(new Set(keys.map(({ offline_key }) => offline_key)).size).toBe(4);
	});

	test('14: sessions and responses are 40 hex characters', async () => {
		const session = '8675309j3nNy1V3G0ty0uRnUMB3r';
		expect((await post('fwupdate', forLock({ session }))).error_code).toBe(3);
		for (const more of [{ session }, { responses: ['8675f1v3tHr3309867'] }]) {
			const log = { session: SAMPLE, mac: lock.mac, received_time: 1518141482, responses: [] };
			expect((await post('upload', { logs: [{ ...log, ...more }] })).error_code).toBe(3);
		}
	});

	test('15: unlock stands for unlocked, and unknown actions match nothing', async () => {
		await desk.open(lock, 'fifteen');
		const actions = async (...names: string[]) =>
			(await post('activity', { actions: names, tracking_keys: ['fifteen'] })).data.activity.length;
		expect(await actions('unlock')).toBe(1);
		expect(await actions('unlocked')).toBe(1);
		expect(await actions('danced')).toBe(0);
	});

	test('16: uses are 1 to 255; 0 and 256 are mistakes', async () => {
		for (const uses of [1, 254, 255])
			expect((await post('qc/issue', code('1616'.replaceAll('6', '0'), uses))).error_code).toBe(0);
		for (const uses of [0, 256, -1])
			expect((await post('qc/issue', code('010'.repeat(3), uses))).error_code).toBe(3);
	});

	test('17: keys takes an object or a list for each wish, and shows what is left', async () => {
		const fresh = await desk.lock();
		const macs = [fresh.mac];
		for (const wrap of [(one: object) => one, (one: object) => [one]]) {
			const issued = await post('keys', { issue: wrap({ macs, tracking_keys: ['a', 'b'] }) });
			expect(issued.data.locks[0].keys).toHaveLength(2);
			expect((await post('keys', { display: wrap({ macs }) })).data).toEqual(issued.data);
			const left = await post('keys', { revoke: wrap({ macs, tracking_keys: ['a'] }) });
			expect(left.data.locks).toEqual([{ mac: fresh.mac, keys: [issued.data.locks[0].keys[1]] }]);
			await post('keys', { revoke: { macs } });
		}
	});

	test('18: in qc the lock stands inside each element', async () => {
		const fresh = await desk.lock();
		const quick_clicks = [{ code: '1818'.replaceAll('8', '0'), uses: 3 }];
		const body = { issue: [{ mac: fresh.mac, quick_clicks }], display: { macs: [fresh.mac] } };
		expect((await post('qc', body)).data[0].quick_clicks).toHaveLength(1);
		expect((await post('qc', { issue: { mac: fresh.mac, quick_clicks } })).error_code).toBe(3);
	});

	test('19: fob/sync is fobs/sync, and slashes may end a path or not', async () => {
		for (const path of ['fob/sync', 'fob/sync/', 'fobs/sync', 'fobs/sync/'])
			expect(await post(path, { mac: fob.mac, session: SAMPLE })).toMatchObject({
				error_code: 0,
				request: 'fobs/sync'
			});
	});

	test('20: what Android posts to the bare URL is told by its body', async () => {
		const { mobile } = desk.mine.keys.production;
		expect((await post('', { logs: [] }, mobile)).request).toBe('upload');
		expect((await post('', forLock(), mobile)).request).toBe('restore');
		const confirmation = { mac: lock.mac, command_id: 5 };
		expect((await post('', confirmation, mobile)).request).toBe('restore/confirm');
	});

	test('21: a custom URL is a matter of clients: pre-release paths share data and keys', async () => {
		const key = desk.mine.keys.production.private;
		const headers = { authorization: `Bearer ${key}` };
		const ask = (path: string) =>
			desk.app.ask('POST', path, { body: { macs: [lock.mac] }, headers });
		const { status, text } = await ask('/pre-release/core/lock/');
		expect(status).toBe(200);
		expect(text).toBe((await ask('/core/lock')).text);
	});

	test('22: fobs/display without a filter, or an empty one, is all fobs', async () => {
		for (const body of [{}, { fob_macs: [] }, undefined])
			expect((await post('fobs/display', body)).data).toHaveLength(1);
	});

	test('23: fobs/revoke without a filter does not empty the fob', async () => {
		const locks = [{ mac: lock.mac, tracking_key: '23' }];
		await post('fobs/issue', { fob_mac: fob.mac, locks });
		expect(await post('fobs/revoke', { fob_mac: fob.mac })).toMatchObject({ error_code: 3 });
		expect((await post('fobs/display', {})).data[0].locks).toHaveLength(1);
	});

	test('24: percent and scale of a battery are both as they are given', () => {
		expect([3100, 3000, 2850, 2820, 2700].map(batteryPercent)).toEqual([100, 100, 25, 10, 0]);
		expect([3000, 2975, 2875, 2850, 2700].map(batteryScale)).toEqual([7, 6, 2, 1, 1]);
	});

	test('25: hw_version is lower case', async () => {
		const { mac } = await desk.lock('3P');
		expect((await post('lock', { macs: [mac] })).data.locks[0].hw_version).toBe('3p');
	});

	test('26: a refusal is HTTP 200 with data null', async () => {
		const { status, body } = await desk.post('unlock', {});
		expect(status).toBe(200);
		expect(body).toMatchObject({ result: 'failure', error_code: 3, data: null });
		for (const name of FULL) expect(body).toHaveProperty(name);
	});

	test('27: at 0.1.0 error_details stays null, from 1.0.0 on it explains', async () => {
		const body = {
			mac: lock.mac,
			quick_clicks: [
				{ code: '1', uses: 1 },
				{ code: '111', uses: 1 }
			]
		};
		const older = await post('qc/issue', body);
		expect(older).toMatchObject({ result: 'success', error_details: null });
		const newer = await post('qc/issue', { ...body, api_version: '1.0.0' });
		expect(newer.error_details).toHaveLength(1);
		const none = { mac: lock.mac, quick_clicks: [{ code: '1', uses: 1 }] };
		expect(await post('qc/issue', none)).toMatchObject({ error_code: 3, error_details: null });
		const explained = await post('qc/issue', { ...none, api_version: '1.0.0' });
		expect(explained).toMatchObject({ result: 'failure', error_code: 3, data: null });
		expect(explained.error_details).toHaveLength(1);
	});

	test('28: equal ends of the range mean that the time is known', async () => {
		await desk.open(lock, 'twenty-eight');
		const [event] = (await post('activity', { tracking_keys: ['twenty-eight'] })).data.activity;
		expect(event.range_date_start).toBe(event.range_date_end);
	});

	test('29: a tracking key is any text', async () => {
		const tracking_keys = ['somebody@example.com', 'Ä ✓ "x"', '[email protected]'];
		const { data } = await post('keys', { issue: [{ macs: [lock.mac], tracking_keys }] });
		expect(
			data.locks[0].keys.map(({ tracking_key }: Record<string, string>) => tracking_key)
		).toEqual(tracking_keys);
	});

	test('30: the sandbox sets a lock up in the same way, with the default keys', async () => {
		const sandboxed = await desk.lock('4I', 'sandbox');
		const keys = desk.mine.keys.sandbox;
		const session = sandboxed.connect();
		const answer = await post('unlock', { mac: sandboxed.mac, session }, keys.private);
		const { server } = sandboxed.write(answer.data.commands.split('+'));
		const logs = [{ session, mac: sandboxed.mac, received_time: 1518141482, responses: server }];
		await post('upload', { logs }, keys.mobile);
		const [shown] = (await post('lock', {}, keys.private)).data.locks;
		expect(shown).toMatchObject({ status: 'ready', setup_count: 1 });
		expect(sandboxed.masterKey).toBe(BASE_KEY);
	});

	test('31: qc does not tell what worked', async () => {
		const fresh = await desk.lock();
		const quick_clicks = [{ code: '0011', uses: 4 }];
		const body = { issue: [{ mac: fresh.mac, quick_clicks }], display: { macs: [lock.mac] } };
		const answer = await post('qc', { ...body, api_version: '1.0.0' });
		expect(answer.data.map(({ mac }: { mac: string }) => mac)).toEqual([lock.mac]);
		expect(answer.error_details).toBeNull();
		const [shown] = (await post('qc/display', { macs: [fresh.mac] })).data;
		expect(shown.quick_clicks).toHaveLength(1);
	});
});

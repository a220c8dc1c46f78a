import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ENDPOINTS, type EndpointName } from '../../../src/lib/api/core/endpoints.ts';
import { Failure, successOf } from '../../../src/lib/api/core/envelope.ts';
import { revokeKey } from '../../../src/lib/server/api-keys.ts';
import { databases } from '../../setup/databases.ts';
import { Desk, SAMPLE } from './desk.ts';

const NAMES = Object.keys(ENDPOINTS) as EndpointName[];
/** What the mobile library calls. */
const MOBILE: readonly EndpointName[] = ['upload', 'restore', 'restore/confirm'];
const requestOf = (name: EndpointName) => (name === 'qc' ? 'qc/display' : name);
/** As the text has it. */
const AVAILABLE = { '0.0.0': 'deprecated', '0.1.0': 'default', '1.0.0': 'active' };

describe.each(databases)('the frame of the Core API on $name', ({ create }) => {
	let desk: Desk;
	let mac: string;
	let fob: string;
	beforeAll(async () => {
		desk = await Desk.open(create);
		mac = (await desk.lock('4I', 'production', desk.mine, undefined, '4.25')).mac;
		fob = await desk.fob();
	});
	afterAll(() => desk.close());

	const bodyFor = (name: EndpointName): object =>
		({
			lock: {},
			unlock: { mac, session: SAMPLE, tracking_key: 'a' },
			unshackle: { mac, session: SAMPLE },
			engagelock: { mac, session: SAMPLE },
			fwupdate: { mac, session: SAMPLE },
			'lock/settings': { settings: { 'explicit-lock': true }, macs: [mac] },
			keys: {},
			'qc/issue': { mac, quick_clicks: [{ code: '10100', uses: 255 }] },
			'qc/revoke': { mac, quick_clicks: [{ code: '10100' }] },
			'qc/display': {},
			qc: {},
			'fobs/issue': { fob_mac: fob, locks: [{ mac, tracking_key: 'a' }] },
			'fobs/revoke': { fob_mac: fob, tracking_keys: ['a'] },
			'fobs/display': {},
			'fobs/sync': { mac: fob, session: SAMPLE },
			restore: { mac, session: SAMPLE },
			'restore/confirm': { mac, command_id: 1 },
			upload: { logs: [] },
			activity: {}
		})[name];

	test.each(NAMES)('%s answers as the text says, with and without a slash', async (name) => {
		for (const path of [name, `${name}/`]) {
			// A code that was never sent is gone once it is revoked.
			if (name === 'qc/revoke') await desk.post('qc/issue', bodyFor('qc/issue'));
			const { status, body, headers } = await desk.post(path, bodyFor(name));
			expect(status).toBe(200);
			expect(successOf(ENDPOINTS[name].data).strict().parse(body)).toEqual(body);
			expect(body).toMatchObject({
				result: 'success',
				message: 'Command successfully completed',
				error_code: 0,
				request: requestOf(name)
			});
			expect(body.api_version.response).toBe('0.1.0');
			expect(body.api_version.default).toBe('0.1.0');
			for (const [version, state] of Object.entries(AVAILABLE))
				expect(body.api_version.available[version].status).toBe(state);
			expect('token' in body).toBe(ENDPOINTS[name].token);
			expect(body.error_details).toEqual(
				{ none: undefined, versioned: null, list: [] }[ENDPOINTS[name].details]
			);
			expect(headers.get('cache-control')).toBe('no-store');
		}
	});

	test.each(NAMES)('%s takes POST only: 4', async (name) => {
		const headers = { authorization: `Bearer ${desk.mine.keys.production.private}` };
		for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
			const { status, body } = await desk.app.ask(method, `/core/${name}/`, { headers });
			expect(status).toBe(200);
			expect(Failure.strict().parse(body)).toMatchObject({
				error_code: 4,
				request: requestOf(name)
			});
		}
	});

	test.each(NAMES)('%s without a living key of its kind: 2', async (name) => {
		const { mine } = desk;
		const ask = (authorization?: string) =>
			desk.app.ask('POST', `/core/${name}/`, {
				body: bodyFor(name),
				headers: authorization === undefined ? {} : { authorization }
			});
		const mobile = mine.keys.production.mobile;
		const wrong = [undefined, '', 'Bearer', 'Bearer x', `Basic ${mobile}`, `Bearer ${mobile}x`];
		if (!MOBILE.includes(name)) wrong.push(`Bearer ${mobile}`);
		const texts = new Set<string>();
		for (const authorization of wrong) {
			const { status, body, text } = await ask(authorization);
			expect(status).toBe(200);
			expect(Failure.strict().parse(body)).toMatchObject({
				error_code: 2,
				request: requestOf(name)
			});
			texts.add(text);
		}
		expect(texts.size).toBe(1);
	});

	test('a revoked key is no key: 2', async () => {
		const { db } = desk.app.server;
		const { addKey } = await import('../../../src/lib/server/api-keys.ts');
		const { key, secret } = await addKey(db, desk.mine.companyId, 'cli', {
			environment: 'production',
			kind: 'private'
		});
		expect((await desk.post('lock/', {}, secret)).body.error_code).toBe(0);
		await revokeKey(db, key.id, 'cli');
		expect((await desk.post('lock/', {}, secret)).body.error_code).toBe(2);
	});

	test('no such call: 5', async () => {
		const paths = [
			'nothing/',
			'lock/x',
			'Lock/',
			'lock//',
			'__proto__',
			'constructor/',
			'toString'
		];
		for (const path of paths) {
			const { status, body } = await desk.post(path, {});
			expect(status).toBe(200);
			expect(Failure.strict().parse(body).error_code, path).toBe(5);
		}
		for (const body of [{}, { mac }, [], null]) {
			expect((await desk.post('', body)).body.error_code).toBe(5);
		}
	});

	test.each(NAMES)('%s with what is no JSON, or nothing like its own: 3', async (name) => {
		const deep = '['.repeat(100_000) + ']'.repeat(100_000);
		const bodies: unknown[] = [
			'{',
			'x',
			'{"a":1,}',
			'{ //empty body }',
			'[]',
			'null',
			'1',
			'"a"',
			deep
		];
		bodies.push('{"__proto__":{"a":1}}', '{"a":"\\u0000"}');
		for (const body of bodies) {
			const { status, body: answer } = await desk.post(`${name}/`, body);
			expect(status).toBe(200);
			expect(Failure.strict().parse(answer), String(body).slice(0, 40)).toMatchObject({
				error_code: 3,
				request: requestOf(name)
			});
		}
	});

	test('no body is an empty one', async () => {
		for (const body of [undefined, '', '  ']) {
			expect((await desk.post('lock/', body)).body).toMatchObject({ error_code: 0 });
			expect((await desk.post('unlock/', body)).body).toMatchObject({ error_code: 3 });
		}
	});

	test('what no schema names is left alone', async () => {
		const body = { api_version: '1.0.0', more: { of: [1] }, constructor: 1, toString: 'x' };
		const { body: answer } = await desk.post('lock/', body);
		expect(answer).toMatchObject({ error_code: 0, api_version: { response: '0.1.0' } });
		expect(({} as Record<string, unknown>)['more']).toBeUndefined();
	});

	test('a body above 256 KiB: 413, in the same frame', async () => {
		for (const name of NAMES) {
			const { status, body } = await desk.post(`${name}/`, { logs: 'x'.repeat(300_000) });
			expect(status).toBe(413);
			expect(Failure.strict().parse(body)).toMatchObject({
				error_code: 3,
				request: requestOf(name)
			});
		}
	});

	test('a failure of our own: 500 and 1, without its reason', async () => {
		const lock = await desk.lock();
		await desk.app.server.db
			.updateTable('lock')
			.set({ root: 'broken', base_key: 'broken' })
			.where('mac', '=', lock.mac)
			.execute();
		const { status, body, text } = await desk.post('unlock/', { mac: lock.mac, session: SAMPLE });
		expect(status).toBe(500);
		expect(Failure.strict().parse(body)).toMatchObject({ error_code: 1, request: 'unlock' });
		expect(text).not.toContain('base_key');
	});
});

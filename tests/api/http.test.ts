import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { homeOf } from '../../src/lib/server/http/origin.ts';
import { around } from '../../src/lib/server/http/handle.ts';
import { databases } from '../setup/databases.ts';
import { ORIGIN, routes, TestApp } from './app.ts';

const FORM = 'application/x-www-form-urlencoded';

describe('every answer', () => {
	let app: TestApp;
	beforeEach(async () => {
		app = await TestApp.open(databases[0].create);
	});
	afterEach(() => app.close());

	/** Passed the check when anything but its refusal came back. */
	const passes = async (path: string, headers: Record<string, string>): Promise<boolean> => {
		const answer = await app.ask('POST', path, { body: '{}', headers });
		return !answer.text.includes('"elsewhere"');
	};

	test.each([
		['form, no Origin', { 'content-type': FORM }, true],
		['form, Origin self', { 'content-type': FORM, origin: ORIGIN }, true],
		['form, Origin foreign', { 'content-type': FORM, origin: 'http://evil.test' }, false],
		['form, Origin null', { 'content-type': FORM, origin: 'null' }, false],
		['form, Origin unparsable', { 'content-type': FORM, origin: ']' }, false],
		[
			'multipart, foreign',
			{ 'content-type': 'multipart/form-data; boundary=x', origin: 'null' },
			false
		],
		['plain text, foreign', { 'content-type': 'TEXT/plain;charset=utf-8', origin: 'null' }, false],
		['no type, foreign', { 'content-type': '', origin: 'null' }, false],
		['other port of the host', { 'content-type': FORM, origin: `${ORIGIN}:81` }, false]
	])('a request from another site: %s', async (_, headers, passed) => {
		expect(await passes('/core/lock/', headers)).toBe(passed);
		expect(await passes('/api/demo', headers)).toBe(passed);
	});

	test('JSON from another site passes where a key counts, not where the cookie does', async () => {
		const headers = { 'content-type': 'application/json', origin: 'http://evil.test' };
		expect(await passes('/core/lock/', headers)).toBe(true);
		expect(await passes('/api/demo', headers)).toBe(false);
		const fetched = { 'content-type': 'application/json', 'sec-fetch-site': 'cross-site' };
		expect(await passes('/api/demo', fetched)).toBe(false);
		expect(await passes('/core/lock/', fetched)).toBe(true);
	});

	test('carries the safe headers and an id; an endpoint is never cached', async () => {
		const { headers } = await app.ask('GET', '/api/me');
		expect(Object.fromEntries(headers)).toMatchObject({
			'cache-control': 'no-store',
			'permissions-policy': 'bluetooth=(self)',
			'referrer-policy': 'no-referrer',
			'x-content-type-options': 'nosniff',
			'cross-origin-opener-policy': 'same-origin',
			'x-request-id': expect.stringMatching(/^[0-9a-z]{26}$/)
		});
		expect(headers.has('strict-transport-security')).toBe(false);
		expect((await app.ask('GET', '/api/locks')).headers.get('cache-control')).toBe('no-store');
	});

	test('bodies are bounded in size, depth and kind', async () => {
		const owner = await app.owner();
		const say = async (body: string, type = 'application/json') => {
			const headers = { 'content-type': type };
			const answer = await owner.ask('POST', '/api/locks', { body, headers });
			return [answer.status, answer.body.error.code];
		};
		const bad = [400, 'bad-input'];
		expect(await say(`{"name":"${'x'.repeat(1024 * 1024)}"}`)).toEqual([413, 'too-large']);
		expect(await say(`${' '.repeat(256 * 1024)}{}`)).toEqual([413, 'too-large']);
		expect(await say('['.repeat(100_000))).toEqual(bad);
		expect(await say(`{"a":${'['.repeat(16)}${']'.repeat(16)}}`)).toEqual(bad);
		for (const body of [
			'',
			'no JSON',
			'[]',
			'"x"',
			'null',
			'{"mac":',
			'\0',
			'{"name":"\\u0000"}',
			'{"mac":"F1E2D3C4B5A6","hardwareType":"4I","name":"\\uD83D"}'
		]) {
			expect(await say(body), body).toEqual(bad);
		}
		expect(await say('{}', 'application/xml')).toEqual(bad);
		expect(await say('mac=1', FORM)).toEqual(bad);
		const polluted = '{"__proto__":{"polluted":1},"mac":"F1E2D3C4B5A6"}';
		expect(await say(polluted)).toEqual(bad);
		expect(await say('{"\\u005f_proto__":1}')).toEqual(bad);
		expect('polluted' in {}).toBe(false);
	});

	test('a body without a declared length is bounded while it streams', async () => {
		const owner = await app.owner();
		let sent = 0;
		const body = new ReadableStream<Uint8Array>({
			pull(controller) {
				sent += 65_536;
				controller.enqueue(new Uint8Array(65_536).fill(0x20));
			}
		});
		const { readJson } = await import('../../src/lib/server/http/body.ts');
		const init = { method: 'POST', body, duplex: 'half' as const };
		const request = new Request(`${ORIGIN}/api/locks`, init);
		await expect(readJson(request)).rejects.toMatchObject({ code: 'too-large' });
		expect(sent).toBeLessThan(1024 * 1024);
		expect((await owner.me()).user.name).toBe('Olga');
	});

	test('a refused body closes its connection, for the rest is never read', async () => {
		const owner = await app.owner();
		const body = ' '.repeat(300_000);
		const { headers } = await owner.ask('POST', '/api/locks', { body });
		expect(headers.get('connection')).toBe('close');
	});

	test('health is 200 while the database answers, else 503', async () => {
		const { status, body } = await app.ask('GET', '/api/health');
		expect([status, body.ok]).toEqual([200, true]);
		expect(body.migration).toBeGreaterThan(0);
		await app.server.db.insertInto('migration').values({ number: 999, name: 'x', at: 0 }).execute();
		expect((await app.ask('GET', '/api/health')).status).toBe(503);
		await app.server.db.schema.dropTable('migration').execute();
		expect((await app.ask('GET', '/api/health/')).status).toBe(503);
	});

	test('what fails inside is told without detail', async () => {
		const owner = await app.owner();
		await app.server.db.schema.dropTable('grant').execute();
		const answer = await owner.ask('GET', '/api/people');
		expect([answer.status, answer.body.error.code]).toEqual([500, 'internal']);
		expect(answer.text).not.toContain('grant');
	});
});

test('every endpoint answers with and without a trailing slash', () => {
	for (const { id, module } of routes) expect(module['trailingSlash'], id).toBe('ignore');
});

test('an answer that cannot be changed is copied', async () => {
	const app = await TestApp.open(databases[0].create);
	const event = {
		request: new Request(ORIGIN),
		url: new URL(ORIGIN),
		route: { id: null },
		locals: {},
		getClientAddress: () => '192.0.2.1'
	};
	const answer = await around(app.server, event, () => Response.redirect(`${ORIGIN}/locks`));
	expect(answer.status).toBe(302);
	expect(answer.headers.get('location')).toBe(`${ORIGIN}/locks`);
	expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
	await app.close();
});

describe('a page asked for by another name of this machine', () => {
	const home = (host: string, of = 'http://localhost:3000/locks?a=1', accept = 'text/html,*/*') =>
		homeOf(new Request(of, { headers: { host, accept } }), new URL(of));

	test.each(['127.0.0.1:3000', '0.0.0.0:3000', '[::1]:3000'])('%s is sent home', (host) => {
		expect(home(host)).toBe('http://localhost:3000/locks?a=1');
	});

	test.each([
		['at home', home('localhost:3000')],
		['on another port', home('127.0.0.1:4000')],
		['of an integration', home('127.0.0.1:3000', undefined, '*/*')],
		['behind a proxy', home('127.0.0.1:3000', 'https://locks.example.com/')],
		['of a stranger', home('evil.example:3000')],
		['without a host', home('')]
	])('one %s is answered', (_, sent) => {
		expect(sent).toBeNull();
	});
});

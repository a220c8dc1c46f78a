import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DemoReply } from '../../src/lib/api/app/demo.ts';
import { startChores } from '../../src/lib/server/chores.ts';
import { databases } from '../setup/databases.ts';
import { TestApp, tokenOf } from './app.ts';

const DAY = 24 * 3600 * 1000;

describe.each(databases)('the demo on $name', ({ create }) => {
	let app: TestApp;
	beforeEach(async () => {
		app = await TestApp.open(create);
	});
	afterEach(() => app.close());

	test('is a company of its own with one virtual padlock, and does not end the first run', async () => {
		const visitor = app.browser();
		const { lock, baseKey } = DemoReply.parse((await visitor.ask('POST', '/api/demo')).body);
		expect(baseKey).toBe('000102030405060708090a0b0c0d0e0f');
		expect(lock).toMatchObject({ hardwareType: '4I', awaitingSetup: true, mayOpen: true });
		// Locally administered, unicast.
		expect(parseInt(lock.mac.slice(0, 2), 16) & 3).toBe(2);
		const me = await visitor.me();
		expect(me).toMatchObject({ company: { name: 'Demo', role: 'owner' }, firstRun: true });
		expect(Math.abs(me.demoEnds - Date.now() - DAY)).toBeLessThan(60_000);
		expect((await visitor.ask('GET', '/api/locks')).body.locks).toEqual([lock]);

		const other = app.browser();
		await other.ask('POST', '/api/demo');
		expect((await other.ask('GET', `/api/locks/${lock.mac}`)).status).toBe(404);
		await app.owner();
		expect((await visitor.me()).firstRun).toBe(false);
	});

	test('invites nobody, makes no keys, founds and joins no company', async () => {
		const visitor = app.browser();
		await visitor.ask('POST', '/api/demo');
		const code = async (path: string, body: unknown) =>
			(await visitor.ask('POST', path, { body })).body.error?.code;
		expect(await code('/api/people/invitations', { name: 'X', role: 'member' })).toBe('forbidden');
		expect(await code('/api/keys', { environment: 'sandbox', kind: 'mobile' })).toBe('forbidden');
		expect(await code('/api/companies', { name: 'Mine' })).toBe('forbidden');
		const owner = await app.owner();
		const invited = await owner.ask('POST', '/api/people/invitations', {
			body: { name: 'X', role: 'member' }
		});
		const token = tokenOf(invited.body.link);
		expect(await code(`/api/invitations/${token}`, {})).toBe('forbidden');
		expect((await owner.ask('POST', '/api/demo')).body.error.code).toBe('conflict');
		expect((await owner.me()).company.name).toBe('Acme');
	});

	test('ends after a day for its person and is cleaned away whole', async () => {
		const { db } = app.server;
		const [early, late] = [app.browser(), app.browser()];
		await early.ask('POST', '/api/demo');
		await late.ask('POST', '/api/demo');
		const { id } = (await early.me()).company;
		await db
			.updateTable('demo')
			.set({ ends_at: Date.now() - 1 })
			.where('company_id', '=', id)
			.execute();
		expect((await early.ask('GET', '/api/locks')).body.error.code).toBe('signed-out');
		await startChores(app.server)();
		const count = async (table: 'user' | 'session' | 'organization' | 'lock' | 'audit' | 'demo') =>
			(await db.selectFrom(table).selectAll().execute()).length;
		const left = ['user', 'session', 'organization', 'lock', 'demo'] as const;
		for (const table of left) expect(await count(table), table).toBe(1);
		expect((await late.ask('GET', '/api/locks')).body.locks).toHaveLength(1);
	});

	test('one address opens sixty an hour', async () => {
		const visitor = app.browser();
		for (let i = 0; i < 60; i++) expect((await visitor.ask('POST', '/api/demo')).status).toBe(200);
		const refused = await visitor.ask('POST', '/api/demo');
		expect([refused.status, refused.body.error.code]).toEqual([429, 'too-many']);
		expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3500);
		expect((await app.browser().ask('POST', '/api/demo')).status).toBe(200);
		// One household has 2^64 addresses.
		const answers = [];
		for (let i = 0; i < 61; i++) {
			answers.push(await app.ask('POST', '/api/demo', { ip: `2001:db8::${i + 1}` }));
		}
		expect(answers.at(-1)?.status).toBe(429);
		await app.server.db.updateTable('rateLimit').set({ lastRequest: 0 }).execute();
		expect((await visitor.ask('POST', '/api/demo')).status).toBe(200);
	});
});

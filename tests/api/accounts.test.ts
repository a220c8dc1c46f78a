import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Me } from '../../src/lib/api/app/people.ts';
import { databases } from '../setup/databases.ts';
import { PASSWORD, TestApp } from './app.ts';

describe.each(databases)('accounts on $name', ({ create }) => {
	let app: TestApp;
	beforeEach(async () => {
		app = await TestApp.open(create);
	});
	afterEach(() => app.close());

	const signUp = (extra: object = {}) => ({
		body: { name: 'Eve', email: 'eve@example.com', password: PASSWORD, ...extra }
	});

	test('the first to sign up founds the company and owns it', async () => {
		expect(await app.browser().me()).toEqual({
			user: null,
			company: null,
			firstRun: true,
			demoEnds: null
		});
		const owner = await app.signUp('Olga');
		expect(await owner.me()).toMatchObject({ user: { name: 'Olga' }, company: null });
		const { body } = await owner.ask('POST', '/api/companies', { body: { name: ' Acme ' } });
		expect(Me.parse(body)).toMatchObject({
			company: { name: 'Acme', role: 'owner', ownerName: 'Olga' },
			firstRun: false
		});
	});

	test('after that nobody signs up without an invitation, and no second company is founded', async () => {
		const early = await app.signUp('Early');
		await app.owner();
		const late = await app.browser().ask('POST', '/api/auth/sign-up/email', signUp());
		expect(late.status).toBe(403);
		expect(late.body).toMatchObject({ code: 'SIGN_UP_CLOSED', error: { code: 'forbidden' } });
		const wrong = signUp({ invitation: 'x'.repeat(43) });
		expect((await app.browser().ask('POST', '/api/auth/sign-up/email', wrong)).status).toBe(403);
		const second = await early.ask('POST', '/api/companies', { body: { name: 'Mine' } });
		expect(second.body.error.code).toBe('conflict');
		expect((await early.ask('GET', '/api/locks')).body.error.code).toBe('forbidden');
	});

	test('two founders at once: one company', async () => {
		const [a, b] = [await app.signUp('Ann'), await app.signUp('Bea')];
		const body = { name: 'Acme' };
		const answers = await Promise.all([a, b].map((x) => x.ask('POST', '/api/companies', { body })));
		expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
	});

	test('refuses short passwords, bad addresses, empty names, a second account', async () => {
		const say = async (extra: object) => {
			const answer = await app.browser().ask('POST', '/api/auth/sign-up/email', signUp(extra));
			return [answer.status, answer.body.code, answer.body.error?.code];
		};
		expect(await say({ password: 'elevenchars' })).toEqual([
			400,
			'PASSWORD_TOO_SHORT',
			'bad-input'
		]);
		expect(await say({ email: 'eve' })).toEqual([400, 'INVALID_EMAIL', 'bad-input']);
		expect(await say({ name: '  ' })).toEqual([400, 'BAD_NAME', 'bad-input']);
		await app.signUp('Eve');
		expect(await say({ email: 'EVE@example.com' })).toEqual([
			422,
			'USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL',
			'conflict'
		]);
	});

	test('signs in and out; the cookie is strict and no answer carries the token', async () => {
		await app.owner();
		const browser = app.browser();
		const wrong = await browser.signIn('olga@example.com', 'not the right one');
		expect(wrong.status).toBe(401);
		expect(wrong.body.code).toBe('INVALID_EMAIL_OR_PASSWORD');
		const { status, headers, text } = await browser.signIn('Olga@example.com');
		expect(status).toBe(200);
		const [cookie = ''] = headers.getSetCookie();
		expect(cookie).toMatch(/^hasp\.session_token=.*; HttpOnly; SameSite=Strict$/);
		const token = decodeURIComponent(cookie.split(/[=;]/)[1] ?? '').split('.')[0] ?? '?';
		expect(text).not.toContain(token);
		expect((await browser.me()).company.name).toBe('Acme');
		const stolen = new Map(browser.cookies);
		await browser.ask('POST', '/api/auth/sign-out', { body: {} });
		expect((await browser.me()).user).toBeNull();
		for (const [name, value] of stolen) browser.cookies.set(name, value);
		expect((await browser.ask('GET', '/api/locks')).body.error.code).toBe('signed-out');
	});

	test('forged and foreign cookies are nobody', async () => {
		const owner = await app.owner();
		const [[name, value] = ['', '']] = owner.cookies;
		for (const forged of [value.slice(0, -6) + 'AAAAAA', value.split('.')[0] ?? '', '%', '']) {
			owner.cookies.set(name, forged);
			expect((await owner.ask('GET', '/api/locks')).status).toBe(401);
		}
	});

	test('guessing passwords is slowed down by address, whatever the client claims', async () => {
		await app.owner();
		const thief = app.browser();
		const statuses = [];
		for (let i = 0; i < 4; i++) {
			const headers = { 'x-hasp-ip': `203.0.113.${i}`, 'x-forwarded-for': `203.0.113.${i}` };
			const body = { email: 'olga@example.com', password: 'wrong password' };
			const answer = await thief.ask('POST', '/api/auth/sign-in/email', { body, headers });
			statuses.push(answer.status);
			if (answer.status === 429)
				expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
		}
		expect(statuses).toEqual([401, 401, 401, 429]);
	});

	test('guessing the password of one account is slowed down, from wherever it comes', async () => {
		const owner = await app.owner();
		await app.join(owner, 'Mia', 'member');
		const email = 'olga@example.com';
		const wrong = (name = email, by = app.browser()) => by.signIn(name, 'not the right one');
		const guess = async () => (await wrong()).status;
		for (let i = 0; i < 10; i++) expect(await guess(), String(i)).toBe(401);
		for (const name of [email, 'OLGA@Example.com']) {
			const answer = await wrong(name);
			expect(answer.status).toBe(429);
			expect(Number(answer.headers.get('retry-after'))).toBeLessThanOrEqual(600);
		}
		// Nor does the right one help a stranger, and nobody else is held up.
		expect((await app.browser().signIn(email)).status).toBe(429);
		expect((await app.browser().signIn('mia@example.com')).status).toBe(200);
		expect((await wrong('nobody@example.com')).status).toBe(401);
		// Where she is signed in already she gets in, and all begins anew.
		expect((await wrong(email, owner)).status).toBe(401);
		expect((await owner.signIn(email)).status).toBe(200);
		expect(await guess()).toBe(401);
	});

	test('thirty guesses at once are ten', async () => {
		await app.owner();
		const guess = () => app.browser().signIn('olga@example.com', 'not the right one');
		const answers = await Promise.all(Array.from({ length: 30 }, guess));
		expect(answers.filter(({ status }) => status === 401)).toHaveLength(10);
		expect(answers.filter(({ status }) => status === 429)).toHaveLength(20);
		const { db } = app.server;
		await db
			.updateTable('rateLimit')
			.set({ lastRequest: Date.now() - 600_000 })
			.execute();
		expect((await app.browser().signIn('olga@example.com')).status).toBe(200);
	});

	test('better-auth answers on our paths only', async () => {
		const owner = await app.owner();
		for (const path of ['organization/create', 'get-session', 'hasp/demo', 'update-user', '..']) {
			const answer = await owner.ask('POST', `/api/auth/${path}`, {
				body: { userId: 'x', name: 'x' }
			});
			expect(answer.status, path).toBe(404);
		}
		const slash = await owner.ask('POST', '/api/auth/sign-out/', { body: {} });
		expect(slash.status).toBe(200);
	});

	test('a session is renewed after a day, with its cookie', async () => {
		const owner = await app.owner();
		const day = 24 * 3600 * 1000;
		const age = (ms: number) => new Date(Date.now() - ms).toISOString();
		await app.server.db
			.updateTable('session')
			.set({ updatedAt: age(2 * day), expiresAt: age(-5 * day) })
			.execute();
		const first = await owner.ask('GET', '/api/me');
		expect(first.headers.getSetCookie()).toHaveLength(1);
		expect((await owner.ask('GET', '/api/me')).headers.getSetCookie()).toHaveLength(0);
		await app.server.db
			.updateTable('session')
			.set({ expiresAt: age(1) })
			.execute();
		expect((await owner.me()).user).toBeNull();
	});
});

describe('cookies over https', () => {
	test('are bound to the host', async () => {
		const app = await TestApp.open(databases[0].create, { ORIGIN: 'https://hasp.test' });
		const browser = app.browser();
		const body = { name: 'Olga', email: 'o@example.com', password: PASSWORD };
		const headers = { origin: 'https://hasp.test' };
		const answer = await browser.ask('POST', '/api/auth/sign-up/email', { body, headers });
		const [cookie = ''] = answer.headers.getSetCookie();
		expect(cookie).toMatch(/^__Host-hasp\.session_token=/);
		expect(cookie).toMatch(/; Path=\/;.*; Secure/);
		expect(cookie).not.toMatch(/domain/i);
		expect(answer.headers.get('strict-transport-security')).toMatch(/max-age=/);
		expect((await browser.me()).user.name).toBe('Olga');
		await app.close();
	});
});

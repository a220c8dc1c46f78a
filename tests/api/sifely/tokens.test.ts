import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { TokenReply } from '../../../src/lib/api/sifely/users.ts';
import { Budget, Budgets } from '../../../src/lib/server/budget.ts';
import { revokeApp } from '../../../src/lib/server/sifely/apps.ts';
import { addApp } from '../../../src/lib/server/sifely/apps.ts';
import { md5Of } from '../../../src/lib/server/sifely/passwords.ts';
import type { Db } from '../../../src/lib/server/db/connect.ts';
import { giveToken } from '../../../src/lib/server/sifely/tokens.ts';
import { resetPassword } from '../../../src/lib/server/sifely/users.ts';
import { databases } from '../../setup/databases.ts';
import { DAY, SifelyDesk, type Account } from './desk.ts';

describe.each(databases)('tokens of the open API on $name', ({ create }) => {
	let desk: SifelyDesk;
	let ann: Account;
	beforeAll(async () => {
		desk = await SifelyDesk.open(create);
		ann = await desk.account();
	});
	afterEach(() => vi.useRealTimers());
	afterAll(() => desk.close());

	const secrets = () => ({ clientId: desk.mine.clientId, clientSecret: desk.mine.clientSecret });
	const signIn = (params: object = {}) =>
		desk.post('oauth2/token', {
			...secrets(),
			username: ann.username,
			password: md5Of(ann.password),
			...params
		});
	const codeOf = async (asked: Promise<{ body: { errcode?: number } }>) =>
		(await asked).body.errcode;
	const refresh = (refresh_token: string, params: object = {}) =>
		desk.post('oauth2/token', {
			...secrets(),
			grant_type: 'refresh_token',
			refresh_token,
			...params
		});
	const list = (params: object) =>
		desk.get('v3/key/list', { clientId: desk.mine.clientId, date: Date.now(), ...params });
	const later = (milliseconds: number) =>
		vi.useFakeTimers({ now: Date.now() + milliseconds, toFake: ['Date'] });

	test('given for name and MD5, in the old spelling too, as a form and as a query', async () => {
		const { body, headers } = await signIn();
		expect(TokenReply.strict().parse(body)).toEqual(body);
		expect(body).toMatchObject({ uid: ann.uid, expires_in: 7_776_000 });
		expect(headers.get('cache-control')).toBe('no-store');
		const old = {
			client_id: desk.mine.clientId,
			client_secret: desk.mine.clientSecret,
			clientId: undefined,
			clientSecret: undefined,
			grant_type: 'password',
			redirect_uri: 'http://example.com'
		};
		expect((await signIn(old)).body.access_token).toMatch(/^[0-9a-f]{32}$/);
		const query = { ...secrets(), username: ann.username, password: md5Of(ann.password) };
		expect((await desk.get('oauth2/token', query)).body.uid).toBe(ann.uid);
	});

	test('refused: client, secret, name, password, MD5, grant', async () => {
		expect(await codeOf(signIn({ clientId: 'x' }))).toBe(10000);
		expect(await codeOf(signIn({ clientId: undefined }))).toBe(10000);
		expect(await codeOf(signIn({ clientSecret: 'x' }))).toBe(10001);
		expect(await codeOf(signIn({ clientSecret: undefined }))).toBe(10001);
		expect(await codeOf(signIn({ clientSecret: desk.theirs.clientSecret }))).toBe(10001);
		expect(await codeOf(signIn({ username: 'nobody' }))).toBe(10007);
		expect(await codeOf(signIn({ password: md5Of('wrong') }))).toBe(10007);
		expect(await codeOf(signIn({ password: ann.password }))).toBe(30005);
		expect(await codeOf(signIn({ password: md5Of(ann.password).toUpperCase() }))).toBe(30005);
		expect(await codeOf(signIn({ grant_type: 'code' }))).toBe(10010);
		expect(await codeOf(signIn({ username: undefined }))).toBe(-3);
		const theirs = { clientId: desk.theirs.clientId, clientSecret: desk.theirs.clientSecret };
		expect(await codeOf(signIn(theirs))).toBe(10007);
	});

	test('neither the MD5 nor a token is kept as it is', async () => {
		const { db } = desk.app.server;
		const kept = JSON.stringify([
			await db.selectFrom('sifely_account').selectAll().execute(),
			await db.selectFrom('sifely_token').selectAll().execute(),
			await db.selectFrom('sifely_app').selectAll().execute()
		]);
		expect(kept).toContain(ann.username);
		const secret = [md5Of(ann.password), ann.token, ann.refreshToken, desk.mine.clientSecret];
		for (const one of secret) expect(kept).not.toContain(one);
		const { password_hash } = await db
			.selectFrom('sifely_account')
			.select('password_hash')
			.where('id', '=', ann.uid)
			.executeTakeFirstOrThrow();
		// Salt and 64 bytes of scrypt, not a fast hash.
		expect(password_hash).toMatch(/^[0-9a-f]{32}:[0-9a-f]{128}$/);
	});

	test('so many wrong passwords, then the right one has to wait; others do not', async () => {
		Object.assign(desk.app.server.budgets, { guesses: new Budget(2, 600) });
		const bob = await desk.account();
		const guess = (password: string) =>
			signIn({ username: bob.username, password: md5Of(password) });
		for (let i = 0; i < 2; i++) expect(await codeOf(guess(`guess ${i}`))).toBe(10007);
		const { body, headers, status } = await guess(bob.password);
		expect([status, body.errcode]).toEqual([200, 30006]);
		expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
		expect(await codeOf(signIn())).toBeUndefined();
	});

	test('wrong passwords sent together count each, for a name that nobody has alike', async () => {
		Object.assign(desk.app.server.budgets, { guesses: new Budget(2, 600) });
		const { username } = await desk.account();
		for (const name of [username, 'nobody']) {
			const wrong = { username: name, password: md5Of('wrong') };
			const codes = await Promise.all(Array.from({ length: 5 }, () => codeOf(signIn(wrong))));
			expect(codes.sort(), name).toEqual([10007, 10007, 30006, 30006, 30006]);
		}
		// What is right is not counted.
		for (let i = 0; i < 3; i++) expect(await codeOf(signIn())).toBeUndefined();
	});

	test('calls that hash are few for a company, its other calls and other companies are not', async () => {
		Object.assign(desk.app.server.budgets, { hashes: new Budget(1, 60) });
		expect(await codeOf(signIn())).toBeUndefined();
		expect(await codeOf(signIn())).toBe(30006);
		const jack = { username: 'jack', password: md5Of('secret') };
		expect((await desk.asApp('v3/user/register', jack)).errcode).toBe(30006);
		expect((await desk.asApp('v3/user/resetPassword', jack)).errcode).toBe(30006);
		expect((await list({ accessToken: ann.token })).body.total).toBe(0);
		expect((await desk.asApp('v3/user/register', jack, desk.theirs)).errcode).toBeUndefined();
		Object.assign(desk.app.server.budgets, new Budgets());
	});

	test('works in its application until its end, then a refresh goes on', async () => {
		const { token, refreshToken } = await desk.account();
		expect((await list({ accessToken: token })).body.total).toBe(0);
		expect(await codeOf(list({ accessToken: 'x' }))).toBe(10003);
		expect(await codeOf(list({}))).toBe(10003);
		expect(await codeOf(list({ accessToken: token, clientId: 'x' }))).toBe(10000);
		expect(await codeOf(list({ accessToken: token, clientId: desk.theirs.clientId }))).toBe(10003);
		later(90 * DAY + 1000);
		expect(await codeOf(list({ accessToken: token }))).toBe(10004);
		const { body } = await refresh(refreshToken);
		expect(TokenReply.strict().parse(body)).toEqual(body);
		expect(await codeOf(list({ accessToken: token }))).toBe(10003);
		expect((await list({ accessToken: body.access_token })).body.total).toBe(0);
		expect(await codeOf(refresh(refreshToken))).toBe(10011);
		expect(await codeOf(refresh('x'))).toBe(10011);
		later(3651 * DAY);
		expect(await codeOf(refresh(body.refresh_token))).toBe(10011);
	});

	test('a refresh sent many times at once serves one', async () => {
		const { refreshToken } = await desk.account();
		const answers = await Promise.all(Array.from({ length: 8 }, () => refresh(refreshToken)));
		const given = answers.filter(({ body }) => 'access_token' in body);
		expect(given).toHaveLength(1);
		expect(answers.filter(({ body }) => body.errcode === 10011)).toHaveLength(7);
		const theirs = { clientId: desk.theirs.clientId, clientSecret: desk.theirs.clientSecret };
		expect(await codeOf(refresh(given[0]!.body.refresh_token, theirs))).toBe(10011);
	});

	test('a password that is set while the old one is compared gives no token', async () => {
		const { db, budgets } = desk.app.server;
		const { username, password, uid } = await desk.account();
		const account = db.selectFrom('sifely_app').select('id');
		const { id: appId } = await account
			.where('client_id', '=', desk.mine.clientId)
			.executeTakeFirstOrThrow();
		const app = { appId, companyId: desk.mine.companyId, prefix: '' };
		const { clientSecret } = desk.mine;
		const grant_type = 'password';
		const request = { username, password: md5Of(password), grant_type, clientSecret };
		// Between the two: what writes begins with the other password.
		const late = new Proxy(db, {
			get(target, name) {
				const value: unknown = Reflect.get(target, name, target);
				if (name !== 'transaction') return typeof value === 'function' ? value.bind(target) : value;
				return () => ({
					execute: async (work: (trx: Db) => Promise<unknown>) => {
						await db
							.updateTable('sifely_account')
							.set({ password_hash: 'another' })
							.where('id', '=', uid)
							.execute();
						return db.transaction().execute(work);
					}
				});
			}
		});
		await expect(giveToken(late, budgets, app, request)).rejects.toMatchObject({
			code: 'wrong-password'
		});
	});

	test('a password that is set while a token is renewed ends the new one too', async () => {
		const { db, budgets } = desk.app.server;
		const { username, refreshToken: refresh_token } = await desk.account();
		const { companyId, clientId, clientSecret } = desk.mine;
		const { id: appId, prefix } = await db
			.selectFrom('sifely_app')
			.select(['id', 'prefix'])
			.where('client_id', '=', clientId)
			.executeTakeFirstOrThrow();
		const app = { appId, companyId, prefix };
		let reset: Promise<void> | undefined;
		// Between taking the old token and giving the new one.
		const begin = async () => {
			reset = resetPassword({ db }, app, { username, password: md5Of('another') });
			await pause(1000);
		};
		const grant = { grant_type: 'refresh_token', refresh_token, clientSecret };
		const { access_token } = await giveToken(pausing(db, begin), budgets, app, grant);
		await reset;
		expect(await codeOf(list({ accessToken: access_token }))).toBe(10003);
	});

	test('a hundred of one account are kept, the newest', async () => {
		const { db } = desk.app.server;
		let { refreshToken } = ann;
		const { id: app_id } = await db
			.selectFrom('sifely_app')
			.select('id')
			.where('client_id', '=', desk.mine.clientId)
			.executeTakeFirstOrThrow();
		const far = Date.now() + DAY;
		const rows = Array.from({ length: 120 }, (_, i) => ({
			id: `0${String(i).padStart(25, '0')}`,
			account_id: ann.uid,
			app_id,
			access_hash: `a${i}`,
			refresh_hash: `r${i}`,
			access_ends_at: far,
			refresh_ends_at: far,
			created_at: 0
		}));
		await db.insertInto('sifely_token').values(rows).execute();
		refreshToken = (await refresh(refreshToken)).body.refresh_token;
		const { kept } = await db
			.selectFrom('sifely_token')
			.select((e) => e.fn.countAll<number>().as('kept'))
			.where('account_id', '=', ann.uid)
			.executeTakeFirstOrThrow();
		expect(kept).toBe(100);
		expect(await codeOf(refresh(refreshToken))).toBeUndefined();
	});

	test('an application that was revoked has no tokens and gives none', async () => {
		const { db } = desk.app.server;
		const { companyId } = desk.mine;
		const app = { companyId, ...(await addApp(db, companyId, 'cli')) };
		const { token } = await desk.signIn(ann.username, ann.password, app);
		const { id } = await db
			.selectFrom('sifely_app')
			.select('id')
			.where('client_id', '=', app.clientId)
			.executeTakeFirstOrThrow();
		await revokeApp(db, companyId, 'cli', id);
		expect(await codeOf(list({ accessToken: token, clientId: app.clientId }))).toBe(10000);
		expect(await codeOf(signIn(app))).toBe(10000);
		expect(
			await db.selectFrom('sifely_token').select('id').where('app_id', '=', id).execute()
		).toEqual([]);
	});
});

/** The same database, where something happens before a token is written. */
function pausing(db: Db, begin: () => Promise<void>): Db {
	const over = <T extends object>(target: T, name: string, method: (real: T) => unknown): T =>
		new Proxy(target, {
			get(real, asked) {
				if (asked === name) return method(real);
				const value: unknown = Reflect.get(real, asked, real);
				return typeof value === 'function' ? (value.bind(real) as unknown) : value;
			}
		});
	const late = (trx: Db) =>
		over(trx, 'insertInto', (real) => (table: 'sifely_token') => ({
			values: (
				row: Parameters<ReturnType<typeof real.insertInto<'sifely_token'>>['values']>[0]
			) => ({
				execute: async () => {
					await begin();
					return real.insertInto(table).values(row).execute();
				}
			})
		}));
	return over(db, 'transaction', (real) => () => ({
		execute: (work: (trx: Db) => Promise<unknown>) =>
			real.transaction().execute((trx) => work(late(trx)))
	}));
}

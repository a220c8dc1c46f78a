import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { addApp } from '../../../src/lib/server/sifely/apps.ts';
import { md5Of } from '../../../src/lib/server/sifely/passwords.ts';
import { databases } from '../../setup/databases.ts';
import { Porch } from './porch.ts';

describe.each(databases)('people and door locks on $name', ({ create }) => {
	let porch: Porch;
	beforeAll(async () => {
		porch = await Porch.open(create);
	});
	beforeEach(() => porch.pair());
	afterEach(() => vi.useRealTimers());
	afterAll(() => porch.app.close());

	test('who has no eKey sees nothing, and absent answers alike', async () => {
		expect((await porch.mia.ask('GET', '/api/door-locks')).body).toEqual({ doors: [] });
		const absent = await porch.step(porch.mia, { action: 'unlock', answers: [] }, 5);
		expect(absent.status).toBe(404);
		expect((await porch.step(porch.mia, { action: 'unlock', answers: [] })).body).toEqual(
			absent.body
		);
		const again = { body: { lockData: 'x', name: 'x' } };
		expect((await porch.owner.ask('POST', '/api/door-locks', again)).status).toBe(400);
		const admin = await porch.join('admin');
		const taken = { body: { lockData: porch.lockData, name: 'x' } };
		expect((await admin.ask('POST', '/api/door-locks', taken)).status).toBe(409);
	});

	test('its owner signs in to the open API with a password of its own', async () => {
		const password = 'another long password';
		expect(
			(await porch.owner.ask('PUT', '/api/sifely-account', { body: { password } })).status
		).toBe(200);
		const { id: companyId } = (await porch.owner.me()).company;
		const secrets = await addApp(porch.app.server.db, companyId, 'cli');
		const form = (params: object) => ({
			body: new URLSearchParams({ ...secrets, date: String(Date.now()), ...params }).toString(),
			headers: { 'content-type': 'application/x-www-form-urlencoded' }
		});
		const { email } = (await porch.owner.me()).user;
		const signIn = form({ username: email, password: md5Of(password) });
		const { body } = await porch.app.ask('POST', '/sifely/oauth2/token', signIn);
		const list = form({ accessToken: body.access_token });
		const { body: locks } = await porch.app.ask('POST', '/sifely/v3/lock/list', list);
		expect(locks.list).toMatchObject([{ lockId: porch.id, lockAlias: 'Front door' }]);
	});

	test('who leaves the company has no eKey and no way into the open API', async () => {
		const bob = await porch.join('member');
		const password = { body: { password: 'another long password' } };
		expect((await bob.ask('PUT', '/api/sifely-account', password)).status).toBe(200);
		const { user } = await bob.me();
		const { db } = porch.app.server;
		const account = db.selectFrom('sifely_account').selectAll().where('user_id', '=', user.id);
		const { id: account_id } = await account.executeTakeFirstOrThrow();
		expect(await porch.give(bob)).toBe(account_id);
		const key = db.selectFrom('ekey').select('state').where('id', '=', 77);
		expect(await key.execute()).toEqual([{ state: 'normal' }]);
		expect((await porch.owner.ask('DELETE', `/api/people/${user.id}`)).status).toBe(200);
		expect(await key.execute()).toEqual([{ state: 'deleted' }]);
		expect(await account.execute()).toMatchObject([{ password_hash: null }]);
		expect((await porch.step(bob, { action: 'unlock', answers: [] })).status).toBe(401);
	});
});

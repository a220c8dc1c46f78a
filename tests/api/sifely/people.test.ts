import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import {
	accountOfPerson,
	addAccount,
	findAccount
} from '../../../src/lib/server/sifely/accounts.ts';
import { addApp } from '../../../src/lib/server/sifely/apps.ts';
import type { Member } from '../../../src/lib/server/people/identity.ts';
import { setApiPassword } from '../../../src/lib/server/sifely/doors-for-people.ts';
import { encodeLockData, parseLockData } from '../../../src/lib/protocol/ttlock/grant.ts';
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
		expect((await porch.mia.ask('GET', '/api/door-locks')).body).toEqual({
			doors: [],
			total: 0
		});
		const absent = await porch.step(porch.mia, { action: 'unlock', answers: [] }, 5);
		expect(absent.status).toBe(404);
		expect((await porch.step(porch.mia, { action: 'unlock', answers: [] })).body).toEqual(
			absent.body
		);
		const again = { body: { lockData: 'x', name: 'x' } };
		expect((await porch.owner.ask('POST', '/api/door-locks', again)).status).toBe(400);
		// A pairing that comes late may be older than the keys that are here; one of just now may not.
		const newer = { body: { lockData: withOtherKeys(porch.lockData), name: 'x' } };
		expect((await porch.owner.ask('POST', '/api/door-locks', newer)).status).toBe(409);
		const before = { body: { lockData: porch.lockData, name: 'x' } };
		expect((await porch.owner.ask('POST', '/api/door-locks', before)).body).toEqual({
			id: porch.id
		});
		const fresh = { body: { ...newer.body, isFresh: true } };
		expect((await porch.owner.ask('POST', '/api/door-locks', fresh)).body.id).not.toBe(porch.id);
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

	test('an address takes over an account of its name only when nothing hangs on it', async () => {
		const { db } = porch.app.server;
		const { id: company_id } = (await porch.owner.me()).company;
		const created = async (username: string) =>
			(await addAccount(db, {
				company_id,
				app_id: null,
				username,
				password_hash: 'x',
				origin: 'created',
				must_change: 1,
				user_id: null
			}))!.id;
		const [used, unused] = [await created('used@example.com'), await created('unused@example.com')];
		await porch.give(porch.mia);
		await db.updateTable('ekey').set({ account_id: used }).where('id', '=', 77).execute();
		const used2 = { userId: (await (await porch.join('member')).me()).user.id };
		const other = { userId: (await (await porch.join('member')).me()).user.id };
		const mine = await accountOfPerson(db, company_id, { ...used2, email: 'Used@example.com' });
		expect(mine).toMatchObject({ username: 'used@example.com#2', password_hash: null });
		expect(await accountOfPerson(db, company_id, { ...used2, email: 'used@example.com' })).toEqual(
			mine
		);
		const key = db.selectFrom('ekey').select('account_id').where('id', '=', 77);
		expect(await key.execute()).toEqual([{ account_id: used }]);
		expect(await findAccount(db, company_id, 'used@example.com')).toMatchObject({
			user_id: null,
			password_hash: 'x'
		});
		expect(
			await accountOfPerson(db, company_id, { ...other, email: 'unused@example.com' })
		).toMatchObject({ id: unused, password_hash: null, must_change: 0, user_id: other.userId });
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
		const { id: company_id } = (await porch.owner.me()).company;
		// Renamed: another account has the address.
		await db
			.updateTable('sifely_account')
			.set({ username: 'bob#2' })
			.where('id', '=', account_id)
			.execute();
		const theirs = await addAccount(db, {
			company_id,
			app_id: null,
			username: user.email,
			password_hash: 'x',
			origin: 'created',
			must_change: 1,
			user_id: null
		});
		const key = db.selectFrom('ekey').select('state').where('id', '=', 77);
		expect(await key.execute()).toEqual([{ state: 'normal' }]);
		expect((await porch.owner.ask('DELETE', `/api/people/${user.id}`)).status).toBe(200);
		expect(await key.execute()).toEqual([{ state: 'deleted' }]);
		expect(await account.execute()).toMatchObject([{ password_hash: null }]);
		expect(await findAccount(db, company_id, user.email)).toEqual({
			...theirs,
			password_hash: null
		});
		const late = { company: { id: company_id }, userId: user.id, email: user.email } as Member;
		await expect(setApiPassword({ db }, late, 'another')).rejects.toMatchObject({
			code: 'not-found'
		});
		expect(await account.execute()).toMatchObject([{ password_hash: null }]);
		expect((await porch.step(bob, { action: 'unlock', answers: [] })).status).toBe(401);
	});
});

/** As it would be paired anew. */
function withOtherKeys(lockData: string): string {
	const data = parseLockData(lockData);
	return encodeLockData({ ...data, lockKey: data.lockKey + 1 });
}

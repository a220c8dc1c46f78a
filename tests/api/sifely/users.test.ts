import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ListUsersReply } from '../../../src/lib/api/sifely/users.ts';
import { Budget, Budgets } from '../../../src/lib/server/budget.ts';
import { addApp } from '../../../src/lib/server/sifely/apps.ts';
import { md5Of } from '../../../src/lib/server/sifely/passwords.ts';
import { databases } from '../../setup/databases.ts';
import { SifelyDesk, type Account, type Door } from './desk.ts';

describe.each(databases)('accounts of the open API on $name', ({ create }) => {
	let desk: SifelyDesk;
	let owner: Account;
	let door: Door;
	beforeAll(async () => {
		desk = await SifelyDesk.open(create);
		owner = await desk.account();
		door = await desk.door(owner);
	});
	afterAll(() => desk.close());

	const password = md5Of('secret');
	const register = (username: string, of = desk.mine) =>
		desk.asApp('v3/user/register', { username, password }, of);
	const prefixOf = async (clientId: string) =>
		(
			await desk.app.server.db
				.selectFrom('sifely_app')
				.select('prefix')
				.where('client_id', '=', clientId)
				.executeTakeFirstOrThrow()
		).prefix;

	test('registered under the prefix of the application, which is its own', async () => {
		const prefix = await prefixOf(desk.mine.clientId);
		expect(prefix).toMatch(/^[a-z]{4}$/);
		expect(await register('jack')).toEqual({ username: `${prefix}_jack` });
		expect((await register('jack')).errcode).toBe(30003);
		expect((await register('jack', desk.theirs)).username).toMatch(/^[a-z]{4}_jack$/);
		for (const wrong of ['a b', 'a_b', 'jäck', 'a@b.c', ''])
			expect([30002, -3]).toContain((await register(wrong)).errcode);
		const plain = await desk.asApp('v3/user/register', { username: 'jill', password: 'secret' });
		expect(plain.errcode).toBe(30005);
	});

	test('listed by the application that registered them, by time, in pages', async () => {
		const app = {
			companyId: desk.mine.companyId,
			...(await addApp(desk.app.server.db, desk.mine.companyId, 'cli'))
		};
		const before = Date.now();
		const names: string[] = [];
		for (let i = 0; i < 3; i++) names.push((await desk.account(app)).username);
		const all = await desk.asApp('v3/user/list', { pageNo: 1, pageSize: 200 }, app);
		expect(ListUsersReply.strict().parse(all)).toEqual(all);
		expect(all.list.map(({ username }: { username: string }) => username)).toEqual(
			expect.arrayContaining(names)
		);
		const page = await desk.asApp('v3/user/list', { pageNo: 2, pageSize: 2 }, app);
		expect(page).toMatchObject({ pageNo: 2, pageSize: 2, pages: 2, total: 3, list: [{}] });
		expect((await desk.asApp('v3/user/list', { endDate: before - 1 }, app)).total).toBe(0);
		expect((await desk.asApp('v3/user/list', { startDate: before }, app)).total).toBe(3);
		expect((await desk.asApp('v3/user/list', { pageSize: 201 }, app)).errcode).toBe(-3);
	});

	test('another password ends all tokens', async () => {
		const ann = await desk.account();
		const reset = (username: string, of = desk.mine) =>
			desk.asApp('v3/user/resetPassword', { username, password: md5Of('new') }, of);
		expect((await reset(ann.username, desk.theirs)).errcode).toBe(30004);
		expect((await reset('nobody')).errcode).toBe(30004);
		expect((await reset(ann.username)).errcode).toBe(0);
		await desk.refused(ann, 'unknown-token', 'v3/key/list');
		expect((await desk.signIn(ann.username, 'new')).uid).toBe(ann.uid);
	});

	test('deleted with tokens and eKeys, but not while it owns locks', async () => {
		const drop = (username: string, of = desk.mine) =>
			desk.asApp('v3/user/delete', { username }, of);
		const ann = await desk.account();
		await desk.send(owner, door, ann);
		expect((await drop(owner.username)).errcode).toBe(-4063);
		expect((await drop(ann.username, desk.theirs)).errcode).toBe(30004);
		expect((await drop(ann.username)).errcode).toBe(0);
		expect((await drop(ann.username)).errcode).toBe(30004);
		await desk.refused(ann, 'unknown-token', 'v3/key/list');
		const { list } = await desk.done(owner, 'v3/lock/listKey', { lockId: door.lockId });
		expect(list).toEqual([]);
	});

	const send = (receiverUsername: string, createUser?: number) =>
		desk.call(owner, 'v3/key/send', {
			lockId: door.lockId,
			receiverUsername,
			keyName: 'k',
			startDate: 0,
			endDate: 0,
			createUser
		});
	const accountNamed = (username: string) =>
		desk.app.server.db
			.selectFrom('sifely_account')
			.selectAll()
			.where('username', '=', username)
			.executeTakeFirst();

	test.each(['+158876191905', 'Jack@Example.COM'])(
		'createUser makes %s, with the last six characters as its password, flagged',
		async (name) => {
			for (const create of [undefined, 2]) expect((await send(name, create)).errcode).toBe(-4064);
			expect(await accountNamed(name)).toBeUndefined();
			expect((await send(name, 1)).keyId).toBeGreaterThan(0);
			const kept = name.includes('@') ? name.toLowerCase() : name;
			expect(await accountNamed(kept)).toMatchObject({
				origin: 'created',
				must_change: 1,
				app_id: null,
				user_id: null
			});
			const jack = await desk.signIn(name, name.slice(-6));
			const { list } = await desk.done(jack, 'v3/key/list');
			expect(list).toHaveLength(1);
			expect((await send(name)).keyId).toBeGreaterThan(0);
		}
	);

	test('createUser makes nobody of what is neither number nor address, nor for who may not send', async () => {
		for (const name of ['jack', '12345', 'a b@c.d', '+1 555 123456'])
			expect((await send(name, 1)).errcode, name).toBe(-4064);
		const guest = await desk.account();
		await desk.send(owner, door, guest);
		const wish = { receiverUsername: '15551234567', keyName: 'k', startDate: 0, endDate: 0 };
		await desk.refused(guest, 'not-permitted', 'v3/key/send', {
			lockId: door.lockId,
			...wish,
			createUser: 1
		});
		expect(await accountNamed('15551234567')).toBeUndefined();
	});

	test('createUser hashes no more passwords than the company may; who has an account costs none', async () => {
		Object.assign(desk.app.server.budgets, { hashes: new Budget(1, 60) });
		expect((await send('15550004444', 1)).keyId).toBeGreaterThan(0);
		expect((await send('15550005555', 1)).errcode).toBe(30006);
		expect(await accountNamed('15550005555')).toBeUndefined();
		expect((await send('15550004444', 1)).keyId).toBeGreaterThan(0);
		Object.assign(desk.app.server.budgets, new Budgets());
	});

	test('createUser many times at once makes one', async () => {
		const sent = await Promise.all(Array.from({ length: 3 }, () => send('15550001111', 1)));
		expect(sent.every(({ keyId }) => keyId > 0)).toBe(true);
		const rows = await desk.app.server.db
			.selectFrom('sifely_account')
			.select('id')
			.where('username', '=', '15550001111')
			.execute();
		expect(rows).toHaveLength(1);
	});
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FirstSignInReply } from '../../../src/lib/api/app/first-sign-in.ts';
import { IP_HEADER } from '../../../src/lib/server/people/auth.ts';
import { md5Of } from '../../../src/lib/server/sifely/passwords.ts';
import { databases } from '../../setup/databases.ts';
import { SifelyDesk, type Account, type Door, type Params } from './desk.ts';

const NEW = 'a password of my own';

describe.each(databases)('the first sign-in of who was sent an eKey, on $name', ({ create }) => {
	let desk: SifelyDesk;
	let ann: Account;
	let door: Door;
	let addresses = 0;
	beforeAll(async () => {
		desk = await SifelyDesk.open(create);
		ann = await desk.account();
		door = await desk.door(ann);
	});
	afterAll(() => desk.close());

	const created = { keyName: 'key', startDate: 0, endDate: 0, createUser: 1 };
	const send = (receiverUsername: string, more: Params = {}) =>
		desk.done(ann, 'v3/key/send', { lockId: door.lockId, receiverUsername, ...created, ...more });
	const first = (username: string, more: object = {}) =>
		desk.app.ask('POST', '/api/first-sign-in', {
			body: { username, password: username.slice(-6), name: 'Jack', newPassword: NEW, ...more },
			headers: { [IP_HEADER]: `10.0.0.${++addresses}` }
		});
	const token = (username: string, password: string) => {
		const { clientId, clientSecret } = desk.mine;
		const params = { clientId, clientSecret, username, password: md5Of(password) };
		return desk.post('oauth2/token', params);
	};

	test('sets a password, and makes a person who sees the lock; the first one opens nothing any more', async () => {
		await send('Jack@example.com');
		const before = await desk.signIn('jack@example.com', 'le.com');
		const { status, body, headers } = await first('jack@example.com', { password: 'le.com' });
		expect([status, FirstSignInReply.parse(body)]).toEqual([200, { email: 'jack@example.com' }]);
		expect(headers.has('set-cookie')).toBe(false);
		const jack = desk.app.browser();
		const signIn = (password: string) =>
			jack.ask('POST', '/api/auth/sign-in/email', { body: { email: body.email, password } });
		expect((await signIn('le.com')).status).toBe(401);
		expect((await signIn(NEW)).status).toBe(200);
		expect((await jack.me()).company).toMatchObject({ id: desk.mine.companyId, role: 'member' });
		const { doors } = (await jack.ask('GET', '/api/door-locks')).body;
		expect(doors).toMatchObject([{ id: door.lockId, opens: 'now', manages: false }]);
		await desk.refused(before, 'unknown-token', 'v3/key/list', { pageNo: 1, pageSize: 20 });
		expect((await token('jack@example.com', 'le.com')).body.errcode).toBe(10007);
		expect((await token('jack@example.com', NEW)).body.uid).toBe(before.uid);
		expect((await first('jack@example.com', { password: 'le.com' })).status).toBe(403);
	});

	test('a telephone number needs an address to sign in with', async () => {
		await send('+15550002222');
		const without = await first('+15550002222');
		expect([without.status, without.body.error.code]).toEqual([400, 'bad-input']);
		// It tells nobody which numbers have an eKey.
		expect((await first('+15550009999')).body).toEqual(without.body);
		const email = 'Phone@example.com';
		expect((await first('+15550002222', { email })).body).toEqual({ email: 'phone@example.com' });
	});

	test('not with another password, nor a short new one, nor for an account that nobody made so', async () => {
		await send('mia@example.com');
		expect((await first('mia@example.com', { password: 'guess!' })).status).toBe(403);
		expect((await first('mia@example.com', { newPassword: 'short' })).status).toBe(400);
		expect((await first('nobody@example.com')).status).toBe(403);
		expect((await first(ann.username, { password: ann.password, email: 'a@b.cd' })).status).toBe(
			403
		);
		expect((await first('mia@example.com')).status).toBe(200);
	});

	test('not for an address that signs in here already: nothing of it is changed', async () => {
		await send('15550003333');
		const taken = await first('15550003333', { email: 'mia@example.com' });
		expect([taken.status, taken.body.error.code]).toEqual([409, 'conflict']);
		expect((await first('15550003333', { email: 'free@example.com' })).status).toBe(200);
	});

	test('sent many times at once it makes one person', async () => {
		await send('rush@example.com');
		const answers = await Promise.all(Array.from({ length: 4 }, () => first('rush@example.com')));
		const statuses = answers.map(({ status }) => status).sort();
		expect(statuses[0]).toBe(200);
		expect(statuses.slice(1).every((status) => status === 403 || status === 409)).toBe(true);
	});

	test('ten wrong passwords for one name are the last, from however many addresses', async () => {
		await send('slow@example.com');
		for (let i = 0; i < 10; i++)
			expect((await first('slow@example.com', { password: `wrong${i}` })).status).toBe(403);
		const { status, headers } = await first('slow@example.com');
		expect([status, headers.has('retry-after')]).toEqual([429, true]);
	});
});

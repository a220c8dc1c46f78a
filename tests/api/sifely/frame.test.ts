import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ENDPOINTS, type SifelyEndpoint } from '../../../src/lib/api/sifely/endpoints.ts';
import { Errcode } from '../../../src/lib/api/sifely/errcodes.ts';
import { Budget } from '../../../src/lib/server/budget.ts';
import { databases } from '../../setup/databases.ts';
import { SifelyDesk, type Account } from './desk.ts';

const NAMES = Object.keys(ENDPOINTS) as SifelyEndpoint[];
const MINUTE = 60_000;

describe.each(databases)('the frame of the open API on $name', ({ create }) => {
	let desk: SifelyDesk;
	let ann: Account;
	beforeAll(async () => {
		desk = await SifelyDesk.open(create);
		ann = await desk.account();
	});
	afterEach(() => Object.assign(desk.app.server.budgets, { sifelyCalls: new Budget(6000, 60) }));
	afterAll(() => desk.close());

	const common = (over: object = {}) => ({
		clientId: desk.mine.clientId,
		clientSecret: desk.mine.clientSecret,
		accessToken: ann.token,
		date: Date.now(),
		...over
	});
	const refusal = (body: unknown) => Errcode.strict().parse(body).errcode;

	test.each(NAMES)('%s: who calls, when, with what, by GET and POST alike', async (name) => {
		const { by } = ENDPOINTS[name];
		for (const [ask, path] of [
			['get', name],
			['post', `${name}/`]
		] as const) {
			const code = async (over: object) => refusal((await desk[ask](path, common(over))).body);
			expect(await code({ clientId: undefined })).toBe(10000);
			if (by === 'token') expect(await code({ accessToken: 'x' })).toBe(10003);
			else expect(await code({ clientSecret: 'x' })).toBe(10001);
			expect(await code({ date: undefined })).toBe(-3);
			expect(await code({ date: Date.now() - 6 * MINUTE })).toBe(80000);
		}
	});

	test.each(NAMES)('%s: a call that says nothing is a list, or refused', async (name) => {
		const { status, body } = await desk.post(name, common());
		expect(status).toBe(200);
		if ('list' in body) expect(ENDPOINTS[name].reply.strict().parse(body)).toEqual(body);
		else expect(refusal(body)).toBe(-3);
	});

	test('date may be four minutes off, either way', async () => {
		for (const off of [-4 * MINUTE, 4 * MINUTE]) {
			const { body } = await desk.get('v3/key/list', common({ date: Date.now() + off }));
			expect(body.list).toEqual([]);
		}
		for (const date of ['now', Date.now() + 6 * MINUTE, '']) {
			const { body } = await desk.get('v3/key/list', common({ date }));
			expect(refusal(body)).toBe(typeof date === 'number' ? 80000 : -3);
		}
	});

	test('query and form together, the form first; what is empty was not sent', async () => {
		const { accessToken, ...rest } = common();
		const form = new URLSearchParams({
			accessToken: String(accessToken),
			pageSize: '7',
			pageNo: ''
		});
		const query = new URLSearchParams({ ...rest, date: String(rest.date), pageSize: '9' });
		const { body } = await desk.app.ask('POST', `/sifely/v3/key/list?${query}`, {
			body: form.toString(),
			headers: { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' }
		});
		expect(body).toMatchObject({ pageNo: 1, pageSize: 7, list: [] });
	});

	test('another path, method, type, and text that no database takes', async () => {
		expect(refusal((await desk.post('v3/lock/dance', common())).body)).toBe(30001);
		expect(refusal((await desk.post('', common())).body)).toBe(30001);
		expect(refusal((await desk.post('constructor', common())).body)).toBe(30001);
		for (const method of ['PUT', 'DELETE', 'PATCH'])
			expect(refusal((await desk.app.ask(method, '/sifely/v3/key/list')).body)).toBe(-3);
		const json = { body: common() };
		expect(refusal((await desk.app.ask('POST', '/sifely/v3/key/list', json)).body)).toBe(-3);
		expect(refusal((await desk.post('v3/key/list', common({ lockAlias: 'a\0' }))).body)).toBe(-3);
		const large = await desk.post('v3/key/list', common({ lockAlias: 'a'.repeat(300_000) }));
		expect([large.status, refusal(large.body)]).toEqual([413, -3]);
	});

	test('a form that another site made a browser send is refused', async () => {
		const { status } = await desk.app.ask('POST', '/sifely/v3/key/list', {
			body: 'a=b',
			headers: {
				'content-type': 'application/x-www-form-urlencoded',
				origin: 'https://evil.example'
			}
		});
		expect(status).toBe(403);
	});

	test('so many calls of one application, then 30006 and when to come again; others go on', async () => {
		Object.assign(desk.app.server.budgets, { sifelyCalls: new Budget(3, 60) });
		const ask = () => desk.get('v3/key/list', common());
		for (let i = 0; i < 3; i++) expect((await ask()).body.list).toEqual([]);
		const { status, body, headers } = await ask();
		expect([status, refusal(body)]).toEqual([200, 30006]);
		expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
		expect(refusal((await desk.post('oauth2/token', common())).body)).toBe(30006);
		// Who proves nothing spends nothing of others.
		expect(refusal((await desk.get('v3/key/list', common({ accessToken: 'x' }))).body)).toBe(10003);
		const { total } = await desk.asApp('v3/user/list', {}, desk.theirs);
		expect(total).toBe(0);
	});

	test('our own failure is 90000 and says nothing of its cause', async () => {
		const { server } = desk.app;
		const door = await desk.door(ann);
		const stolen = { lock_data: 'AAAA' };
		await server.db.updateTable('door_lock').set(stolen).where('id', '=', door.lockId).execute();
		const { status, body } = await desk.post('v3/lock/detail', common({ lockId: door.lockId }));
		expect([status, refusal(body)]).toEqual([500, 90000]);
		expect(JSON.stringify(body)).not.toContain('door_lock');
	});
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { DoorReply } from '../../../src/lib/api/app/door-detail.ts';
import { DoorRecordsReply } from '../../../src/lib/api/app/door-records.ts';
import { OFFSET } from '../../pair/ttlock/air.ts';
import { databases } from '../../setup/databases.ts';
import type { Browser } from '../app.ts';
import { Porch } from './porch.ts';

describe.each(databases)('a door lock in detail, on $name', ({ create }) => {
	let porch: Porch;
	let admin: Browser;
	beforeAll(async () => {
		porch = await Porch.open(create);
		admin = await porch.join('admin');
	});
	beforeEach(() => porch.pair());
	afterEach(() => vi.useRealTimers());
	afterAll(() => porch.app.close());

	const detail = async (by = porch.owner) =>
		DoorReply.parse((await porch.ask(by, 'GET', '')).body).door;
	const idOf = async (person: Browser): Promise<string> => (await person.me()).user.id;

	test('what it can do, whose it is, and the code that always opens', async () => {
		expect(await detail()).toMatchObject({
			id: porch.id,
			name: 'Front door',
			features: [
				'log',
				'lock',
				'passcodes',
				'auto-lock',
				'auto-lock-off',
				'sound',
				'passage',
				'random-passcodes'
			],
			owner: { name: 'Olga', isHere: true },
			mayOwn: true,
			timezoneOffset: OFFSET,
			adminPasscode: '7654321',
			passage: null,
			said: null,
			maybeResetAt: null,
			counts: { ekeys: 1, passcodes: 0, waiting: 0 }
		});
		const passcode = { origin: 'custom', name: 'Cleaner', code: '846201' };
		await porch.ask(porch.owner, 'POST', '/passcodes', passcode);
		expect((await detail()).counts).toEqual({ ekeys: 1, passcodes: 1, waiting: 1 });
		const list = JSON.stringify((await porch.owner.ask('GET', '/api/door-locks')).body);
		for (const secret of ['7654321', '846201']) expect(list).not.toContain(secret);
	});

	test('who only opens it sees none of that; who sees it not at all finds nothing', async () => {
		const calls = [
			['GET', ''],
			['PATCH', '', { name: 'Mine' }],
			['DELETE', ''],
			['POST', '/owner', { userId: await idOf(porch.mia) }],
			['GET', '/records'],
			['GET', '/ekeys'],
			['GET', '/passcodes']
		] as const;
		for (const [method, path, body] of calls)
			expect((await porch.ask(porch.mia, method, path, body)).status, path).toBe(404);
		await porch.give(porch.mia);
		for (const [method, path, body] of calls)
			expect((await porch.ask(porch.mia, method, path, body)).status, path).toBe(403);
		await porch.give(porch.mia, { key_right: 1 });
		for (const [method, path, body] of calls) {
			const owners = path === '/owner' || method === 'DELETE';
			expect((await porch.ask(porch.mia, method, path, body)).status, path).toBe(
				owners ? 403 : 200
			);
		}
		expect((await detail(porch.mia)).mayOwn).toBe(false);
	});

	test('it is named, and forgotten', async () => {
		const named = await porch.ask(porch.owner, 'PATCH', '', { name: ' Side door ' });
		expect(named.body.door.name).toBe('Side door');
		expect((await porch.ask(porch.owner, 'PATCH', '', { name: ' ' })).status).toBe(400);
		expect((await porch.ask(porch.owner, 'DELETE', '')).body).toEqual({});
		expect((await porch.ask(porch.owner, 'GET', '')).status).toBe(404);
		expect(porch.air.saved.flash.settingMode).toBe(false);
	});

	test('a lock whose owner has left is kept by managers, given away, and forgotten', async () => {
		const bob = await porch.join('admin');
		const { db } = porch.app.server;
		await db.deleteFrom('door_lock').execute();
		const body = { lockData: porch.lockData, name: 'Front door' };
		porch.id = (await bob.ask('POST', '/api/door-locks', { body })).body.id;
		const bobs = await idOf(bob);
		expect((await porch.owner.ask('DELETE', `/api/people/${bobs}`)).status).toBe(200);
		expect(await detail(admin)).toMatchObject({
			owner: { userId: null, isHere: false },
			mayOwn: true
		});
		expect((await porch.carry(admin, 'set-clock')).answer.body.result).toBe('success');
		const give = (userId: string) => porch.ask(admin, 'POST', '/owner', { userId });
		expect((await give(bobs)).status).toBe(404);
		await porch.give(porch.mia);
		const mias = await idOf(porch.mia);
		expect((await give(mias)).status).toBe(200);
		expect((await give(mias)).status).toBe(409);
		expect(await detail(porch.mia)).toMatchObject({
			owner: { name: 'Mia', userId: mias, isHere: true },
			mayOwn: true,
			counts: { ekeys: 1 }
		});
		expect((await porch.carry(porch.mia, 'unlock')).answer.body.result).toBe('success');
		expect((await porch.ask(admin, 'DELETE', '')).status).toBe(200);
		const deeds = await db
			.selectFrom('audit')
			.select('deed')
			.where('actor', '=', await idOf(admin))
			.where('deed', 'like', 'door-lock.%')
			.execute();
		expect(deeds.map(({ deed }) => deed).sort()).toEqual([
			'door-lock.change',
			'door-lock.delete',
			'door-lock.transfer'
		]);
	});

	test('its records, newest first, page by page, with names and without digits', async () => {
		const random = { origin: 'random', kind: 'permanent', name: 'Guest', startDate: porch.air.utc };
		const { code } = (await porch.ask(porch.owner, 'POST', '/passcodes', random)).body.passcode;
		await porch.give(porch.mia);
		await porch.carry(porch.mia, 'unlock');
		porch.air.wait(20_000);
		porch.air.type(code);
		porch.air.wait(20_000);
		porch.air.type('1111');
		vi.setSystemTime(porch.air.utc);
		await porch.carry(porch.owner, 'log');
		const page = async (query: string) => {
			const { body } = await porch.ask(porch.owner, 'GET', `/records${query}`);
			expect(DoorRecordsReply.parse(body)).toEqual(body);
			return body as DoorRecordsReply;
		};
		const { records, next } = await page('');
		expect(next).toBeNull();
		expect(
			records.map(({ deed, who, passcode, success }) => [deed, who, passcode, success])
		).toEqual([
			['wrong-passcode', null, null, false],
			['auto-locked', null, null, true],
			['unlocked-by-passcode', null, 'Guest', true],
			['auto-locked', null, null, true],
			['unlocked', 'Mia', null, true]
		]);
		expect(JSON.stringify(records)).not.toContain(code);
		const seen = [];
		for (let before = ''; ;) {
			const some = await page(`?limit=2${before}`);
			seen.push(...some.records);
			if (some.next === null) break;
			before = `&before=${some.next}`;
		}
		expect(seen).toEqual(records);
		expect((await porch.ask(porch.owner, 'GET', '/records?before=x')).status).toBe(400);
	});
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import {
	ChangeEkeyReply,
	DeleteEkeyReply,
	EkeysReply,
	SendEkeyReply
} from '../../../src/lib/api/app/ekeys.ts';
import { addAccount } from '../../../src/lib/server/sifely/accounts.ts';
import { HOUR } from '../../pair/ttlock/air.ts';
import { databases } from '../../setup/databases.ts';
import type { Browser } from '../app.ts';
import { Porch } from './porch.ts';

const DAY = 24 * HOUR;
const ALWAYS = { startDate: 0, endDate: 0, recurrence: null };

describe.each(databases)('eKeys from our own pages, on $name', ({ create }) => {
	let porch: Porch;
	let admin: Browser;
	beforeAll(async () => {
		porch = await Porch.open(create);
		admin = await porch.join('admin');
	});
	beforeEach(() => porch.pair());
	afterEach(() => vi.useRealTimers());
	afterAll(() => porch.app.close());

	const list = async (by = porch.owner) =>
		EkeysReply.parse((await porch.ask(by, 'GET', '/ekeys')).body).ekeys;
	const idOf = async (person: Browser): Promise<string> => (await person.me()).user.id;
	async function send(body: object, by = porch.owner) {
		const answer = await porch.ask(by, 'POST', '/ekeys', { name: 'key', period: ALWAYS, ...body });
		if (answer.status === 200) expect(SendEkeyReply.parse(answer.body)).toEqual(answer.body);
		return answer;
	}
	const sendMia = async (more: object = {}, by = porch.owner) =>
		(await send({ to: { userId: await idOf(porch.mia) }, ...more }, by)).body.ekey;
	async function change(id: number, body: object, by = porch.owner) {
		const answer = await porch.ask(by, 'PATCH', `/ekeys/${id}`, body);
		if (answer.status === 200) expect(ChangeEkeyReply.parse(answer.body)).toEqual(answer.body);
		return answer;
	}
	const unlock = async (by: Browser) => (await porch.carry(by, 'unlock')).answer;

	test('a person of the company opens with it; frozen, thawed and deleted it is as said', async () => {
		const { id } = await sendMia({ name: 'For Mia' });
		expect(await list()).toMatchObject([
			{ kind: 'admin', manages: true, sender: null, holder: { name: 'Olga' } },
			{ id, kind: 'common', name: 'For Mia', opens: 'now', sender: 'Olga', holder: { name: 'Mia' } }
		]);
		expect((await unlock(porch.mia)).body.result).toBe('success');
		const frozen = (await change(id, { state: 'frozen' })).body;
		const week = { offlineUntil: expect.any(Number), leftHasp: false };
		expect(frozen).toMatchObject({ ekey: { state: 'frozen', opens: 'frozen' }, end: week });
		expect(Math.abs(frozen.end.offlineUntil - Date.now() - 7 * DAY)).toBeLessThan(HOUR);
		expect((await unlock(porch.mia)).body.error.code).toBe('not-now');
		expect((await change(id, { state: 'normal' })).body.end).toBeNull();
		expect((await unlock(porch.mia)).body.result).toBe('success');
		const gone = (await porch.ask(porch.owner, 'DELETE', `/ekeys/${id}`)).body;
		expect(DeleteEkeyReply.parse(gone)).toEqual(gone);
		expect((await unlock(porch.mia)).body.error.code).toBe('not-found');
		expect((await porch.ask(porch.owner, 'DELETE', `/ekeys/${id}`)).status).toBe(404);
	});

	test('a window that ends earlier than the lease ends it; an app of others keeps what it has', async () => {
		const endDate = porch.air.utc + HOUR;
		const { id } = await sendMia({ period: { ...ALWAYS, startDate: porch.air.utc, endDate } });
		const password = { body: { password: 'another long password' } };
		await porch.mia.ask('PUT', '/api/sifely-account', password);
		const { end } = (await porch.ask(porch.owner, 'DELETE', `/ekeys/${id}`)).body;
		expect(end).toEqual({ offlineUntil: endDate, leftHasp: true });
	});

	test.each([
		['for one opening', { startDate: 0, endDate: 1, recurrence: null }],
		['timed', { startDate: 5 * DAY, endDate: 90_000 * DAY, recurrence: null }],
		[
			'on days of the week',
			{
				startDate: 9 * HOUR,
				endDate: 17 * HOUR,
				recurrence: { weekDays: [1, 7], startDay: 0, endDay: 0 }
			}
		]
	])('%s, as it was sent, and as it is changed', async (_, period) => {
		const { id } = await sendMia({ period });
		expect((await list())[1]).toMatchObject(period);
		const changed = await change(id, { period: ALWAYS });
		expect(changed.body.ekey).toMatchObject(ALWAYS);
		expect((await change(id, { period })).body.ekey).toMatchObject(period);
	});

	test.each([
		['ends before it begins', { startDate: 9, endDate: 5, recurrence: null }],
		[
			'has no hours',
			{ startDate: 9, endDate: 9, recurrence: { weekDays: [1], startDay: 0, endDay: 0 } }
		]
	])('a period that %s is refused', async (_, period) => {
		expect((await send({ to: { username: 'mia@example.com' }, period })).body.error.code).toBe(
			'bad-input'
		);
	});

	test('to a name that has an account; to nobody, to oneself and to the owner not', async () => {
		const { id: company_id } = (await porch.owner.me()).company;
		await addAccount(porch.app.server.db, {
			company_id,
			app_id: null,
			username: 'abcd_jack',
			password_hash: 'x',
			origin: 'registered',
			must_change: 0,
			user_id: null
		});
		expect((await send({ to: { username: 'abcd_jack' } })).body.ekey.holder).toEqual({
			name: 'abcd_jack',
			username: 'abcd_jack',
			userId: null
		});
		expect((await send({ to: { username: 'nobody@example.com' } })).status).toBe(409);
		expect((await send({ to: { userId: 'nobody' } })).status).toBe(404);
		expect((await send({ to: { userId: await idOf(porch.owner) } })).status).toBe(409);
		expect((await send({ to: { userId: await idOf(porch.owner) } }, admin)).status).toBe(409);
	});

	test('who was made to manage it does, and makes nobody else manage it', async () => {
		const { id } = await sendMia({ manages: true });
		const bob = await porch.join('member');
		const to = { userId: await idOf(bob) };
		expect((await send({ to }, porch.mia)).status).toBe(200);
		expect((await send({ to, manages: true }, porch.mia)).status).toBe(403);
		expect((await change(id, { name: 'mine' }, porch.mia)).status).toBe(403);
		expect((await change(id, { manages: false })).body.ekey.manages).toBe(false);
		expect((await porch.ask(porch.mia, 'GET', '/ekeys')).status).toBe(403);
		expect((await porch.ask(bob, 'GET', '/ekeys')).status).toBe(403);
	});

	test('a manager of the company does what its owner may; the owner’s eKey stays', async () => {
		const { id } = await sendMia({ manages: true }, admin);
		expect((await change(id, { manages: false }, admin)).status).toBe(200);
		const [own] = await list(admin);
		for (const by of [admin, porch.owner]) {
			expect((await change(own!.id, { state: 'frozen' }, by)).status).toBe(403);
			expect((await porch.ask(by, 'DELETE', `/ekeys/${own!.id}`)).status).toBe(404);
		}
		expect((await porch.ask(admin, 'DELETE', `/ekeys/${id}`)).status).toBe(200);
		const deeds = await porch.app.server.db
			.selectFrom('audit')
			.select(['deed'])
			.where('actor', '=', await idOf(admin))
			.execute();
		expect(deeds.map(({ deed }) => deed)).toEqual(
			expect.arrayContaining(['ekey.send', 'ekey.change', 'ekey.delete'])
		);
	});

	test('an eKey of another lock is not here', async () => {
		const { id } = await sendMia();
		const other = porch.id;
		await porch.app.server.db
			.updateTable('door_lock')
			.set({ mac: 'C4:54:12:32:3B:D9' })
			.where('id', '=', other)
			.execute();
		const body = { lockData: porch.lockData, name: 'Back door' };
		porch.id = (await porch.owner.ask('POST', '/api/door-locks', { body })).body.id;
		expect((await change(id, { name: 'x' })).status).toBe(404);
		expect((await porch.ask(porch.owner, 'DELETE', `/ekeys/${id}`)).status).toBe(404);
	});
});

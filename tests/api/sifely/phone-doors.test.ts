import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { EkeysReply } from '../../../src/lib/api/app/ekeys.ts';
import {
	PHONE_DOORS,
	type DoorContactReply,
	type OfflineTurn
} from '../../../src/lib/api/app/phone-doors.ts';
import { fromHex, toHex, type Bytes } from '../../../src/lib/protocol/bytes.ts';
import { ekeyStep } from '../../../src/lib/protocol/ttlock/ekey.ts';
import { openLockData, sealLockData } from '../../../src/lib/server/sifely/lock-data.ts';
import { HOUR } from '../../pair/ttlock/air.ts';
import { databases } from '../../setup/databases.ts';
import type { Answer, Browser } from '../app.ts';
import { Porch } from './porch.ts';

const DAY = 24 * HOUR;

describe.each(databases)('eKeys on a phone without network on $name', ({ create }) => {
	let porch: Porch;
	beforeAll(async () => {
		porch = await Porch.open(create);
	});
	beforeEach(() => porch.pair());
	afterEach(() => vi.useRealTimers());
	afterAll(() => porch.app.close());

	const none = { has: [], wiped: [] };
	async function contact(by: Browser, doors: object = {}): Promise<DoorContactReply> {
		const body = {
			phone: { id: 'phone-of-one', name: 'Pixel 9' },
			persisted: true,
			has: [],
			wiped: [],
			doors: { ...none, ...doors }
		};
		const { body: reply } = await by.ask('POST', '/api/offline/contact', { body });
		return reply.doors as DoorContactReply;
	}

	async function tell(by: Browser, turn: object, from = by): Promise<Answer> {
		const { user, company } = (await from.ask('GET', '/api/me')).body;
		const sender = { company: company.id, person: user.id };
		return by.ask('POST', '/api/offline/turns', { body: { turns: [turn], sender } });
	}

	/** As the phone has it: its own key, the lock, and nobody else. */
	function turn(
		{ keys: [key] }: DoorContactReply,
		action: 'unlock' | 'lock',
		id = 'turn-0001'
	): OfflineTurn {
		const { value, ...period } = key!;
		const at = Math.floor(porch.air.utc / 1000);
		const answers: Bytes[] = [];
		for (;;) {
			const step = ekeyStep({ ...period, ...value! }, { at, action, answers });
			if ('result' in step) break;
			const { frame, opens } = step;
			const heard: string[] = [];
			const written = { commands: [toHex(frame!)], opensAt: opens ? 0 : null };
			porch.write(written, heard);
			answers.push(...heard.map((hex) => fromHex(hex)));
		}
		return { id, door: porch.id, action, at, answers: answers.map((one) => toHex(one)) };
	}

	test('a holder’s key comes once, with its end; what is named is not sent again', async () => {
		const uid = await porch.give(porch.mia);
		const { keys } = await contact(porch.mia);
		expect(keys).toMatchObject([{ door: porch.id, value: { uid }, recurrence: null }]);
		const { door, ekey, mark, readyUntil, endDate } = keys[0]!;
		expect(readyUntil).toBe(Math.min(endDate || Infinity, porch.air.utc + 7 * DAY));
		const again = await contact(porch.mia, { has: [{ door, ekey, mark }] });
		expect(again.keys).toMatchObject([{ door, ekey, mark }]);
		expect(again.keys[0]).not.toHaveProperty('value');
	});

	test('a manager’s holds always, one without an eKey has none', async () => {
		const { keys } = await contact(porch.owner);
		expect(keys).toMatchObject([{ startDate: 0, endDate: 0, readyUntil: porch.air.utc + 7 * DAY }]);
		expect(JSON.stringify(keys)).not.toContain('adminPwd');
		expect((await contact(porch.mia)).keys).toEqual([]);
	});

	test('what it opened is a record once, however often it is told, and also by the log', async () => {
		const uid = await porch.give(porch.mia);
		const key = await contact(porch.mia);
		const opened = turn(key, 'unlock');
		expect(porch.bolt).toBe('unlocked');
		for (let times = 0; times < 2; times++)
			expect((await tell(porch.mia, opened)).body).toEqual({ heard: [opened.id] });
		// As the former version of the app told it.
		expect((await contact(porch.mia, { turns: [opened] })).heard).toEqual([opened.id]);
		await porch.carry(porch.mia, 'log');
		expect(await porch.records()).toMatchObject([{ uid, username: 'mia@example.com' }]);
		const { db } = porch.app.server;
		const audit = await db
			.selectFrom('audit')
			.select('detail')
			.where('deed', '=', 'door-lock.open')
			.execute();
		const told = audit.map(({ detail }) => JSON.parse(detail)).filter(({ turn }) => turn);
		expect(told).toMatchObject([{ lockId: porch.id, offline: true, proven: true }]);
	});

	test('one that was frozen or taken away is given no more', async () => {
		await porch.give(porch.mia);
		expect((await contact(porch.mia)).keys).toHaveLength(1);
		const { db } = porch.app.server;
		await db.updateTable('ekey').set({ state: 'frozen' }).where('kind', '=', 'common').execute();
		expect((await contact(porch.mia)).keys).toEqual([]);
		await db.updateTable('ekey').set({ state: 'deleted' }).where('kind', '=', 'common').execute();
		expect((await contact(porch.mia)).keys).toEqual([]);
	});

	test('one for one opening is used up by a turn without an answer too', async () => {
		await porch.give(porch.mia);
		const { db } = porch.app.server;
		const once = { start_date: 0, end_date: 1, recurrence: null };
		await db.updateTable('ekey').set(once).where('kind', '=', 'common').execute();
		const opened = turn(await contact(porch.mia), 'unlock');
		const lost = { ...opened, answers: opened.answers.slice(0, 1) };
		await tell(porch.mia, lost);
		expect((await contact(porch.mia)).keys).toEqual([]);
		expect(await porch.records()).toEqual([]);
		const { doors } = (await porch.mia.ask('GET', '/api/door-locks')).body;
		expect(doors).toMatchObject([{ opens: 'used' }]);
	});

	test('a turn at a lock of nobody here is let go of', async () => {
		const turn = { id: 'turn-0002', door: 99_999, action: 'unlock', at: 1, answers: [] };
		expect((await tell(porch.mia, turn)).body).toEqual({ heard: ['turn-0002'] });
	});

	test('the owner of another company writes nothing of it', async () => {
		const stranger = await porch.app.stranger();
		const turn = { id: 'turn-0004', door: porch.id, action: 'unlock', at: 1, answers: [] };
		expect((await tell(stranger, turn)).body).toEqual({ heard: ['turn-0004'] });
		expect(await deeds('door-lock.open')).toEqual([]);
	});

	test('a turn of somebody who was signed in before is not taken for one of who is now', async () => {
		await porch.give(porch.mia);
		const opened = turn(await contact(porch.mia), 'unlock');
		const { status, body } = await tell(porch.owner, opened, porch.mia);
		expect([status, body.error.code]).toEqual([409, 'conflict']);
		expect(await deeds('door-lock.open')).toEqual([]);
		expect((await tell(porch.mia, opened)).body).toEqual({ heard: [opened.id] });
	});

	async function deeds(deed: 'door-lock.open' | 'ekey.wiped'): Promise<Record<string, unknown>[]> {
		const { db } = porch.app.server;
		const rows = await db.selectFrom('audit').select('detail').where('deed', '=', deed).execute();
		return rows
			.map(({ detail }) => JSON.parse(detail) as Record<string, unknown>)
			.filter(({ lockId }) => lockId === porch.id);
	}

	test('what was deleted is written down once, of eKeys that this person had', async () => {
		const mark = 'aaaaaaaa';
		const named = { door: porch.id, ekey: 77, mark };
		const other = await porch.join('member');
		await porch.give(other);
		const foreign = [named, { ...named, ekey: 0 }, { ...named, door: 5 }];
		await contact(porch.mia, { wiped: foreign });
		expect(await deeds('ekey.wiped')).toEqual([]);
		await porch.give(porch.mia, { state: 'deleted' });
		for (let times = 0; times < 2; times++)
			await contact(porch.mia, { wiped: [...foreign, named] });
		expect(await deeds('ekey.wiped')).toMatchObject([{ keyId: 77, phone: 'phone-of-one' }]);
		await contact(porch.owner, { wiped: [{ ...named, ekey: 0 }] });
		expect(await deeds('ekey.wiped')).toHaveLength(2);
	});

	test('a turn is written down once by its id, and of nobody who never had an eKey', async () => {
		const at = Math.floor(porch.air.utc / 1000);
		const tried = { id: 'turn_0003', door: porch.id, action: 'unlock', at, answers: [] };
		const { heard } = (await tell(porch.mia, tried)).body;
		expect([heard, await deeds('door-lock.open')]).toEqual([['turn_0003'], []]);
		await porch.give(porch.mia, { state: 'deleted' });
		for (const more of [0, 1]) await tell(porch.mia, { ...tried, at: at - more });
		expect(await deeds('door-lock.open')).toHaveLength(1);
		// Not taken for the same by the letter that stands for any other.
		await tell(porch.mia, { ...tried, id: 'turn-0003' });
		await tell(porch.mia, tried);
		expect(await deeds('door-lock.open')).toHaveLength(2);
	});

	test('each of what a phone tells counts as a change', async () => {
		const { changes } = porch.app.server.budgets;
		const spend = vi.spyOn(changes, 'spend');
		const wiped = [1, 2, 3].map((ekey) => ({ door: porch.id, ekey, mark: 'aaaaaaaa' }));
		await contact(porch.mia, { wiped });
		expect(spend.mock.calls.map(([, amount]) => amount)).toEqual([4]);
		spend.mockRestore();
	});

	test('one that begins later is given a day before, not earlier', async () => {
		const { utc } = porch.air;
		const end_date = utc + 30 * DAY;
		await porch.give(porch.mia, { start_date: utc + DAY + HOUR, end_date });
		expect((await contact(porch.mia)).keys).toEqual([]);
		await porch.give(porch.mia, { start_date: utc + DAY - HOUR, end_date });
		expect((await contact(porch.mia)).keys).toHaveLength(1);
		const weekly = (startDay: number) =>
			porch.give(porch.mia, {
				recurrence: JSON.stringify({ weekDays: [1, 4], startDay, endDay: 0 }),
				start_date: utc + DAY + HOUR,
				end_date: utc + DAY + 2 * HOUR
			});
		await weekly(utc + 2 * DAY);
		expect((await contact(porch.mia)).keys).toEqual([]);
		await weekly(utc - DAY);
		expect((await contact(porch.mia)).keys).toHaveLength(1);
	});

	test('a turn of the future is one of now', async () => {
		await porch.give(porch.mia, { start_date: 0, end_date: 1 });
		const at = 8_640_000_000_000;
		const tried = { id: 'turn-0005', door: porch.id, action: 'unlock', at, answers: [] };
		expect((await tell(porch.mia, tried)).body).toEqual({ heard: ['turn-0005'] });
		const { body } = await porch.ask(porch.owner, 'GET', '/ekeys');
		expect(EkeysReply.parse(body)).toEqual(body);
		const usedAt = Math.floor(porch.air.utc / 1000) * 1000;
		expect(body.ekeys).toEqual(expect.arrayContaining([expect.objectContaining({ usedAt })]));
	});

	test('a phone is given no more than it can name', async () => {
		const { db, secret } = porch.app.server;
		const lock = await db.selectFrom('door_lock').selectAll().executeTakeFirstOrThrow();
		const data = openLockData(secret, lock);
		const more = Array.from({ length: PHONE_DOORS }, (_, i) => {
			const id = lock.id + 1 + i;
			return { ...lock, id, mac: `mac ${i}`, lock_data: sealLockData(secret, id, data) };
		});
		await db.insertInto('door_lock').values(more).execute();
		const { keys } = await contact(porch.owner);
		expect(keys).toHaveLength(PHONE_DOORS);
		const has = keys.map(({ door, ekey, mark }) => ({ door, ekey, mark }));
		expect((await contact(porch.owner, { has })).keys).toHaveLength(PHONE_DOORS);
	});
});

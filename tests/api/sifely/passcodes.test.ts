import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fromHex } from '../../../src/lib/protocol/bytes.ts';
import { localOf } from '../../../src/lib/protocol/ttlock/dates.ts';
import {
	randomPasscodeKey,
	readRandomPasscode
} from '../../../src/lib/protocol/ttlock/random-passcodes.ts';
import { databases } from '../../setup/databases.ts';
import { DAY, HOUR, OFFSET, SifelyDesk, type Account, type Door, type Params } from './desk.ts';

/** A Saturday, 08:20 on the lock's clock. */
const SATURDAY = Date.UTC(2026, 10, 28, 8, 20) - OFFSET;
/** For each type a window that it has: its first day is a Saturday, so `workday` and others wait. */
const TYPES: readonly [number, string, number | undefined][] = [
	[1, 'once', undefined],
	[2, 'permanent', undefined],
	[3, 'period', SATURDAY + 3 * DAY],
	[4, 'delete', undefined],
	...[
		'weekend',
		'daily',
		'workday',
		'monday',
		'tuesday',
		'wednesday',
		'thursday',
		'friday',
		'saturday',
		'sunday'
	].map((name, at): [number, string, number] => [5 + at, name, SATURDAY + 9 * HOUR])
];

describe.each(databases)('passcodes of the open API on $name', ({ create }) => {
	let desk: SifelyDesk;
	let owner: Account;
	let guest: Account;
	let door: Door;
	beforeAll(async () => {
		desk = await SifelyDesk.open(create);
		owner = await desk.account();
		guest = await desk.account();
	});
	beforeEach(async () => {
		door = await desk.door(owner);
	});
	afterAll(() => desk.close());

	const get = (params: Params) =>
		desk.done(owner, 'v3/keyboardPwd/get', { lockId: door.lockId, ...params });
	const readAt = (code: string, at: number) =>
		readRandomPasscode(
			randomPasscodeKey(fromHex(door.data.pwdInfo!, 61)),
			code,
			localOf(at, OFFSET)
		);
	const list = async (params: Params = {}) =>
		(await desk.done(owner, 'v3/lock/listKeyboardPwd', { lockId: door.lockId, ...params })).list;
	const add = (params: Params) =>
		desk.done(owner, 'v3/keyboardPwd/add', { lockId: door.lockId, ...params });
	const use = (code: string) =>
		desk.done(owner, 'v3/lockRecord/upload', {
			lockId: door.lockId,
			records: JSON.stringify([{ recordType: 4, operateDate: Date.now(), password: code }])
		});

	test.each(TYPES)('type %i, %s: the lock reads it as what was meant', async (type, name, end) => {
		const wish = {
			keyboardPwdType: type,
			startDate: SATURDAY,
			endDate: end,
			keyboardPwdVersion: 4
		};
		const { keyboardPwd, keyboardPwdId } = await get({ ...wish, keyboardPwdName: 'test' });
		expect(keyboardPwd).toMatch(/^\d{6,9}$/);
		expect(readAt(keyboardPwd, SATURDAY)).toMatchObject({ type: name });
		expect(await list()).toEqual([
			expect.objectContaining({
				keyboardPwdId,
				keyboardPwd,
				keyboardPwdType: type,
				keyboardPwdName: 'test',
				isCustom: 0,
				senderUsername: owner.username,
				startDate: SATURDAY - 20 * 60_000,
				endDate: end === undefined ? 0 : end - 20 * 60_000
			})
		]);
	});

	test('minutes and seconds are dropped: 19:20 acts as 19:00', async () => {
		const one = await get({ keyboardPwdType: 3, startDate: SATURDAY, endDate: SATURDAY + DAY });
		const earlier = SATURDAY - 20 * 60_000;
		const wish = { keyboardPwdType: 3, startDate: earlier, endDate: earlier + DAY };
		expect(await get(wish)).toEqual(one);
	});

	test('over a year only whole months', async () => {
		const startDate = Date.UTC(2020, 9, 18) - OFFSET;
		const wish = (endDate: number) => ({
			keyboardPwdType: 3,
			startDate,
			endDate: endDate - OFFSET
		});
		const good = await get(wish(Date.UTC(2022, 9, 18)));
		expect(readAt(good.keyboardPwd, startDate)).toMatchObject({ type: 'period' });
		for (const end of [Date.UTC(2022, 9, 19), Date.UTC(2022, 9, 18, 1), Date.UTC(2031, 9, 18)]) {
			const params = { lockId: door.lockId, ...wish(end) };
			await desk.refused(owner, 'bad-parameter', 'v3/keyboardPwd/get', params);
		}
	});

	test.each([
		['without an end', { keyboardPwdType: 3, startDate: SATURDAY }],
		['an end before the start', { keyboardPwdType: 3, startDate: SATURDAY, endDate: 5 }],
		[
			'a cyclic one of two days',
			{ keyboardPwdType: 6, startDate: SATURDAY, endDate: SATURDAY + DAY }
		],
		['a type that is none', { keyboardPwdType: 15, startDate: SATURDAY }],
		['without a start', { keyboardPwdType: 1 }]
	])('refused: %s', async (_, params) => {
		const wish = { lockId: door.lockId, ...params };
		await desk.refused(owner, 'bad-parameter', 'v3/keyboardPwd/get', wish);
	});

	test('refused: another version, a lock without data, who is no administrator', async () => {
		const wish = { keyboardPwdType: 1, startDate: SATURDAY };
		const version = { lockId: door.lockId, ...wish, keyboardPwdVersion: 3 };
		await desk.refused(owner, 'bad-passcode-version', 'v3/keyboardPwd/get', version);
		const bare = await desk.door(owner, { pwdInfo: null });
		const without = { lockId: bare.lockId, ...wish };
		await desk.refused(owner, 'no-passcode-data', 'v3/keyboardPwd/get', without);
		await desk.send(owner, door, guest);
		for (const path of ['v3/keyboardPwd/get', 'v3/lock/listKeyboardPwd'] as const)
			await desk.refused(guest, 'not-permitted', path, { lockId: door.lockId, ...wish });
		const absent = { lockId: 2_000_000_000, ...wish };
		await desk.refused(owner, 'no-lock', 'v3/keyboardPwd/get', absent);
	});

	test('20 permanent ones of one start, all different, however many ask at once', async () => {
		const wish = { lockId: door.lockId, keyboardPwdType: 2, startDate: SATURDAY };
		const answers = await Promise.all(
			Array.from({ length: 30 }, () => desk.call(owner, 'v3/keyboardPwd/get', wish))
		);
		const codes = answers.flatMap(({ keyboardPwd }) => keyboardPwd ?? []);
		expect([codes.length, new Set(codes).size]).toEqual([20, 20]);
		expect(answers.filter(({ errcode }) => errcode === 1)).toHaveLength(10);
		// The next hour has its own, and a deleted one is not given out again.
		const [{ keyboardPwdId }] = await list();
		await desk.done(owner, 'v3/keyboardPwd/delete', { lockId: door.lockId, keyboardPwdId });
		await desk.refused(owner, 'failed', 'v3/keyboardPwd/get', wish);
		expect(codes).not.toContain((await get({ ...wish, startDate: SATURDAY + HOUR })).keyboardPwd);
	});

	test('200 one-time ones of one start, and no more', async () => {
		const wish = { lockId: door.lockId, keyboardPwdType: 1, startDate: SATURDAY };
		const { keyboardPwdId } = await get(wish);
		const { db } = desk.app.server;
		// As if 190 had been given out: the one that was is the last of them.
		const last = db.updateTable('passcode').set({ number: 189 }).where('id', '=', keyboardPwdId);
		await last.execute();
		const answers = await Promise.all(
			Array.from({ length: 15 }, () => desk.call(owner, 'v3/keyboardPwd/get', wish))
		);
		const codes = answers.flatMap(({ keyboardPwd }) => keyboardPwd ?? []);
		expect([codes.length, new Set(codes).size]).toEqual([10, 10]);
		expect(codes.map((code: string) => readAt(code, SATURDAY)?.index).sort()).toEqual(
			Array.from({ length: 10 }, (_, i) => 190 + i)
		);
		await desk.refused(owner, 'failed', 'v3/keyboardPwd/get', wish);
	});

	test('a period has one code: the same when asked again, none when it was deleted', async () => {
		const wish = { keyboardPwdType: 3, startDate: SATURDAY, endDate: SATURDAY + DAY };
		const asked = await Promise.all(Array.from({ length: 6 }, () => get(wish)));
		expect(new Set(asked.map(({ keyboardPwdId }) => keyboardPwdId)).size).toBe(1);
		const code = { lockId: door.lockId, keyboardPwd: asked[0].keyboardPwd };
		await desk.done(owner, 'v3/keyboardPwd/deleteByCode', code);
		const again = { lockId: door.lockId, ...wish };
		await desk.refused(owner, 'code-was-deleted', 'v3/keyboardPwd/get', again);
		expect(await list()).toEqual([]);
	});

	test('custom: kept sealed, listed, found, deleted by id and by digits', async () => {
		const wish = { startDate: 5, endDate: Date.now() + DAY, addType: 1 };
		const one = await add({ keyboardPwd: '0563', keyboardPwdName: 'Cleaner', ...wish });
		const two = await add({ keyboardPwd: '735519', keyboardPwdType: 2 });
		const rows = await desk.app.server.db.selectFrom('passcode').selectAll().execute();
		expect(JSON.stringify(rows)).not.toContain('735519');
		expect(await list({ searchStr: 'clean' })).toEqual([
			{
				keyboardPwdId: one.keyboardPwdId,
				lockId: door.lockId,
				keyboardPwd: '0563',
				keyboardPwdName: 'Cleaner',
				keyboardPwdType: 3,
				startDate: 5,
				endDate: wish.endDate,
				sendDate: expect.any(Number),
				isCustom: 1,
				senderUsername: owner.username,
				status: 1
			}
		]);
		expect(await list({ searchStr: '735519' })).toHaveLength(1);
		expect(await list({ searchStr: '7355' })).toEqual([]);
		expect(await list({ orderBy: 2, pageSize: 1 })).toMatchObject([{ keyboardPwdName: 'Cleaner' }]);
		const byId = { lockId: door.lockId, keyboardPwdId: one.keyboardPwdId };
		await desk.refused(owner, 'no-gateway', 'v3/keyboardPwd/delete', { ...byId, deleteType: 2 });
		await desk.done(owner, 'v3/keyboardPwd/delete', byId);
		await desk.refused(owner, 'no-passcode', 'v3/keyboardPwd/delete', byId);
		const byCode = { lockId: door.lockId, keyboardPwd: '735519' };
		await desk.done(owner, 'v3/keyboardPwd/deleteByCode', byCode);
		await desk.refused(owner, 'no-passcode', 'v3/keyboardPwd/deleteByCode', byCode);
		const elsewhere = { ...byId, lockId: (await desk.door(owner)).lockId };
		await desk.refused(owner, 'no-passcode', 'v3/keyboardPwd/delete', {
			...elsewhere,
			keyboardPwdId: two.keyboardPwdId
		});
		expect((await add({ keyboardPwd: '0563', ...wish })).keyboardPwdId).not.toBe(one.keyboardPwdId);
	});

	test.each([
		['too short', '123', 'bad-code-length'],
		['too long', '1234567890', 'bad-code-length'],
		['letters', '12ab', 'bad-code-length'],
		['one digit', '5555', 'too-simple'],
		['upwards', '23456', 'too-simple'],
		['downwards', '9876', 'too-simple'],
		['the administrators’', '1357924', 'same-code']
	] as const)('custom, refused: %s', async (_, keyboardPwd, code) => {
		const wish = { lockId: door.lockId, keyboardPwd, keyboardPwdType: 2 };
		await desk.refused(owner, code, 'v3/keyboardPwd/add', wish);
	});

	test('custom, refused: twice, without its end, by a gateway, when the lock is full', async () => {
		const wish = { lockId: door.lockId, keyboardPwd: '80524', keyboardPwdType: 2 };
		await desk.refused(owner, 'no-gateway', 'v3/keyboardPwd/add', { ...wish, addType: 2 });
		const period = { ...wish, keyboardPwdType: 3, startDate: 5 };
		await desk.refused(owner, 'bad-parameter', 'v3/keyboardPwd/add', period);
		await add(wish);
		await desk.refused(owner, 'same-code', 'v3/keyboardPwd/add', wish);
		const { db } = desk.app.server;
		const [row] = await db
			.selectFrom('passcode')
			.selectAll()
			.where('lock_id', '=', door.lockId)
			.execute();
		const more = Array.from({ length: 249 }, (_, i) => ({
			...row!,
			id: row!.id === i + 1 ? 999 : i + 1,
			code_hash: `h${i}`
		}));
		await db.insertInto('passcode').values(more).execute();
		await desk.refused(owner, 'codes-full', 'v3/keyboardPwd/add', {
			...wish,
			keyboardPwd: '80525'
		});
		await db.deleteFrom('passcode').where('code_hash', 'like', 'h%').execute();
	});

	test('changed: name, digits, period; a random one once the lock has seen it used', async () => {
		const { keyboardPwdId } = await add({ keyboardPwd: '80524', startDate: 5, endDate: 9 });
		const change = (params: Params) => ({ lockId: door.lockId, keyboardPwdId, ...params });
		const path = 'v3/keyboardPwd/change';
		await desk.done(owner, path, change({ keyboardPwdName: 'New', newKeyboardPwd: '80525' }));
		await desk.done(owner, path, change({ endDate: 8 }));
		expect(await list()).toMatchObject([
			{ keyboardPwdName: 'New', keyboardPwd: '80525', startDate: 5, endDate: 9, status: 2 }
		]);
		await desk.done(owner, path, change({ startDate: 6, endDate: 8, changeType: 1 }));
		expect(await list()).toMatchObject([{ startDate: 6, endDate: 8 }]);
		await desk.refused(owner, 'bad-parameter', path, change({ startDate: 8 }));
		await desk.refused(owner, 'same-code', path, change({ newKeyboardPwd: '80525' }));
		await desk.refused(owner, 'too-simple', path, change({ newKeyboardPwd: '4444' }));
		await desk.refused(owner, 'bad-code-length', path, change({ newKeyboardPwd: '444' }));
		await desk.refused(owner, 'no-gateway', path, change({ changeType: 2 }));
		await desk.refused(owner, 'no-passcode', path, change({ keyboardPwdId: 2_000_000_000 }));

		const random = await get({ keyboardPwdType: 3, startDate: SATURDAY, endDate: SATURDAY + DAY });
		const other = (params: Params) => change({ ...params, keyboardPwdId: random.keyboardPwdId });
		await desk.done(owner, path, other({ keyboardPwdName: 'Guest' }));
		await desk.refused(owner, 'never-used', path, other({ newKeyboardPwd: '90817' }));
		await desk.refused(owner, 'never-used', path, other({ startDate: 5, endDate: 9 }));
		await use(random.keyboardPwd);
		await desk.done(owner, path, other({ newKeyboardPwd: '90817' }));
		expect(await list({ searchStr: '90817' })).toMatchObject([{ keyboardPwdName: 'Guest' }]);
	});
});

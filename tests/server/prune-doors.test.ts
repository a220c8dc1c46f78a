import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prune } from '../../src/lib/server/prune.ts';
import { DAY, HOUR, OFFSET, SifelyDesk, type Account, type Door } from '../api/sifely/desk.ts';
import { databases } from '../setup/databases.ts';

describe.each(databases)('deleted eKeys and passcodes on $name', ({ create }) => {
	let desk: SifelyDesk;
	let ann: Account;
	let door: Door;
	/** A full hour. */
	const now = Math.floor(Date.now() / HOUR) * HOUR;
	beforeAll(async () => {
		desk = await SifelyDesk.open(create);
		ann = await desk.account();
		door = await desk.door(ann);
	});
	afterAll(() => desk.close());

	/** Prunes as if these days had gone by. */
	const after = (days: number) => prune(desk.app.server.db, Date.now() + days * DAY);
	const left = async (table: 'ekey' | 'passcode', id: number) => {
		const row = desk.app.server.db.selectFrom(table).select('id').where('id', '=', id);
		return (await row.execute()).length === 1;
	};
	async function random(keyboardPwdType: number, startDate: number, endDate?: number) {
		const wish = { lockId: door.lockId, keyboardPwdType, startDate, endDate };
		return desk.done(ann, 'v3/keyboardPwd/get', wish);
	}
	async function drop(keyboardPwdId: number): Promise<void> {
		await desk.done(ann, 'v3/keyboardPwd/delete', { lockId: door.lockId, keyboardPwdId });
	}

	test('an eKey that was deleted goes after 400 days, and one that lives never', async () => {
		const [bob, eve] = [await desk.account(), await desk.account()];
		const [gone, lives] = [await desk.send(ann, door, bob), await desk.send(ann, door, eve)];
		await desk.done(ann, 'v3/key/delete', { keyId: gone });
		await after(399);
		expect(await left('ekey', gone)).toBe(true);
		await after(401);
		expect([await left('ekey', gone), await left('ekey', lives)]).toEqual([false, true]);
	});

	test('a custom passcode goes likewise', async () => {
		const wish = { lockId: door.lockId, keyboardPwd: '846201', keyboardPwdType: 2 };
		const { keyboardPwdId } = await desk.done(ann, 'v3/keyboardPwd/add', wish);
		await after(800);
		expect(await left('passcode', keyboardPwdId)).toBe(true);
		await drop(keyboardPwdId);
		await after(399);
		expect(await left('passcode', keyboardPwdId)).toBe(true);
		await after(401);
		expect(await left('passcode', keyboardPwdId)).toBe(false);
	});

	test('a random one goes when no lock can take it any more', async () => {
		const once = await random(1, now);
		const period = await random(3, now, now + 90 * DAY);
		const later = await random(1, now + 700 * DAY);
		for (const { keyboardPwdId } of [once, period, later]) await drop(keyboardPwdId);
		const there = async () =>
			Promise.all([once, period, later].map((one) => left('passcode', one.keyboardPwdId)));
		await after(399);
		expect(await there()).toEqual([true, true, true]);
		await after(401);
		expect(await there()).toEqual([false, true, true]);
		await after(491);
		expect(await there()).toEqual([false, false, true]);
		// Of the same start the next one is given out, not the one that somebody has.
		expect((await random(1, now + 700 * DAY)).keyboardPwd).not.toBe(later.keyboardPwd);
		await after(1101);
		expect(await there()).toEqual([false, false, false]);
	});

	test('a permanent one, or one for days of the week, is never given out again', async () => {
		const day = Math.floor((now + OFFSET) / DAY) * DAY - OFFSET;
		const [from, until] = [day + 8 * HOUR, day + 17 * HOUR];
		const permanent = await random(2, now);
		const daily = await random(6, from, until);
		for (const { keyboardPwdId } of [permanent, daily]) await drop(keyboardPwdId);
		await after(5000);
		expect((await random(2, now)).keyboardPwd).not.toBe(permanent.keyboardPwd);
		await desk.refused(ann, 'code-was-deleted', 'v3/keyboardPwd/get', {
			lockId: door.lockId,
			keyboardPwdType: 6,
			startDate: from,
			endDate: until
		});
	});
});

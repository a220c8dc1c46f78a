import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { databases } from '../../setup/databases.ts';
import { SifelyDesk, type Account, type Door, type Params } from './desk.ts';

const AT = Date.UTC(2026, 10, 22, 12);

describe.each(databases)('lock records of the open API on $name', ({ create }) => {
	let desk: SifelyDesk;
	let owner: Account;
	let guest: Account;
	let stranger: Account;
	let door: Door;
	beforeAll(async () => {
		desk = await SifelyDesk.open(create);
		owner = await desk.account();
		guest = await desk.account();
		stranger = await desk.account(desk.theirs);
	});
	beforeEach(async () => {
		door = await desk.door(owner);
	});
	afterAll(() => desk.close());

	const upload = (who: Account, ...records: object[]) =>
		desk.call(who, 'v3/lockRecord/upload', {
			lockId: door.lockId,
			records: JSON.stringify(records)
		});
	const list = async (params: Params = {}) =>
		(await desk.done(owner, 'v3/lockRecord/list', { lockId: door.lockId, ...params })).list;
	const opened = (at: number, uid = guest.uid) => ({
		recordType: 1,
		operateDate: at,
		recordId: Math.floor(at / 1000),
		uid,
		electricQuantity: 80
	});

	test('each once, whoever sends it and however often', async () => {
		await desk.send(owner, door, guest);
		const records = [opened(AT), opened(AT + 1000), { ...opened(AT), electricQuantity: 79 }];
		await Promise.all([
			upload(owner, ...records),
			upload(guest, ...records),
			upload(owner, ...records)
		]);
		expect((await upload(guest, opened(AT))).errcode).toBe(0);
		const rows = await list();
		expect(rows.map(({ lockDate }: { lockDate: number }) => lockDate)).toEqual([AT + 1000, AT]);
		expect(rows[0]).toMatchObject({
			lockId: door.lockId,
			recordTypeFromLock: 1,
			recordType: 1,
			success: 1,
			username: guest.username,
			keyboardPwd: ''
		});
	});

	test('as the open API groups them; codes are kept sealed', async () => {
		await upload(
			owner,
			{ recordType: 4, operateDate: AT, password: '80524' },
			{ recordType: 7, operateDate: AT + 1, password: '80525' },
			{ recordType: 26, operateDate: AT + 2, uid: String(guest.uid) },
			{ recordType: 20, operateDate: AT + 3 },
			{ recordType: 48, operateDate: AT + 4 },
			{ recordType: 1, operateDate: AT + 5, uid: 4_000_000_000 },
			{ recordType: 1, operateDate: AT + 6, uid: stranger.uid }
		);
		const shown = (await list()).reverse();
		expect(
			shown.map((row: Record<string, unknown>) => [
				row['recordType'],
				row['success'],
				row['keyboardPwd'],
				row['username']
			])
		).toEqual([
			[4, 1, '80524', ''],
			[4, 0, '80525', ''],
			[11, 1, '', guest.username],
			[8, 1, '', ''],
			[48, 0, '', ''],
			[1, 1, '', ''],
			[1, 1, '', '']
		]);
		const rows = await desk.app.server.db.selectFrom('door_record').selectAll().execute();
		expect(JSON.stringify(rows)).not.toContain('80524');
	});

	test('found by time, holder, type and name, in pages', async () => {
		await upload(owner, opened(AT), opened(AT + 1000, owner.uid), {
			recordType: 4,
			operateDate: AT + 2000
		});
		expect(await list({ startDate: AT + 1000 })).toHaveLength(2);
		expect(await list({ endDate: AT })).toHaveLength(1);
		expect(await list({ startDate: 0, endDate: 0 })).toHaveLength(3);
		expect(await list({ uid: owner.uid })).toHaveLength(1);
		expect(await list({ recordType: 4 })).toHaveLength(1);
		expect(await list({ recordType: -5 })).toEqual([]);
		expect(await list({ searchStr: guest.username })).toHaveLength(1);
		expect(await list({ pageNo: 2, pageSize: 2 })).toMatchObject([{ lockDate: AT }]);
	});

	test('an eKey for one opening is over when the lock has opened with it', async () => {
		const keyId = await desk.send(owner, door, guest, { endDate: 1 });
		const lockData = async () =>
			(await desk.call(guest, 'v3/key/get', { lockId: door.lockId })).lockData;
		// Before it was sent: an earlier eKey.
		await upload(guest, opened(AT - 10 ** 9));
		expect(await lockData()).not.toBe('');
		await upload(guest, opened(Date.now() + 1000));
		expect(await lockData()).toBe('');
		expect((await desk.call(owner, 'v3/key/delete', { keyId })).errcode).toBe(0);
	});

	test('a holder ends no other’s eKey for one opening, an administrator does', async () => {
		await desk.send(owner, door, guest, { endDate: 1 });
		const other = await desk.account();
		await desk.send(owner, door, other);
		const lockData = async () =>
			(await desk.call(guest, 'v3/key/get', { lockId: door.lockId })).lockData;
		await upload(other, opened(Date.now() + 1000));
		expect(await lockData()).not.toBe('');
		await upload(owner, opened(Date.now() + 2000));
		expect(await lockData()).toBe('');
	});

	test.each(['frozen', 'reset'] as const)('whose eKey is %s tells no more', async (state) => {
		const id = await desk.send(owner, door, guest);
		await desk.app.server.db.updateTable('ekey').set({ state }).where('id', '=', id).execute();
		const { lockId } = door;
		for (const records of [[], [opened(AT)]])
			expect((await upload(guest, ...records)).errcode).toBe(-2018);
		const battery = { lockId, electricQuantity: 5 };
		await desk.refused(guest, 'not-permitted', 'v3/lock/updateElectricQuantity', battery);
		expect(await list()).toEqual([]);
	});

	test('refused: who has no eKey, who is no administrator, what is no record', async () => {
		for (const who of [guest, stranger]) {
			expect((await upload(who, opened(AT))).errcode).toBe(-1003);
			expect((await upload(who)).errcode).toBe(-1003);
		}
		await desk.send(owner, door, guest);
		await desk.refused(guest, 'not-permitted', 'v3/lockRecord/list', { lockId: door.lockId });
		const path = 'v3/lockRecord/upload';
		const { lockId } = door;
		await desk.refused(owner, 'bad-json', path, { lockId, records: 'x' });
		await desk.refused(owner, 'bad-parameter', path, { lockId, records: '{}' });
		for (const wrong of [{}, { ...opened(AT), operateDate: -1 }, { ...opened(AT), uid: 2 ** 33 }])
			expect((await upload(owner, wrong)).errcode).toBe(-3);
		expect((await upload(owner, { ...opened(AT), password: 'a\0' })).errcode).toBe(-3);
		expect((await upload(owner)).errcode).toBe(0);
		expect(await list()).toEqual([]);
	});
});

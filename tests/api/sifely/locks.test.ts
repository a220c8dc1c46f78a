import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeLockData, parseLockData } from '../../../src/lib/protocol/ttlock/grant.ts';
import { databases } from '../../setup/databases.ts';
import { newLockData, OFFSET, SifelyDesk, type Account } from './desk.ts';

describe.each(databases)('door locks of the open API on $name', ({ create }) => {
	let desk: SifelyDesk;
	let owner: Account;
	let guest: Account;
	let stranger: Account;
	beforeAll(async () => {
		desk = await SifelyDesk.open(create);
		owner = await desk.account();
		guest = await desk.account();
		stranger = await desk.account(desk.theirs);
	});
	afterAll(() => desk.close());

	const detail = (who: Account, lockId: number) => desk.call(who, 'v3/lock/detail', { lockId });
	const dataOf = async (who: Account, lockId: number) =>
		parseLockData((await desk.call(who, 'v3/key/get', { lockId })).lockData);

	test('paired, it is its owner’s, with its admin eKey; its keys are sealed', async () => {
		const { lockId, keyId, data } = await desk.door(owner);
		const { list, total } = await desk.done(owner, 'v3/lock/list', { pageNo: 1, pageSize: 1000 });
		expect(total).toBe(1);
		expect(list[0]).toMatchObject({
			lockId,
			lockName: data.lockName,
			lockAlias: 'Front',
			lockMac: data.lockMac,
			electricQuantity: -1,
			featureValue: data.featureValue
		});
		expect(parseLockData(list[0].lockData)).toEqual(data);
		expect(await desk.done(owner, 'v3/lock/detail', { lockId })).toMatchObject({
			lockId,
			noKeyPwd: data.noKeyPwd,
			timezoneRawOffset: OFFSET,
			passageMode: 2
		});
		expect((await desk.call(owner, 'v3/key/get', { lockId })).keyId).toBe(keyId);
		const rows = await desk.app.server.db.selectFrom('door_lock').selectAll().execute();
		for (const secret of [data.aesKeyStr, data.lockKey, data.adminPwd, data.noKeyPwd])
			expect(JSON.stringify(rows)).not.toContain(String(secret));
	});

	test('the same pairing once more is the same lock; paired anew it is another; by others neither', async () => {
		const { lockId, keyId, data } = await desk.door(owner);
		await desk.send(owner, { lockId, keyId, data }, guest);
		const pair = (who: Account, more: object = {}) =>
			desk.call(who, 'v3/lock/initialize', { lockData: encodeLockData({ ...data, ...more }) });
		expect(await pair(owner)).toEqual({ lockId, keyId });
		expect((await pair(guest)).errcode).toBe(-2018);
		expect((await detail(guest, lockId)).errcode).toBe(-2018);
		const anew = await pair(owner, { lockKey: 5 });
		expect(anew.lockId).not.toBe(lockId);
		expect((await detail(owner, lockId)).errcode).toBe(-1003);
		expect((await detail(guest, anew.lockId)).errcode).toBe(-1003);
		expect((await desk.call(owner, 'v3/lock/detail', anew)).lockAlias).toBe(data.lockName);
		// Another company may say the same: it proves nothing, and neither learns of the other.
		expect((await pair(stranger)).lockId).toBeGreaterThan(0);
	});

	test('paired many times at once it is one', async () => {
		const lockData = encodeLockData(newLockData());
		const made = await Promise.all(
			Array.from({ length: 6 }, () => desk.call(owner, 'v3/lock/initialize', { lockData }))
		);
		expect(new Set(made.map(({ lockId }) => lockId)).size).toBe(1);
	});

	test.each([
		['no lockData', 'x'],
		['without the administrator’s number', encodeLockData(newLockData({ adminPwd: null }))],
		['a MAC that is none', encodeLockData(newLockData({ lockMac: 'x' }))],
		['a number that locks cannot have', encodeLockData(newLockData({ lockKey: 0 }))],
		['a clock of another planet', encodeLockData(newLockData({ timezoneRawOffset: 10 ** 9 }))],
		['a seed that is none', encodeLockData(newLockData({ pwdInfo: 'ab' }))]
	])('refused: %s', async (_, lockData) => {
		await desk.refused(owner, 'bad-parameter', 'v3/lock/initialize', { lockData });
	});

	test('renamed, found by any part of its alias', async () => {
		const { lockId } = await desk.door(owner);
		await desk.done(owner, 'v3/lock/rename', { lockId, lockAlias: 'Boiler 50% (Süd)' });
		for (const lockAlias of ['boiler', '50%', 'Süd)']) {
			const { list } = await desk.done(owner, 'v3/lock/list', { lockAlias });
			expect(
				list.map((one: { lockId: number }) => one.lockId),
				lockAlias
			).toEqual([lockId]);
			const keys = await desk.done(owner, 'v3/key/list', { lockAlias });
			expect(keys.total).toBe(1);
		}
		expect((await desk.done(owner, 'v3/lock/list', { lockAlias: 'b_iler' })).total).toBe(0);
		await desk.refused(owner, 'bad-parameter', 'v3/lock/rename', { lockId, lockAlias: ' ' });
	});

	test('absent, another company’s and nobody’s eKey answer alike, whatever is asked', async () => {
		const { lockId } = await desk.door(owner);
		const lockData = encodeLockData(newLockData());
		const calls = [
			['v3/lock/detail', {}],
			['v3/lock/rename', { lockAlias: 'x' }],
			['v3/lock/delete', {}],
			['v3/lock/updateLockData', { lockData }],
			['v3/lock/updateElectricQuantity', { electricQuantity: 5 }],
			['v3/lock/resetKey', {}],
			['v3/lock/changeAdminKeyboardPwd', { password: '7654321' }],
			['v3/lock/configPassageMode', { passageMode: 1 }],
			['v3/lock/getPassageModeConfig', {}]
		] as const;
		for (const [path, params] of calls) {
			const absent = await desk.call(guest, path, { lockId: 2_000_000_000, ...params });
			expect(absent.errcode, path).toBe(-1003);
			for (const who of [guest, stranger])
				expect(await desk.call(who, path, { lockId, ...params }), path).toEqual(absent);
		}
		const lockIdList = (id: number) => ({
			lockIdList: `[${id}]`,
			receiverUsername: owner.username
		});
		const absent = await desk.call(guest, 'v3/lock/transfer', lockIdList(2_000_000_000));
		expect(absent.errcode).toBe(-1003);
		expect(await desk.call(guest, 'v3/lock/transfer', lockIdList(lockId))).toEqual(absent);
	});

	test('what holders may not, and administrators may not', async () => {
		const door = await desk.door(owner);
		const { lockId } = door;
		const own = [
			['v3/lock/delete', {}],
			['v3/lock/resetKey', {}],
			['v3/lock/changeAdminKeyboardPwd', { password: '7654321' }],
			['v3/lock/transfer', { lockIdList: `[${lockId}]`, receiverUsername: owner.username }]
		] as const;
		const manage = [
			['v3/lock/detail', {}],
			['v3/lock/rename', { lockAlias: 'x' }],
			['v3/lock/updateLockData', { lockData: encodeLockData(door.data) }],
			['v3/lock/configPassageMode', { passageMode: 2 }]
		] as const;
		const keyId = await desk.send(owner, door, guest);
		for (const [path, params] of [...own, ...manage])
			await desk.refused(guest, 'not-permitted', path, { lockId, ...params });
		await desk.done(guest, 'v3/lock/updateElectricQuantity', { lockId, electricQuantity: 64 });
		expect((await detail(owner, lockId)).electricQuantity).toBe(64);
		await desk.done(owner, 'v3/key/authorize', { lockId, keyId });
		for (const [path, params] of own)
			await desk.refused(guest, 'not-permitted', path, { lockId, ...params });
		for (const [path, params] of manage) await desk.done(guest, path, { lockId, ...params });
		await desk.done(owner, 'v3/key/freeze', { keyId });
		for (const [path, params] of manage)
			await desk.refused(guest, 'not-permitted', path, { lockId, ...params });
	});

	test('another lockData: what it lacks stays, a higher flag resets eKeys, another seed ends passcodes', async () => {
		const door = await desk.door(owner);
		const { lockId, data } = door;
		await desk.send(owner, door, guest);
		const code = { lockId, keyboardPwdType: 3, startDate: 0, endDate: 3_600_000 };
		await desk.done(owner, 'v3/keyboardPwd/get', code);
		const update = (more: object) => ({ lockId, lockData: encodeLockData({ ...data, ...more }) });
		const plain = { adminPwd: null, noKeyPwd: null, pwdInfo: null, featureValue: '1' };
		await desk.done(owner, 'v3/lock/updateLockData', update(plain));
		expect(await dataOf(owner, lockId)).toEqual({ ...data, featureValue: '1' });
		expect((await desk.call(guest, 'v3/key/get', { lockId })).keyStatus).toBe('110401');
		await desk.done(owner, 'v3/lock/updateLockData', update({ lockFlagPos: 3 }));
		expect((await desk.call(guest, 'v3/key/get', { lockId })).keyStatus).toBe('110410');
		await desk.refused(
			owner,
			'bad-parameter',
			'v3/lock/updateLockData',
			update({
				lockMac: 'A4:C1:38:FF:FF:FF',
				lockFlagPos: 3
			})
		);
		const codes = async () => (await desk.done(owner, 'v3/lock/listKeyboardPwd', { lockId })).total;
		expect(await codes()).toBe(1);
		const pwdInfo = newLockData().pwdInfo;
		await desk.done(owner, 'v3/lock/updateLockData', update({ lockFlagPos: 3, pwdInfo }));
		expect(await codes()).toBe(0);
	});

	test('eKeys reset: the flag rises by one, or to what the lock has', async () => {
		const door = await desk.door(owner);
		const { lockId } = door;
		const old = await desk.send(owner, door, guest);
		await desk.done(owner, 'v3/lock/resetKey', { lockId });
		expect((await dataOf(owner, lockId)).lockFlagPos).toBe(1);
		await desk.refused(owner, 'not-permitted', 'v3/key/unfreeze', { keyId: old });
		await desk.send(owner, door, guest);
		expect((await dataOf(guest, lockId)).lockFlagPos).toBe(1);
		await desk.done(owner, 'v3/lock/resetKey', { lockId, lockFlagPos: 7 });
		expect((await dataOf(owner, lockId)).lockFlagPos).toBe(7);
	});

	test('the administrators’ passcode is changed by Bluetooth only', async () => {
		const { lockId } = await desk.door(owner);
		const change = (password: string, changeType?: number) => ({ lockId, password, changeType });
		await desk.done(owner, 'v3/lock/changeAdminKeyboardPwd', change('24680', 1));
		expect((await detail(owner, lockId)).noKeyPwd).toBe('24680');
		const path = 'v3/lock/changeAdminKeyboardPwd';
		await desk.refused(owner, 'no-gateway', path, change('24680', 2));
		await desk.refused(owner, 'bad-code-length', path, change('123'));
	});

	test('passage mode: set, kept, shown', async () => {
		const { lockId } = await desk.door(owner);
		const wish = { passageMode: 1, startDate: 480, endDate: 1020, isAllDay: 2 };
		const path = 'v3/lock/configPassageMode';
		await desk.done(owner, path, { lockId, ...wish, weekDays: '[1,2,3]', autoUnlock: 1, type: 1 });
		const set = { ...wish, weekDays: [1, 2, 3], autoUnlock: 1 };
		expect(await desk.done(owner, 'v3/lock/getPassageModeConfig', { lockId })).toEqual(set);
		await desk.done(owner, path, { lockId, passageMode: 2 });
		const off = await desk.done(owner, 'v3/lock/getPassageModeConfig', { lockId });
		expect(off).toEqual({ ...set, passageMode: 2 });
		await desk.refused(owner, 'no-gateway', path, { lockId, passageMode: 1, type: 2 });
		await desk.refused(owner, 'bad-json', path, { lockId, passageMode: 1, weekDays: '1,2' });
		await desk.refused(owner, 'bad-parameter', path, { lockId, passageMode: 1, weekDays: '[0]' });
		await desk.refused(owner, 'bad-parameter', path, { lockId, passageMode: 1, startDate: 1441 });
	});

	test('given to another account, all or none', async () => {
		const [one, two] = [await desk.door(owner), await desk.door(owner)];
		const heir = await desk.account();
		await desk.send(owner, one, heir);
		await desk.send(owner, one, guest);
		const give = (ids: number[], to: string) => ({
			lockIdList: JSON.stringify(ids),
			receiverUsername: to
		});
		const path = 'v3/lock/transfer';
		const both = [one.lockId, two.lockId];
		await desk.refused(owner, 'lock-to-yourself', path, give(both, owner.username));
		await desk.refused(owner, 'not-registered', path, give(both, stranger.username));
		await desk.refused(owner, 'bad-json', path, {
			receiverUsername: heir.username,
			lockIdList: '1' + ','
		});
		await desk.refused(owner, 'no-lock', path, give([...both, 2_000_000_000], heir.username));
		expect((await desk.done(heir, 'v3/lock/list')).total).toBe(0);
		await desk.done(owner, path, give(both, heir.username));
		expect((await desk.done(heir, 'v3/lock/list')).total).toBe(2);
		expect(await desk.call(heir, 'v3/key/get', { lockId: one.lockId })).toMatchObject({
			userType: '110301'
		});
		expect((await desk.done(heir, 'v3/key/list')).total).toBe(2);
		await desk.refused(owner, 'no-lock', 'v3/lock/detail', { lockId: one.lockId });
		expect((await desk.call(guest, 'v3/key/get', { lockId: one.lockId })).keyStatus).toBe('110401');
	});

	test('deleted with all that hangs on it', async () => {
		const door = await desk.door(owner);
		await desk.send(owner, door, guest);
		await desk.done(owner, 'v3/lock/delete', { lockId: door.lockId });
		for (const who of [owner, guest])
			await desk.refused(who, 'no-lock', 'v3/key/get', { lockId: door.lockId });
		const keys = desk.app.server.db.selectFrom('ekey').select('id');
		expect(await keys.where('lock_id', '=', door.lockId).execute()).toEqual([]);
	});
});

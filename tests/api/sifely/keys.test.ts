import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parseLockData } from '../../../src/lib/protocol/ttlock/grant.ts';
import { databases } from '../../setup/databases.ts';
import { DAY, SifelyDesk, type Account, type Door } from './desk.ts';

const NOBODY = 2_000_000_000;

describe.each(databases)('eKeys of the open API on $name', ({ create }) => {
	let desk: SifelyDesk;
	let owner: Account;
	let guest: Account;
	let other: Account;
	let stranger: Account;
	let door: Door;
	beforeAll(async () => {
		desk = await SifelyDesk.open(create);
		owner = await desk.account();
		guest = await desk.account();
		other = await desk.account();
		stranger = await desk.account(desk.theirs);
	});
	beforeEach(async () => {
		door = await desk.door(owner);
	});
	afterAll(() => desk.close());

	const keyOf = (who: Account) => desk.call(who, 'v3/key/get', { lockId: door.lockId });
	const statusOf = async (who: Account) => (await keyOf(who)).keyStatus;

	test('sent, it is the holder’s: without the numbers of administrators', async () => {
		const more = { startDate: 1000, endDate: Date.now() + DAY, remarks: 'mind the dog' };
		const keyId = await desk.send(owner, door, guest, more);
		const key = await desk.done(guest, 'v3/key/get', { lockId: door.lockId });
		expect(key).toMatchObject({
			keyId,
			lockId: door.lockId,
			userType: '110302',
			keyStatus: '110401',
			lockAlias: 'Front',
			lockMac: door.data.lockMac,
			keyRight: 0,
			remoteEnable: 2,
			...more
		});
		expect('noKeyPwd' in key).toBe(false);
		expect(parseLockData(key.lockData)).toEqual({
			...door.data,
			adminPwd: null,
			noKeyPwd: null,
			pwdInfo: null
		});
		const list = await desk.done(guest, 'v3/key/list', { pageNo: 1, pageSize: 1000 });
		expect(list.list).toContainEqual(key);
		const sent = await desk.done(owner, 'v3/lock/listKey', { lockId: door.lockId });
		expect(sent).toMatchObject({ total: 1, pages: 1, pageNo: 1, pageSize: 20 });
		expect(sent.list[0]).toMatchObject({
			keyId,
			username: guest.username,
			uid: guest.uid,
			senderUsername: owner.username,
			keyStatus: '110401'
		});
	});

	test('the owner’s has them, and is in nobody’s list but his', async () => {
		const key = await desk.done(owner, 'v3/key/get', { lockId: door.lockId });
		expect(key).toMatchObject({ keyId: door.keyId, userType: '110301', noKeyPwd: '1357924' });
		expect(parseLockData(key.lockData)).toEqual(door.data);
		const sent = await desk.done(owner, 'v3/lock/listKey', { lockId: door.lockId });
		expect(sent.list).toEqual([]);
	});

	test('sent again, the old one is deleted', async () => {
		const old = await desk.send(owner, door, guest);
		const keyId = await desk.send(owner, door, guest, { endDate: 1 });
		expect(keyId).not.toBe(old);
		await desk.refused(owner, 'no-ekey', 'v3/key/freeze', { keyId: old });
		expect(await keyOf(guest)).toMatchObject({ keyId, endDate: 1 });
		const { total } = await desk.done(owner, 'v3/lock/listKey', { lockId: door.lockId });
		expect(total).toBe(1);
	});

	test('sent many times at once, one is left', async () => {
		const wish = {
			lockId: door.lockId,
			receiverUsername: guest.username,
			keyName: 'k',
			startDate: 0,
			endDate: 0
		};
		const sent = await Promise.all(
			Array.from({ length: 8 }, () => desk.done(owner, 'v3/key/send', wish))
		);
		const { list } = await desk.done(owner, 'v3/lock/listKey', { lockId: door.lockId });
		expect(list).toHaveLength(1);
		expect(sent.map(({ keyId }) => keyId)).toContain(list[0].keyId);
	});

	test('not to oneself, to the owner, to nobody, to another company', async () => {
		const wish = { lockId: door.lockId, keyName: 'k', startDate: 0, endDate: 0 };
		const to = (receiverUsername: string) => ({ ...wish, receiverUsername });
		await desk.refused(owner, 'to-yourself', 'v3/key/send', to(owner.username));
		await desk.send(owner, door, other, { keyRight: 1 });
		await desk.refused(other, 'to-yourself', 'v3/key/send', to(other.username));
		await desk.refused(other, 'to-the-owner', 'v3/key/send', to(owner.username));
		await desk.refused(owner, 'not-registered', 'v3/key/send', to('nobody'));
		await desk.refused(owner, 'not-registered', 'v3/key/send', to(stranger.username));
		await desk.refused(owner, 'bad-parameter', 'v3/key/send', {
			...to(guest.username),
			startDate: 9,
			endDate: 8
		});
		await desk.refused(owner, 'bad-parameter', 'v3/key/send', { ...wish });
	});

	test('a foreign lock, an absent one and one without an eKey answer alike', async () => {
		const { lockId } = await desk.door(stranger);
		const wish = { receiverUsername: guest.username, keyName: 'k', startDate: 0, endDate: 0 };
		const paths = [
			['v3/key/send', wish],
			['v3/key/get', {}],
			['v3/lock/listKey', {}]
		] as const;
		for (const [path, params] of paths) {
			const absent = await desk.call(owner, path, { lockId: NOBODY, ...params });
			expect(absent.errcode).toBe(-1003);
			expect(await desk.call(owner, path, { lockId, ...params })).toEqual(absent);
			expect(await desk.call(guest, path, { lockId: door.lockId, ...params })).toEqual(absent);
		}
		const theirs = await desk.door(stranger);
		const period = { startDate: 0, endDate: 0 };
		for (const path of ['v3/key/delete', 'v3/key/freeze', 'v3/key/changePeriod'] as const) {
			const absent = await desk.call(owner, path, { keyId: NOBODY, ...period });
			expect(absent.errcode).toBe(-1008);
			expect(await desk.call(owner, path, { keyId: theirs.keyId, ...period })).toEqual(absent);
		}
	});

	test('frozen, it gives no keys away; thawed, it does', async () => {
		const keyId = await desk.send(owner, door, guest);
		await desk.done(owner, 'v3/key/freeze', { keyId });
		expect(await keyOf(guest)).toMatchObject({ keyStatus: '110405', lockData: '' });
		await desk.done(owner, 'v3/key/unfreeze', { keyId });
		expect(await keyOf(guest)).toMatchObject({ keyStatus: '110401' });
		expect((await keyOf(guest)).lockData).not.toBe('');
		await desk.refused(guest, 'not-permitted', 'v3/key/unfreeze', { keyId });
		await desk.refused(owner, 'not-permitted', 'v3/key/freeze', { keyId: door.keyId });
	});

	test('over, it gives no keys away; before it begins, it does', async () => {
		await desk.send(owner, door, guest, { startDate: 5, endDate: Date.now() - 1 });
		expect(await keyOf(guest)).toMatchObject({ keyStatus: '110401', lockData: '' });
		await desk.send(owner, door, guest, {
			startDate: Date.now() + DAY,
			endDate: Date.now() + 2 * DAY
		});
		expect((await keyOf(guest)).lockData).not.toBe('');
	});

	test('the period of another’s is changed, one’s own is not', async () => {
		const keyId = await desk.send(owner, door, guest);
		await desk.done(owner, 'v3/key/changePeriod', { keyId, startDate: 5, endDate: 9 });
		expect(await keyOf(guest)).toMatchObject({ startDate: 5, endDate: 9 });
		const period = { startDate: 0, endDate: 0 };
		await desk.refused(guest, 'not-permitted', 'v3/key/changePeriod', { keyId, ...period });
		await desk.refused(owner, 'not-permitted', 'v3/key/changePeriod', {
			keyId: door.keyId,
			...period
		});
		await desk.done(owner, 'v3/lock/resetKey', { lockId: door.lockId });
		await desk.refused(owner, 'period-fixed', 'v3/key/changePeriod', { keyId, ...period });
		expect(await statusOf(guest)).toBe('110410');
	});

	test('recurring: days and hours, in both lists, changed one by one', async () => {
		const days = { startDay: 1_700_000_000_000, endDay: 1_800_000_000_000 };
		const hours = { startDate: 1_700_000_000_000, endDate: 1_700_030_000_000 };
		const wish = { keyType: 4, weekDays: '[6,2,2]', ...days, ...hours };
		const keyId = await desk.send(owner, door, guest, wish);
		const recurring = { keyType: 4, weekDays: [2, 6], ...days };
		expect(await desk.done(guest, 'v3/key/get', { lockId: door.lockId })).toMatchObject(recurring);
		const { list } = await desk.done(owner, 'v3/lock/listKey', { lockId: door.lockId });
		expect(list[0]).toMatchObject(recurring);
		await desk.done(owner, 'v3/key/changePeriod', { keyId, ...hours, weekDays: '[1]' });
		expect(await keyOf(guest)).toMatchObject({ ...recurring, weekDays: [1] });
		const without = { ...wish, weekDays: undefined };
		const send = { lockId: door.lockId, receiverUsername: guest.username, keyName: 'k' };
		await desk.refused(owner, 'bad-parameter', 'v3/key/send', { ...send, ...without });
		await desk.refused(owner, 'bad-parameter', 'v3/key/send', {
			...send,
			...wish,
			weekDays: '[8]'
		});
		await desk.refused(owner, 'bad-json', 'v3/key/send', { ...send, ...wish, weekDays: '[1' });
	});

	test('an administrator manages, but not the owner, nor other administrators', async () => {
		const keyId = await desk.send(owner, door, guest);
		await desk.refused(guest, 'not-permitted', 'v3/lock/listKey', { lockId: door.lockId });
		await desk.done(owner, 'v3/key/authorize', { lockId: door.lockId, keyId });
		expect(parseLockData((await keyOf(guest)).lockData)).toEqual(door.data);
		const sent = await desk.send(guest, door, other);
		await desk.done(guest, 'v3/key/freeze', { keyId: sent });
		const right = { lockId: door.lockId, keyId: sent };
		await desk.refused(guest, 'not-permitted', 'v3/key/authorize', right);
		await desk.done(owner, 'v3/key/authorize', right);
		await desk.refused(guest, 'not-permitted', 'v3/key/unfreeze', { keyId: sent });
		await desk.refused(guest, 'not-permitted', 'v3/key/delete', { keyId: sent });
		await desk.refused(guest, 'not-permitted', 'v3/key/delete', { keyId: door.keyId });
		await desk.refused(guest, 'not-permitted', 'v3/key/send', {
			lockId: door.lockId,
			receiverUsername: other.username,
			keyName: 'k',
			startDate: 0,
			endDate: 0
		});
		await desk.done(owner, 'v3/key/unauthorize', { lockId: door.lockId, keyId });
		await desk.refused(guest, 'not-permitted', 'v3/lock/listKey', { lockId: door.lockId });
		const elsewhere = await desk.door(owner);
		await desk.refused(owner, 'no-ekey', 'v3/key/authorize', { lockId: elsewhere.lockId, keyId });
	});

	test('who has little time gives no more away', async () => {
		const endDate = Date.now() + DAY;
		await desk.send(owner, door, guest, { keyRight: 1, startDate: 1, endDate });
		const wish = { lockId: door.lockId, receiverUsername: other.username, keyName: 'k' };
		for (const end of [0, 1, endDate + 1]) {
			const period = { startDate: end > 1 ? 1 : 0, endDate: end };
			await desk.refused(guest, 'own-key-shorter', 'v3/key/send', { ...wish, ...period });
		}
		const keyId = await desk.send(guest, door, other, { startDate: 1, endDate });
		const longer = { keyId, startDate: 1, endDate: endDate + 1 };
		await desk.refused(guest, 'own-key-shorter', 'v3/key/changePeriod', longer);
	});

	test('deleted by its holder or an administrator; by the owner with the lock', async () => {
		const keyId = await desk.send(owner, door, guest);
		await desk.send(owner, door, other);
		await desk.refused(other, 'not-permitted', 'v3/key/delete', { keyId });
		await desk.done(guest, 'v3/key/delete', { keyId });
		expect((await keyOf(guest)).errcode).toBe(-1003);
		await desk.refused(guest, 'no-ekey', 'v3/key/delete', { keyId });
		const again = await desk.send(owner, door, guest);
		await desk.done(owner, 'v3/key/delete', { keyId: again });
		await desk.done(owner, 'v3/key/delete', { keyId: door.keyId });
		expect((await keyOf(owner)).errcode).toBe(-1003);
		expect((await keyOf(other)).errcode).toBe(-1003);
	});

	test('name and remote opening are changed', async () => {
		const keyId = await desk.send(owner, door, guest);
		await desk.done(owner, 'v3/key/update', { keyId, keyName: 'Nanny', remoteEnable: 1 });
		const { list } = await desk.done(owner, 'v3/lock/listKey', { lockId: door.lockId });
		expect(list[0]).toMatchObject({ keyName: 'Nanny', remoteEnable: 1 });
		await desk.refused(owner, 'bad-parameter', 'v3/key/update', { keyId, remoteEnable: 0 });
	});

	test('the list of a lock: searched, sorted, in pages', async () => {
		const people = [guest, other, await desk.account()];
		for (const [at, who] of people.entries())
			await desk.send(owner, door, who, { keyName: `K_${at}`, keyRight: at === 1 ? 1 : 0 });
		const list = async (params: object) =>
			(await desk.done(owner, 'v3/lock/listKey', { lockId: door.lockId, ...params })).list.map(
				({ keyName }: { keyName: string }) => keyName
			);
		expect(await list({ orderBy: 0 })).toEqual(['K_0', 'K_1', 'K_2']);
		expect(await list({ orderBy: 2 })).toEqual(['K_2', 'K_1', 'K_0']);
		expect(await list({ orderBy: 0, pageNo: 2, pageSize: 2 })).toEqual(['K_2']);
		expect(await list({ keyRight: 1 })).toEqual(['K_1']);
		expect(await list({ searchStr: 'k_2' })).toEqual(['K_2']);
		expect(await list({ searchStr: 'k%' })).toEqual([]);
		expect(await list({ searchStr: guest.username.toUpperCase() })).toEqual(['K_0']);
		for (const paging of [{ pageSize: 201 }, { pageSize: 0 }, { pageNo: 0 }])
			await desk.refused(owner, 'bad-parameter', 'v3/lock/listKey', {
				lockId: door.lockId,
				...paging
			});
	});
});

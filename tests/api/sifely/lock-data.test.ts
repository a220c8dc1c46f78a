import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeLockData, parseLockData } from '../../../src/lib/protocol/ttlock/grant.ts';
import { databases } from '../../setup/databases.ts';
import { newLockData, SifelyDesk, type Account } from './desk.ts';

describe.each(databases)('lockData that is sent again, on $name', ({ create }) => {
	let desk: SifelyDesk;
	let owner: Account;
	let guest: Account;
	beforeAll(async () => {
		desk = await SifelyDesk.open(create);
		owner = await desk.account();
		guest = await desk.account();
	});
	afterAll(() => desk.close());

	const dataOf = async (who: Account, lockId: number) =>
		parseLockData((await desk.call(who, 'v3/key/get', { lockId })).lockData);

	test('the keys of a pairing stay, whoever sends others; administrators end no eKeys and no codes', async () => {
		const door = await desk.door(owner);
		const { lockId, data } = door;
		await desk.send(owner, door, guest, { keyRight: 1 });
		const path = 'v3/lock/updateLockData';
		const update = (more: object) => ({ lockId, lockData: encodeLockData({ ...data, ...more }) });
		const { aesKeyStr, pwdInfo } = newLockData();
		const others = [
			{ aesKeyStr },
			{ lockKey: 5 },
			{ adminPwd: 5 },
			{ lockVersion: { ...data.lockVersion, orgId: 2 } }
		];
		for (const who of [owner, guest])
			for (const more of others) await desk.refused(who, 'bad-parameter', path, update(more));
		for (const more of [{ lockFlagPos: 1 }, { noKeyPwd: '24680' }, { pwdInfo }])
			await desk.refused(guest, 'not-permitted', path, update(more));
		expect(await dataOf(owner, lockId)).toEqual(data);
		await desk.done(guest, path, update({ featureValue: '2' }));
		await desk.done(owner, path, update({ noKeyPwd: '24680' }));
	});

	test('a flag that is wrong is set back by the owner; what was reset stays reset', async () => {
		const door = await desk.door(owner);
		const { lockId, data } = door;
		const keyId = await desk.send(owner, door, guest);
		const most = 2 ** 24 - 1;
		await desk.done(owner, 'v3/lock/resetKey', { lockId, lockFlagPos: most });
		await desk.refused(owner, 'bad-parameter', 'v3/lock/resetKey', { lockId });
		await desk.done(owner, 'v3/lock/resetKey', { lockId, lockFlagPos: 3 });
		const two = { lockId, lockData: encodeLockData({ ...data, lockFlagPos: 2 }) };
		await desk.done(owner, 'v3/lock/updateLockData', two);
		expect((await dataOf(owner, lockId)).lockFlagPos).toBe(2);
		expect(await desk.call(guest, 'v3/key/get', { lockId })).toMatchObject({
			keyId,
			keyStatus: '110410'
		});
	});
});

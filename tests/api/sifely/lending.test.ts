import { afterAll, beforeAll, describe, test } from 'vitest';
import { databases } from '../../setup/databases.ts';
import { DAY, HOUR, SifelyDesk } from './desk.ts';

describe.each(databases)('eKeys that administrators give away, on $name', ({ create }) => {
	let desk: SifelyDesk;
	beforeAll(async () => {
		desk = await SifelyDesk.open(create);
	});
	afterAll(() => desk.close());

	test('whose eKey is for one opening gives nothing; who has days of the week gives those', async () => {
		const owner = await desk.account();
		const guest = await desk.account();
		const other = await desk.account();
		const door = await desk.door(owner);
		await desk.send(owner, door, guest, { keyRight: 1, startDate: 1, endDate: 1 });
		const wish = { lockId: door.lockId, receiverUsername: other.username, keyName: 'k' };
		for (const endDate of [0, 1, Date.now() + DAY])
			await desk.refused(guest, 'own-key-shorter', 'v3/key/send', {
				...wish,
				startDate: 0,
				endDate
			});
		const startDay = Date.now() - DAY;
		const own = {
			keyType: 4,
			weekDays: '[1,2,3,4,5,6,7]',
			startDay,
			endDay: startDay + 9 * DAY,
			// All day by the lock's clock.
			startDate: 5 * HOUR,
			endDate: 5 * HOUR + DAY - 1000
		};
		await desk.send(owner, door, guest, { ...own, keyRight: 1 });
		for (const more of [
			{ keyType: undefined, weekDays: undefined, startDate: 1, endDate: startDay + DAY },
			{ weekDays: '[1]' },
			{ startDay: startDay - 1 },
			{ endDay: own.endDay + 1 },
			{ endDay: 0 },
			{ startDate: 6 * HOUR }
		])
			await desk.refused(guest, 'own-key-shorter', 'v3/key/send', { ...wish, ...own, ...more });
		await desk.send(guest, door, other, { ...own, endDay: own.endDay - DAY });
	});
});

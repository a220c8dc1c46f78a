import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { revokeSlot } from '../../../src/lib/server/core/phone-keys.ts';
import { setLease } from '../../../src/lib/server/lease.ts';
import { databases } from '../../setup/databases.ts';
import { DONE, Keyring, NO_KEY, openOffline, OUTSIDE } from './keyring.ts';
import { Lab } from './lab.ts';
import { Staff } from './staff.ts';
import type { TestLock } from './test-lock.ts';

const DAY = 24 * 3600 * 1000;

describe.each(databases)('keys of phones on $name', ({ create }) => {
	let lab: Lab;
	let lock: TestLock;
	let olga: Staff;
	beforeEach(async () => {
		lab = await Lab.open(create);
		lock = await lab.lock();
		olga = await Staff.join(lab);
		await lab.open(lock);
		lock.close();
	});
	afterEach(() => lab.close());

	async function openOnline(): Promise<void> {
		await lab.open(lock, 'somebody');
		lock.close();
	}

	test('asked for, brought by anybody, used without a network', async () => {
		const key = await olga.ask(lock);
		expect(key).toMatchObject({ mac: lock.mac, slot: 1, issue: 1 });
		expect(openOffline(lock, key).result).toBe(NO_KEY);
		const waiting = await olga.contact(lock.now);
		expect(waiting.keys).toEqual([
			{
				mac: lock.mac,
				slot: 1,
				issue: 1,
				state: 'waiting',
				readyUntil: null,
				generation: 0
			}
		]);
		await openOnline();
		const { keys, leaseEnds, now } = await olga.contact(lock.now);
		expect({ leaseEnds, now }).toEqual({ leaseEnds: lock.now + 7 * DAY, now: lock.now });
		expect(keys).toMatchObject([{ state: 'on-lock', readyUntil: leaseEnds }]);
		expect(openOffline(lock, key).result).toBe(DONE);
	});

	test('the window ends by the clock of the lock, and is written again in time', async () => {
		const key = await olga.ask(lock);
		await openOnline();
		lock.now += 13 * DAY;
		await olga.contact(lock.now);
		await openOnline();
		expect(await lab.row(lock)).toMatchObject({ active: 2 });
		// Half of it is over: the next online opening writes it again.
		lock.now += 2 * DAY;
		await olga.contact(lock.now);
		await openOnline();
		const [slot] = await new Keyring(lab).slots(lock);
		expect(await lab.row(lock)).toMatchObject({ active: 3, slots_used: 1, slot_changes: 0 });
		expect(slot).toMatchObject({ state: 'on-lock', issue: 1, next_until_s: null, frozen: null });
		expect(slot!.until_s * 1000 - lock.now).toBeGreaterThan(27.9 * DAY);
		lock.now += 27 * DAY;
		expect(openOffline(lock, key).result).toBe(DONE);
		lock.now += 2 * DAY;
		const { result, session, server } = openOffline(lock, key);
		expect(result).toBe(OUTSIDE);
		await lab.upload(lock, session, server);
		expect((await lab.activity(lock)).at(-1)).toMatchObject({
			action: 'failed_unlock',
			tracking_key: olga.who.email,
			slot: 1,
			claimed: null
		});
	});

	test('a phone that was silent is renewed when it is back', async () => {
		const key = await olga.ask(lock);
		await openOnline();
		lock.now += 40 * DAY;
		await openOnline();
		expect(openOffline(lock, key).result).toBe(OUTSIDE);
		const before = await lab.row(lock);
		expect(before.renew_at).toBeNull();
		await openOnline();
		expect((await lab.row(lock)).active).toBe(before.active);
		const { keys } = await olga.contact(lock.now);
		expect(keys[0]!.readyUntil).toBeLessThan(lock.now);
		await openOnline();
		expect((await lab.row(lock)).active).toBe(before.active + 1);
		expect(openOffline(lock, key).result).toBe(DONE);
		expect((await olga.contact(lock.now)).keys[0]!.readyUntil).toBe(lock.now + 7 * DAY);
	});

	test('a window lost on the way is no harm, and revoking ends it all the same', async () => {
		const key = await olga.ask(lock);
		await openOnline();
		lock.now += 20 * DAY;
		await olga.contact(lock.now);
		await lab.issue(lock, lock.connect());
		lock.disconnect();
		await revokeSlot(lab.db, olga.who, lock.mac, { slot: 1 }, lock.now);
		expect((await olga.contact(lock.now)).keys).toEqual([]);
		await openOnline();
		expect(openOffline(lock, key).result).toBe(DONE);
		await openOnline();
		expect(openOffline(lock, key).result).toBe(NO_KEY);
		expect(await new Keyring(lab).states(lock)).toEqual(['off']);
	});

	test('a longer lease counts from the next contact on, windows with the next opening', async () => {
		await olga.ask(lock);
		await openOnline();
		await setLease(lab.db, olga.who, { days: 30 });
		const { leaseEnds, keys } = await olga.contact(lock.now);
		expect(leaseEnds).toBe(lock.now + 30 * DAY);
		expect(keys[0]!.readyUntil).toBeLessThan(leaseEnds);
		await openOnline();
		expect((await olga.contact(lock.now)).keys[0]!.readyUntil).toBe(lock.now + 30 * DAY);
		await setLease(lab.db, olga.who, { days: 1 });
		expect((await olga.contact(lock.now)).keys[0]!.readyUntil).toBe(lock.now + DAY);
	});

	test('a key that may stay no longer is named, and its end is noted', async () => {
		const key = await olga.ask(lock);
		const { mac, slot, issue } = key;
		await openOnline();
		await revokeSlot(lab.db, olga.who, lock.mac, { slot: 1 }, lock.now);
		const strange = { mac: '00:00:00:00:00:09', slot: 3, issue: 9 };
		olga.keys.set(strange.mac, { ...key, ...strange });
		const { keys, wipe } = await olga.contact(lock.now);
		expect(keys).toEqual([]);
		expect(wipe).toEqual([{ mac, slot, issue }, strange]);
		await olga.contact(lock.now + 5, [...wipe, { mac, slot, issue: issue + 1 }]);
		expect(await new Keyring(lab).slots(lock)).toMatchObject([{ wiped_at: lock.now + 5 }]);
		// Another person's phone cannot say so, whatever its id.
		const other = await Staff.join(lab);
		Object.assign(other.phone, olga.phone);
		await other.contact(lock.now + 9, wipe);
		expect(await new Keyring(lab).slots(lock)).toMatchObject([{ wiped_at: lock.now + 5 }]);
		expect((await other.contact(lock.now)).keys).toEqual([]);
	});
});

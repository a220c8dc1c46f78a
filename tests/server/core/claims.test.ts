import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OPEN_CLAIMS } from '../../../src/lib/server/core/claims.ts';
import { hearFrom, showActivity } from '../../../src/lib/server/core/for-people.ts';
import { databases } from '../../setup/databases.ts';
import { openOffline } from './keyring.ts';
import { Lab } from './lab.ts';
import { Staff } from './staff.ts';
import type { TestLock } from './test-lock.ts';

const HOUR = 3600 * 1000;
const DAY = 24 * HOUR;

describe.each(databases)('an opening without a network on $name', ({ create }) => {
	let lab: Lab;
	let lock: TestLock;
	let olga: Staff;
	beforeEach(async () => {
		lab = await Lab.open(create);
		lock = await lab.lock();
		olga = await Staff.join(lab);
		await lab.open(lock);
		lock.close();
		await olga.ask(lock);
		await openOnline();
		lock.now += DAY;
	});
	afterEach(() => lab.close());

	async function openOnline(): Promise<void> {
		await lab.open(lock, 'somebody');
		lock.close();
	}

	const entries = async () =>
		(await showActivity(lab.db, olga.who, { mac: lock.mac, limit: 50 })).activity
			.filter(({ trackingKey }) => trackingKey === olga.who.email)
			.map(({ action, unclaimed }) => ({ action, unclaimed }));
	const batchOf = ({ session, server }: ReturnType<typeof openOffline>) => ({
		id: `batch-${session}`,
		mac: lock.mac,
		session,
		receivedAt: lock.now,
		packets: server
	});
	test('that its phone claims is an opening like any other', async () => {
		const opening = openOffline(lock, olga.keys.get(lock.mac)!);
		const claim = { mac: lock.mac, slot: 1, at: opening.at };
		for (let i = 0; i < 2; i++) await olga.upload(lock.now, [batchOf(opening)], [claim]);
		await olga.contact(lock.now + 60_000);
		expect(await entries()).toEqual([{ action: 'unlocked', unclaimed: false }]);
	});

	test('is claimed before or after the lock tells of it', async () => {
		const first = openOffline(lock, olga.keys.get(lock.mac)!);
		await olga.upload(lock.now, [], [{ mac: lock.mac, slot: 1, at: first.at }]);
		await olga.upload(lock.now, [batchOf(first)]);
		lock.now += DAY;
		const second = openOffline(lock, olga.keys.get(lock.mac)!);
		await olga.upload(lock.now, [batchOf(second)]);
		await olga.contact(lock.now + 1000);
		expect((await entries())[0]).toEqual({ action: 'unlocked', unclaimed: true });
		await olga.upload(lock.now, [], [{ mac: lock.mac, slot: 1, at: second.at }]);
		expect(await entries()).toEqual([
			{ action: 'unlocked', unclaimed: false },
			{ action: 'unlocked', unclaimed: false }
		]);
	});

	test('that nobody claims is marked from the next contact on', async () => {
		const key = olga.keys.get(lock.mac)!;
		const opening = openOffline(lock, key);
		// Another phone brings the record; one claim covers one opening.
		await lab.upload(lock, opening.session, opening.server);
		expect(await entries()).toEqual([{ action: 'unlocked', unclaimed: false }]);
		await olga.contact(lock.now + 1000);
		expect(await entries()).toEqual([{ action: 'unlocked', unclaimed: true }]);
		const again = openOffline(lock, key);
		await olga.upload(lock.now, [batchOf(again)], [{ mac: lock.mac, slot: 1, at: again.at }]);
		await olga.contact(lock.now + 1000);
		const marks = (await entries()).map(({ unclaimed }) => unclaimed);
		expect(marks.sort()).toEqual([false, true]);
	});

	test('is claimed by a phone whose clock is wrong by ten years', async () => {
		const opening = openOffline(lock, olga.keys.get(lock.mac)!);
		const wrong = -10 * 365 * DAY;
		const claim = { mac: lock.mac, slot: 1, at: opening.at + wrong };
		await olga.upload(lock.now, [batchOf(opening)], [claim], lock.now + wrong);
		await olga.contact(lock.now + 1000);
		expect(await entries()).toEqual([{ action: 'unlocked', unclaimed: false }]);
	});

	test.each(['before', 'after'] as const)(
		'is claimed %s the lock tells of it by its session, where the clock was set right meanwhile',
		async (when) => {
			const opening = openOffline(lock, olga.keys.get(lock.mac)!);
			const { session } = opening;
			const claim = { mac: lock.mac, session, slot: 1, at: opening.at + 7 * HOUR };
			// What the cipher does not cover proves nothing, and neither does it here.
			const telling = [batchOf({ ...opening, session: `${session.slice(0, 32)}00000000` })];
			const later = lock.now + 8 * HOUR;
			if (when === 'before') await olga.upload(later, [], [claim]);
			await olga.upload(later, telling);
			if (when === 'after') await olga.upload(later, [], [claim]);
			await olga.contact(later + 1000);
			expect(await entries()).toEqual([{ action: 'unlocked', unclaimed: false }]);
		}
	);

	test('is claimed by time where the lock tells of it in another session', async () => {
		const opening = openOffline(lock, olga.keys.get(lock.mac)!);
		const claim = { mac: lock.mac, session: opening.session, slot: 1, at: opening.at };
		// The server sees the gap with the first, and asks for what is missing with the second.
		for (let i = 0; i < 2; i++) await openOnline();
		await olga.upload(lock.now, [], [claim]);
		await olga.contact(lock.now + 1000);
		expect(await entries()).toEqual([{ action: 'unlocked', unclaimed: false }]);
	});

	test.each(['before', 'after'] as const)(
		'is the newest of those that one session tells of, claimed %s it tells',
		async (when) => {
			// So many records wait that the first opening is told of in the session of the second.
			for (let i = 0; i < 13; i++) lock.cutPower();
			await openOnline();
			const openings = [1, 2].map(() => {
				const opening = openOffline(lock, olga.keys.get(lock.mac)!);
				lock.now += 7 * HOUR;
				return opening;
			});
			const claims = openings.map(({ session, at }) => ({ mac: lock.mac, session, slot: 1, at }));
			const second = claims[1]!;
			if (when === 'before') await olga.upload(lock.now, [], [second]);
			await olga.upload(lock.now, openings.map(batchOf));
			if (when === 'after') await olga.upload(lock.now, [], [second]);
			await olga.contact(lock.now + 1000);
			const marks = (await entries()).map(({ unclaimed }) => unclaimed);
			expect(marks).toEqual([false, true]);
		}
	);

	test('is not claimed by another session hours away', async () => {
		const key = olga.keys.get(lock.mac)!;
		const outside = openOffline(lock, key);
		lock.now += 7 * HOUR;
		const inside = openOffline(lock, key);
		// By its time alone it would be of the other.
		const claim = { mac: lock.mac, session: inside.session, slot: 1, at: outside.at };
		await olga.upload(lock.now, [batchOf(outside), batchOf(inside)], [claim]);
		await olga.contact(lock.now + 1000);
		const marks = (await entries()).map(({ unclaimed }) => unclaimed);
		// The newest first.
		expect(marks).toEqual([false, true]);
	});

	test('is taken only from whom the phone sends for', async () => {
		const opening = openOffline(lock, olga.keys.get(lock.mac)!);
		const { session, at } = opening;
		const other = await Staff.join(lab);
		const body = {
			batches: [batchOf(opening)],
			claims: [{ mac: lock.mac, session, slot: 1, at }],
			sender: { company: lab.companyId, person: olga.who.userId }
		};
		const elsewhere = { ...olga.who, company: { ...olga.who.company, id: 'another' } };
		for (const who of [other.who, elsewhere])
			await expect(hearFrom(lab.core, who, body, lock.now)).rejects.toMatchObject({
				code: 'conflict'
			});
		expect(await lab.db.selectFrom('claim').selectAll().execute()).toEqual([]);
		expect(await entries()).toEqual([]);
		await hearFrom(lab.core, olga.who, body, lock.now);
		await olga.contact(lock.now + 1000);
		expect(await entries()).toEqual([{ action: 'unlocked', unclaimed: false }]);
	});

	test.each(['before', 'after'] as const)(
		'outside the app is not hidden by one whose session tells of it, claimed %s that',
		async (when) => {
			const key = olga.keys.get(lock.mac)!;
			// Wrong keys at the button, for which nobody needs a key: five leave two records.
			const knock = () => {
				for (let i = 0; i < 20; i++) {
					if (i % 5 === 0) lock.connect();
					lock.write([`04010000${'5a'.repeat(15)}${i.toString(16).padStart(2, '0')}`]);
				}
				lock.now += 60_000;
			};
			knock();
			// What the lock told here nobody uploads, and it was only what came before.
			openOffline(lock, key);
			knock();
			lock.now += 7 * HOUR;
			const inside = openOffline(lock, key);
			const claim = { mac: lock.mac, session: inside.session, slot: 1, at: inside.at };
			if (when === 'before') await olga.upload(lock.now, [], [claim]);
			await olga.upload(lock.now, [batchOf(inside)]);
			if (when === 'after') await olga.upload(lock.now, [], [claim]);
			expect(await entries()).toHaveLength(1);
			for (let i = 0; i < 3; i++) await openOnline();
			await olga.contact(lock.now + 1000);
			// The newest first.
			expect((await entries()).map(({ unclaimed }) => unclaimed)).toEqual([false, true]);
		}
	);

	test('that never was is claimed so many times, and a true one all the same', async () => {
		const invent = (from: number) =>
			Array.from({ length: 200 }, (_, i) => ({ mac: lock.mac, slot: 1, at: from + i }));
		const early = lock.now - DAY / 2;
		for (let i = 0; i < 4; i++) await olga.upload(lock.now, [], invent(early + i * 200));
		const claims = await lab.db.selectFrom('claim').selectAll().execute();
		expect(claims).toHaveLength(OPEN_CLAIMS);
		// The newest stay.
		expect(Math.max(...claims.map(({ at }) => at))).toBe(early + 799);
		const opening = openOffline(lock, olga.keys.get(lock.mac)!);
		const claim = { mac: lock.mac, slot: 1, at: opening.at };
		await olga.upload(lock.now, [batchOf(opening)], [claim]);
		await olga.contact(lock.now + 60_000);
		expect(await entries()).toEqual([{ action: 'unlocked', unclaimed: false }]);
	});

	test('is not claimed by anybody else', async () => {
		const opening = openOffline(lock, olga.keys.get(lock.mac)!);
		const other = await Staff.join(lab);
		await other.upload(
			lock.now,
			[batchOf(opening)],
			[
				{ mac: lock.mac, slot: 1, at: opening.at },
				{ mac: '00:00:00:00:00:00', slot: 1, at: opening.at }
			]
		);
		await olga.contact(lock.now + 1000);
		expect(await entries()).toEqual([{ action: 'unlocked', unclaimed: true }]);
		expect(await lab.db.selectFrom('claim').selectAll().execute()).toEqual([]);
	});
});

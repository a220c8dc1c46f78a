import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { prune } from '../../src/lib/server/prune.ts';
import { Desk } from '../api/core/desk.ts';
import { databases } from '../setup/databases.ts';
import { TestFob } from './core/test-fob.ts';
import type { TestLock } from './core/test-lock.ts';

const DAY = 24 * 3600 * 1000;

describe.each(databases)('what of quick clicks and fobs is forgotten on $name', ({ create }) => {
	let desk: Desk;
	let lock: TestLock;
	beforeEach(async () => {
		desk = await Desk.open(create);
		lock = await desk.lock('4I', 'production', desk.mine, undefined, '4.25');
		await desk.open(lock);
	});
	afterEach(() => desk.close());

	const after = (days: number) => prune(desk.app.server.db, Date.now() + days * DAY);
	const all = async (table: 'quick_click' | 'fob_credential' | 'fob_issued') =>
		desk.app.server.db.selectFrom(table).selectAll().execute();
	const codes = async () => (await all('quick_click')).map(({ code }) => code).sort();
	const call = async (path: string, body: object) => {
		const { body: said } = await desk.post(path, body);
		expect(said.result, JSON.stringify(said)).toBe('success');
		return said.data;
	};
	const ofLock = (quick_clicks: object[]) => ({ mac: lock.mac, quick_clicks });

	/** Two codes on the lock, then only one; the other went off. */
	async function oneCodeOff(): Promise<void> {
		const both = [
			{ code: '0101', uses: 9 },
			{ code: '1010', uses: 9 }
		];
		await call('qc/issue', ofLock(both));
		await desk.open(lock);
		await call('qc/revoke', ofLock([{ code: '0101' }]));
		await desk.open(lock);
		expect(Object.values(lock.holds.quickClicks).map(({ code }) => code)).toEqual(['1010']);
	}

	test('a quick click that is off its lock, after 400 days; the others go on', async () => {
		await oneCodeOff();
		await after(399);
		expect(await codes()).toEqual(['0101', '1010']);
		await after(401);
		expect(await codes()).toEqual(['1010']);
		expect(lock.enter('1010')).toBe(true);
		lock.close();
		await desk.open(lock);
		expect(await all('quick_click')).toMatchObject([{ code: '1010', uses: 8, state: 'on-lock' }]);
		await call('qc/issue', ofLock([{ code: '0101', uses: 3 }]));
		await desk.open(lock);
		expect(lock.enter('0101')).toBe(true);
	});

	test('not while the lock has events that are not here: they may be of that code', async () => {
		await oneCodeOff();
		const { db } = desk.app.server;
		const missing = (records: number) =>
			db
				.updateTable('lock')
				.set({ log_seen: sql`log_cursor + ${sql.lit(records)}` })
				.execute();
		await missing(1);
		await after(401);
		expect(await codes()).toEqual(['0101', '1010']);
		await missing(0);
		await after(401);
		expect(await codes()).toEqual(['1010']);
	});

	test('commands for a fob and locks it has lost, after 400 days; the fob goes on', async () => {
		const fob = new TestFob(await desk.fob());
		const other = await desk.lock();
		const fob_mac = fob.mac;
		const locks = [lock, other].map(({ mac }) => ({ mac, tracking_key: 'fob' }));
		await call('fobs/issue', { fob_mac, locks });
		await desk.syncFob(fob);
		await call('fobs/revoke', { fob_mac, lock_macs: [other.mac] });
		await desk.syncFob(fob);
		const states = (await all('fob_credential')).map(({ state }) => state);
		expect(states.sort()).toEqual(['off', 'on-lock']);
		await after(399);
		expect([(await all('fob_credential')).length, (await all('fob_issued')).length]).toEqual([
			2, 2
		]);
		await after(401);
		expect(await all('fob_credential')).toMatchObject([{ state: 'on-lock' }]);
		expect(await all('fob_issued')).toEqual([]);
		await desk.open(lock);
		expect(fob.opens(lock)).toBe(true);
		lock.close();
		await call('fobs/issue', { fob_mac, locks: [{ mac: other.mac, tracking_key: 'fob' }] });
		expect((await desk.syncFob(fob)).every((result) => result === 0x60)).toBe(true);
		expect(fob.locks.toSorted()).toEqual([lock.mac, other.mac].sort());
	});

	test('a set that a fob proves when its commands are forgotten is brought once more', async () => {
		const fob = new TestFob(await desk.fob());
		const locks = [{ mac: lock.mac, tracking_key: 'fob' }];
		await call('fobs/issue', { fob_mac: fob.mac, locks });
		await desk.syncFob(fob, false);
		await after(401);
		await desk.syncFob(fob);
		const [shown] = await call('fobs/display', { fob_macs: [fob.mac] });
		expect(shown.locks).toMatchObject([{ mac: lock.mac, status: 'synced' }]);
	});
});

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { issueCodes } from '../../../src/lib/server/core/quick-clicks.ts';
import { holdLock } from '../../../src/lib/server/slots.ts';
import { declareRecovery } from '../../../src/lib/server/core/recovery.ts';
import { databases } from '../../setup/databases.ts';
import { Lab } from './lab.ts';
import type { TestLock } from './test-lock.ts';

describe.each(databases)('how often a quick click may still be used, on $name', ({ create }) => {
	let lab: Lab;
	let lock: TestLock;
	beforeEach(async () => {
		lab = await Lab.open(create);
		lock = await lab.lock();
		await lab.open(lock);
		lock.close();
	});
	afterEach(() => lab.close());

	const issue = async (...codes: [string, number][]) => {
		const { id } = await lab.row(lock);
		await lab.db.transaction().execute(async (trx) => {
			const wanted = codes.map(([code, uses]) => ({ code, uses }));
			await issueCodes(trx, (await holdLock(trx, id))!, wanted, lock.now);
		});
	};
	const uses = async () => {
		const rows = await lab.db.selectFrom('quick_click').select(['code', 'uses']).execute();
		return Object.fromEntries(rows.map(({ code, uses: left }) => [code, left]));
	};
	const open = async () => {
		await lab.open(lock);
		lock.close();
	};
	const use = (code: string) => {
		const opened = lock.enter(code);
		lock.close();
		return opened;
	};

	test('records that come late, twice and out of order count once each', async () => {
		await issue(['010', 20]);
		await open();
		const logs = [];
		for (let i = 0; i < 4; i++) {
			use('010');
			logs.push(await lab.openOnly(lock));
		}
		for (const log of [logs[2]!, logs[0]!, logs[2]!, logs[3]!, logs[1]!, logs[0]!])
			await lab.hear([log], lock.now);
		expect(await uses()).toEqual({ '010': 16 });
		expect((await lab.row(lock)).uses_asked).toBe(0);
	});

	test('a log that is lost for good: the lock is asked, and its count stands', async () => {
		await issue(['010', 200]);
		await open();
		// More records than a lock keeps, none of them heard.
		for (let i = 0; i < 150; i++) expect(use('010')).toBe(true);
		for (let i = 0; i < 60; i++) await open();
		expect(await uses()).toEqual({ '010': 50 });
		expect((await lab.row(lock)).uses_asked).toBe(0);
		use('010');
		await open();
		await open();
		expect(await uses()).toEqual({ '010': 49 });
	});

	test('a power cut may spend a use that no record tells of: the lock is asked', async () => {
		await issue(['010', 9]);
		await open();
		expect((await lab.row(lock)).uses_asked).toBe(0);
		lock.cutPower();
		await open();
		expect((await lab.row(lock)).uses_asked).toBe(1);
		await open();
		expect((await lab.row(lock)).uses_asked).toBe(0);
		expect(await uses()).toEqual({ '010': 9 });
	});

	test('a new count that was on its way when some were used', async () => {
		await issue(['010', 9]);
		await open();
		await issue(['010', 20]);
		// It reaches the lock, the proof is lost, and it is used.
		await lab.openOnly(lock);
		use('010');
		use('010');
		await open();
		await open();
		await open();
		expect(await uses()).toEqual({ '010': 18 });
	});

	test('an old answer of the lock does not give uses back', async () => {
		await issue(['010', 9]);
		await open();
		await lab.db.updateTable('lock').set({ uses_asked: 1 }).execute();
		use('010');
		const old = await lab.openOnly(lock);
		use('010');
		await open();
		await open();
		expect(await uses()).toEqual({ '010': 7 });
		await lab.hear([old], lock.now);
		expect(await uses()).toEqual({ '010': 7 });
	});

	test('a lock that counts nothing is asked once, and one without codes never', async () => {
		const ask = () => lab.db.updateTable('lock').set({ uses_asked: 1 }).execute();
		const packets = async () => {
			const session = lock.connect();
			const issued = await lab.issue(lock, session);
			const { server } = lock.write(issued.packets);
			await lab.upload(lock, session, server);
			lock.disconnect();
			lock.close();
			return issued.packets.length;
		};
		await ask();
		expect(await packets()).toBe(1);
		await issue(['111', 255]);
		await open();
		await ask();
		expect(await packets()).toBe(2);
		expect((await lab.row(lock)).uses_asked).toBe(0);
		expect(await packets()).toBe(1);
	});

	test('after a restore codes are written again, and no spent use comes back', async () => {
		await issue(['010', 5], ['111', 255], ['000', 2]);
		await open();
		const before = await lab.db.selectFrom('quick_click').selectAll().execute();
		expect([use('010'), use('010'), use('000'), use('000')]).toEqual([true, true, true, true]);
		await open();
		await open();
		expect(await uses()).toEqual({ '010': 3, '111': 255, '000': 0 });
		// The backup knows of nothing that was used.
		for (const { id, uses: left } of before)
			await lab.db.updateTable('quick_click').set({ uses: left }).where('id', '=', id).execute();
		await declareRecovery(lab.db, { companyId: lab.companyId }, lock.mac, lock.now);
		for (let i = 0; i < 4; i++) await open();
		expect(await lab.row(lock)).toMatchObject({
			phase: 'steady',
			quick_click_reset: 0,
			quick_click_changes: 0,
			uses_asked: 0
		});
		expect(await uses()).toEqual({ '010': 3, '111': 255, '000': 0 });
		expect([use('000'), use('111'), use('010')]).toEqual([false, true, true]);
	});

	test('a code without end in the backup, which had one since, has none again', async () => {
		await issue(['010', 255]);
		await open();
		const before = await lab.db.selectFrom('quick_click').selectAll().executeTakeFirstOrThrow();
		await issue(['010', 9]);
		await open();
		expect(lock.holds.quickClicks).toMatchObject({ 1: { uses: 9 } });
		await lab.db.updateTable('quick_click').set(before).execute();
		await declareRecovery(lab.db, { companyId: lab.companyId }, lock.mac, lock.now);
		for (let i = 0; i < 4; i++) await open();
		expect(await uses()).toEqual({ '010': 255 });
		expect(lock.holds.quickClicks).toMatchObject({ 1: { uses: 255 } });
	});

	test('what a code of the lost days opened is not counted to the next one in its position', async () => {
		await issue(['111', 255]);
		await open();
		await lab.db.deleteFrom('quick_click').execute();
		await lab.db.updateTable('lock').set({ quick_clicks_used: 0 }).execute();
		await declareRecovery(lab.db, { companyId: lab.companyId }, lock.mac, lock.now);
		lock.now += 1000;
		await issue(['010', 5]);
		use('111');
		await open();
		use('111');
		const late = await lab.openOnly(lock);
		for (let i = 0; i < 2; i++) await open();
		await lab.hear([late], lock.now);
		for (let i = 0; i < 2; i++) await open();
		expect(await uses()).toEqual({ '010': 5 });
		expect(lock.holds.quickClicks).toMatchObject({ 1: { uses: 5 } });
		expect((await lab.row(lock)).uses_asked).toBe(0);
	});

	test('a code that is used up here is not written again after a restore', async () => {
		await issue(['010', 1]);
		await open();
		use('010');
		await open();
		await open();
		expect(await uses()).toEqual({ '010': 0 });
		await declareRecovery(lab.db, { companyId: lab.companyId }, lock.mac, lock.now);
		for (let i = 0; i < 3; i++) await open();
		const rows = await lab.db.selectFrom('quick_click').select('state').execute();
		expect(rows).toEqual([{ state: 'off' }]);
		expect(use('010')).toBe(false);
	});

	test('a code whose last use is told of while it waits to be written again', async () => {
		await issue(['010', 1]);
		await open();
		expect(use('010')).toBe(true);
		await declareRecovery(lab.db, { companyId: lab.companyId }, lock.mac, lock.now);
		// The first opening proves the keys and tells of the use; the set after it must not carry the code.
		for (let i = 0; i < 3; i++) {
			await lab.open(lock);
			expect(lock.shackle).toBe('open');
			lock.close();
			lock.now += 1000;
		}
		expect(lock.holds.quickClicks).toEqual({});
		expect((await lab.row(lock)).phase).toBe('steady');
		const { state } = await lab.db
			.selectFrom('quick_click')
			.select('state')
			.executeTakeFirstOrThrow();
		expect(state).toBe('off');
	});
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DebtReply } from '../../src/lib/api/app/debt.ts';
import { FobCommandsReply, FobReply, FobsReply } from '../../src/lib/api/app/fobs.ts';
import { declareFobRecovery } from '../../src/lib/server/core/recovery.ts';
import { databases } from '../setup/databases.ts';
import { TestFob } from '../server/core/test-fob.ts';
import type { TestLock } from '../server/core/test-lock.ts';
import type { Browser } from './app.ts';
import { Premises } from './premises.ts';

describe.each(databases)('fobs in the app on $name', ({ create }) => {
	let at: Premises;
	let gate: TestLock;
	let fob: TestFob;
	let fobs = 0;
	beforeAll(async () => {
		at = await Premises.open(create);
	});
	afterAll(() => at.close());
	beforeEach(async () => {
		await at.clear();
		await at.app.server.db.deleteFrom('fob').execute();
		gate = await at.lock();
		fob = await addFob();
	});

	const ask = (method: string, path: string, body?: object, by: Browser = at.owner) =>
		by.ask(method, `/api/fobs${path}`, { body });
	const addFob = async (name = 'Fob 12') => {
		const mac = `C0:FF:EE:00:00:${(++fobs).toString(16).padStart(2, '0').toUpperCase()}`;
		const added = await ask('POST', '', { mac, name, serial: `S-${fobs}` });
		expect(FobReply.parse(added.body)).toEqual(added.body);
		return new TestFob(mac);
	};
	const show = async ({ mac }: TestFob = fob): Promise<FobReply> => {
		const { body } = await ask('GET', `/${mac}`);
		expect(FobReply.parse(body)).toEqual(body);
		return body;
	};
	const grant = (...locks: TestLock[]) =>
		ask('POST', `/${fob.mac}/locks`, { locks: locks.map(({ mac }) => mac) });
	const debt = async (): Promise<DebtReply> => {
		const { body } = await at.owner.ask('GET', '/api/debt');
		expect(DebtReply.parse(body)).toEqual(body);
		return body;
	};
	/** As the app does it; what the fob said comes to the server as what locks say does. */
	const sync = async (one = fob, { upload = true } = {}) => {
		const session = one.connect();
		const { body } = await ask('POST', `/${one.mac}/commands`, { session });
		const { commands, brings } = FobCommandsReply.parse(body);
		const { results, server } = one.write(commands);
		one.disconnect();
		const batch = { id: `batch-${session}`, mac: one.mac, session, receivedAt: Date.now() };
		const body2 = { batches: [{ ...batch, packets: server }] };
		if (upload)
			expect((await at.owner.ask('POST', '/api/uploads', { body: body2 })).status).toBe(200);
		return { results, brings };
	};

	test('a fob is added, given a lock, synced, and opens with no phone', async () => {
		expect((await show()).fob).toMatchObject({ name: 'Fob 12', locks: 0, syncedAt: null });
		expect((await grant(gate)).body).toEqual({ granted: [gate.mac], refused: [] });
		const [before] = (await show()).locks;
		expect(before).toMatchObject({ mac: gate.mac, onFob: 'pending', onLock: 'waiting' });
		expect((await sync()).brings).toBe(true);
		expect((await show()).fob).toMatchObject({ locks: 1, synced: 1, pending: 0 });
		expect((await show()).fob.battery?.millivolts).toBe(3050);
		await at.openOnline(gate);
		const { fob: listed, locks } = await show();
		expect(locks).toMatchObject([{ onFob: 'synced', onLock: 'on-lock' }]);
		expect(FobsReply.parse((await ask('GET', '')).body)).toEqual({ fobs: [listed] });
		expect(fob.opens(gate)).toBe(true);
	});

	test('a lock taken away is owed until the lock has been opened, then proven', async () => {
		await grant(gate);
		await sync();
		await at.openOnline(gate);
		expect((await debt()).stops).toEqual([]);
		expect((await ask('DELETE', `/${fob.mac}/locks/${gate.mac}`)).status).toBe(200);
		expect((await ask('DELETE', `/${fob.mac}/locks/${gate.mac}`)).status).toBe(404);
		const { fob: listed, locks } = await show();
		expect(listed).toMatchObject({ locks: 0, revoking: 1, stillOpens: 1 });
		expect(locks).toMatchObject([{ onFob: 'revoke_pending', onLock: 'revoking' }]);
		const right = { kind: 'fob', reason: 'revoked', name: 'Fob 12', lost: false, wipedAt: null };
		const owed = await debt();
		expect(owed).toMatchObject({
			rights: 1,
			locks: 1,
			next: null,
			stops: [{ mac: gate.mac, openings: 1, since: locks[0]!.revokedAt, rights: [right] }]
		});
		// Off the fob, and by the lock's word still on the lock.
		await sync();
		expect(fob.locks).toEqual([]);
		expect((await debt()).stops[0]!.rights[0]!.wipedAt).toBeGreaterThan(0);
		await at.openOnline(gate);
		const after = await debt();
		expect(after).toMatchObject({ rights: 0, locks: 0, stops: [] });
		expect(after.proven).toMatchObject([{ kind: 'fob', name: 'Fob 12', mac: gate.mac }]);
		expect((await show()).locks).toMatchObject([{ onFob: 'off', onLock: 'off' }]);
	});

	test('a lost fob: every lock of it is to be visited, each until it is proven', async () => {
		const depot = await at.lock();
		await grant(gate, depot);
		await sync();
		for (const lock of [gate, depot]) await at.openOnline(lock);
		expect((await ask('PUT', `/${fob.mac}/lost`)).status).toBe(200);
		const lost = (await show()).fob;
		expect(lost).toMatchObject({ locks: 0, stillOpens: 2 });
		await ask('PUT', `/${fob.mac}/lost`);
		expect((await show()).fob.lostAt).toBe(lost.lostAt);
		expect((await debt()).stops.map(({ mac }) => mac).sort()).toEqual([gate.mac, depot.mac].sort());
		expect((await debt()).stops.every(({ rights }) => rights[0]!.lost)).toBe(true);
		expect((await grant(gate)).body.error.code).toBe('conflict');
		await at.openOnline(gate);
		expect(fob.opens(gate)).toBe(false);
		expect((await show()).fob.stillOpens).toBe(1);
		expect((await debt()).stops.map(({ mac }) => mac)).toEqual([depot.mac]);
		await ask('DELETE', `/${fob.mac}/lost`);
		expect((await show()).fob.lostAt).toBeNull();
		expect((await grant(gate)).body.granted).toEqual([gate.mac]);
	});

	test('a fob that is called lost while it is given locks keeps none of them', async () => {
		const locks = [gate, await at.lock(), await at.lock(), await at.lock()];
		for (let round = 0; round < 8; round++) {
			fob = await addFob();
			const [lost, ...given] = await Promise.all([
				ask('PUT', `/${fob.mac}/lost`),
				...locks.map((lock) => grant(lock))
			]);
			expect(lost.status).toBe(200);
			for (const { body } of given) expect(body.granted ?? body.error.code).toBeDefined();
			const { fob: shown, locks: left } = await show();
			expect([shown.lostAt !== null, shown.locks]).toEqual([true, 0]);
			expect(left.every(({ onFob }) => onFob === 'off' || onFob === 'revoke_pending')).toBe(true);
		}
	});

	test('each lock stands or falls by itself', async () => {
		const absent = '00:00:00:00:00:01';
		const row = { company_id: (await at.owner.me()).company.id, slot: 1, issue: 1 };
		await grant(gate);
		const { db } = at.app.server;
		const [slot] = await db.selectFrom('slot').selectAll().execute();
		expect(slot).toMatchObject(row);
		const full = await at.lock();
		const { id } = await db
			.selectFrom('lock')
			.select('id')
			.where('mac', '=', full.mac)
			.executeTakeFirstOrThrow();
		const keys = Array.from({ length: 100 }, (_, i) => ({
			...slot!,
			lock_id: id,
			slot: i + 1,
			holder: 'key' as const,
			tracking_key: `k${i}`,
			fob_id: null
		}));
		await db.insertInto('slot').values(keys).execute();
		const locks = [absent, full.mac, gate.mac];
		expect((await ask('POST', `/${fob.mac}/locks`, { locks })).body).toEqual({
			granted: [gate.mac],
			refused: [
				{ mac: absent, code: 'not-found' },
				{ mac: full.mac, code: 'lock-full' }
			]
		});
		expect((await show()).locks).toHaveLength(1);
	});

	test('after a restore a first sync only asks, the second brings everything', async () => {
		await grant(gate);
		await sync();
		const companyId = (await at.owner.me()).company.id;
		await declareFobRecovery(at.app.server.db, companyId, fob.mac);
		expect((await show()).fob).toMatchObject({ synced: 0, pending: 1 });
		expect((await sync()).brings).toBe(false);
		expect((await show()).fob.synced).toBe(0);
		expect((await sync()).brings).toBe(true);
		expect((await show()).fob.synced).toBe(1);
	});

	test('a fob that never was synced can be forgotten, no other', async () => {
		await grant(gate);
		expect((await ask('DELETE', `/${fob.mac}`)).body.error.code).toBe('conflict');
		await ask('DELETE', `/${fob.mac}/locks/${gate.mac}`);
		const spare = await addFob('Spare');
		await sync(spare, { upload: false });
		expect((await ask('DELETE', `/${spare.mac}`)).body.error.code).toBe('conflict');
		expect((await ask('DELETE', `/${fob.mac}`)).body).toEqual({});
		expect((await ask('GET', '')).body.fobs).toMatchObject([{ mac: spare.mac }]);
	});

	test('what is not here and what is not theirs are answered alike', async () => {
		await grant(gate);
		const absent = 'C0:FF:EE:00:FF:FF';
		const session = fob.connect();
		for (const [method, path, body] of [
			['GET', ''],
			['DELETE', ''],
			['POST', '/locks', { locks: [gate.mac] }],
			['DELETE', `/locks/${gate.mac}`],
			['POST', '/commands', { session }],
			['PUT', '/lost'],
			['DELETE', '/lost']
		] as const) {
			const foreign = await ask(method, `/${fob.mac}${path}`, body, at.stranger);
			const gone = await ask(method, `/${absent}${path}`, body, at.stranger);
			expect([foreign.status, foreign.text], `${method} ${path}`).toEqual([404, gone.text]);
			expect((await ask(method, `/${fob.mac}${path}`, body, at.mia)).status).toBe(403);
		}
		expect((await ask('GET', '', undefined, at.stranger)).body).toEqual({ fobs: [] });
		const theirs = await at.stranger.ask('GET', '/api/debt');
		expect(theirs.body).toEqual({ rights: 0, locks: 0, stops: [], next: null, proven: [] });
		// Another company's lock is none that a fob of theirs could open.
		const own = { mac: fob.mac, name: 'Theirs' };
		expect((await ask('POST', '', own, at.stranger)).status).toBe(200);
		const given = await ask('POST', `/${fob.mac}/locks`, { locks: [gate.mac] }, at.stranger);
		expect(given.body).toEqual({ granted: [], refused: [{ mac: gate.mac, code: 'not-found' }] });
		expect((await show()).fob).toMatchObject({ name: 'Fob 12', pending: 1, lostAt: null });
	});

	test('what is no fob is refused', async () => {
		const good = { mac: 'C0:FF:EE:00:00:FF', name: 'New' };
		for (const wrong of [{ mac: 'x' }, { name: ' ' }, { baseKey: '00' }, { environment: 'moon' }])
			expect((await ask('POST', '', { ...good, ...wrong })).body.error.code).toBe('bad-input');
		const taken = await ask('POST', '', { ...good, mac: fob.mac });
		expect(taken.body.error.code).toBe('conflict');
		expect((await ask('POST', '', { ...good, mac: gate.mac })).status).toBe(409);
		const bad = await at.owner.ask('GET', '/api/debt?cursor=1');
		expect(bad.body.error.code).toBe('bad-input');
	});
});

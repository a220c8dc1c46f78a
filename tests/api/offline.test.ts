import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Lock } from '../../src/lib/api/app/locks.ts';
import { declareRecovery } from '../../src/lib/server/core/recovery.ts';
import { databases } from '../setup/databases.ts';
import type { TestLock } from '../server/core/test-lock.ts';
import { DAY, Premises } from './premises.ts';

describe.each(databases)('offline keys in the app on $name', ({ create }) => {
	let at: Premises;
	let gate: TestLock;
	beforeAll(async () => {
		at = await Premises.open(create);
	});
	afterAll(() => at.close());
	beforeEach(async () => {
		await at.clear();
		gate = await at.lock();
	});

	test('a phone reports, asks, fetches, and sees its key arrive', async () => {
		const phone = at.phone();
		expect((await at.contact(at.owner, phone)).body).toMatchObject({ keys: [], wipe: [] });
		const { body } = await at.ask(at.owner, gate, { phone: null });
		const key = { mac: gate.mac, slot: 1, issue: 1 };
		expect(body).toEqual({ key: { ...key, state: 'waiting' } });
		expect((await at.ask(at.owner, gate, { phone: phone.id })).body).toEqual(body);
		const first = (await at.contact(at.owner, phone)).body;
		expect(first.leaseEnds).toBe(first.now + 7 * DAY);
		expect(first.keys).toEqual([
			{
				...key,
				state: 'waiting',
				readyUntil: null,
				generation: 0,
				offlineKey: expect.stringMatching(/^[0-9a-f]{32}$/),
				unlockCommand: expect.stringMatching(/^04010000a201[0-9a-f]{28}$/)
			}
		]);
		await at.openOnline(gate);
		const { keys, leaseEnds } = (await at.contact(at.owner, phone, [key])).body;
		expect(keys).toEqual([{ ...key, state: 'on-lock', readyUntil: leaseEnds, generation: 0 }]);
	});

	test('a lock says what waits for it, in the list and alone', async () => {
		const phone = at.phone();
		await at.contact(at.owner, phone);
		await at.openOnline(gate);
		const shown = async (): Promise<Lock> => {
			const { body } = await at.owner.ask('GET', `/api/locks/${gate.mac}`);
			const { locks: listed } = (await at.owner.ask('GET', '/api/locks')).body;
			expect(listed).toEqual([body.lock]);
			return Lock.parse(body.lock);
		};
		const none = { keys: 0, revoked: 0 };
		expect(await shown()).toMatchObject({ waitsForLock: false, waiting: none, slotsUsed: 0 });
		await at.ask(at.owner, gate, { phone: phone.id });
		expect(await shown()).toMatchObject({
			waitsForLock: true,
			waiting: { keys: 1, revoked: 0 },
			slotsUsed: 1
		});
		await at.openOnline(gate);
		expect(await shown()).toMatchObject({ waitsForLock: false, waiting: none, slotsUsed: 1 });
		const revoked = await at.owner.ask('DELETE', `/api/locks/${gate.mac}/keys/1`);
		expect(revoked.body).toEqual({ state: 'revoking' });
		expect(await shown()).toMatchObject({
			waitsForLock: true,
			waiting: { keys: 0, revoked: 1 },
			slotsUsed: 1
		});
		await at.openOnline(gate);
		expect(await shown()).toMatchObject({ waitsForLock: false, waiting: none, slotsUsed: 0 });
	});

	test('a manager sees who holds what, and what became of it', async () => {
		await at.grant(gate);
		const [mine, hers, spare] = [at.phone(), at.phone('Fairphone'), at.phone('Old one')];
		await at.contact(at.owner, mine);
		for (const phone of [hers, spare]) await at.contact(at.mia, phone);
		await at.ask(at.owner, gate, { phone: mine.id });
		await at.ask(at.mia, gate, { phone: hers.id });
		await at.openOnline(gate);
		await at.ask(at.owner, gate, { phone: spare.id, userId: await at.idOf(at.mia) });
		await at.mia.ask('DELETE', `/api/locks/${gate.mac}/keys/2`);
		const { keys, free, phones: others } = await at.list(gate);
		expect(free).toBe(97);
		expect(others.map(({ id }) => id)).toEqual([hers.id]);
		expect(keys).toMatchObject([
			{ slot: 1, state: 'on-lock', holder: 'phone', trackingKey: 'olga@example.com' },
			{ slot: 2, state: 'revoking', phone: { ...hers, userName: 'Mia', persisted: null } },
			{ slot: 3, state: 'waiting', trackingKey: 'mia@example.com', provenAt: null }
		]);
		expect(keys[0]!.until! - keys[0]!.issuedAt).toBeGreaterThan(27.9 * DAY);
		await at.openOnline(gate);
		await at.contact(at.mia, hers, [], [{ mac: gate.mac, slot: 2, issue: 1 }]);
		const [, on, off] = (await at.list(gate)).keys;
		expect(on).toMatchObject({ slot: 3, state: 'on-lock' });
		expect(off).toMatchObject({ slot: 2, state: 'off', phone: { id: hers.id } });
		for (const at of [off!.provenAt, off!.revokedAt, off!.offAt, off!.wipedAt])
			expect(at).toBeGreaterThan(0);
	});

	test('revokes the key that is meant, not the one that has come into its slot', async () => {
		const phone = at.phone();
		await at.contact(at.owner, phone);
		await at.ask(at.owner, gate, { phone: phone.id });
		const revoke = (query: string) =>
			at.owner.ask('DELETE', `/api/locks/${gate.mac}/keys/1${query}`);
		expect((await revoke('?issue=2')).status).toBe(404);
		expect((await revoke('?issue=x')).body.error.code).toBe('bad-input');
		expect((await at.list(gate)).keys).toMatchObject([{ slot: 1, issue: 1, state: 'waiting' }]);
		expect((await revoke('?issue=1')).body).toEqual({ state: 'off' });
		expect((await at.list(gate)).keys).toMatchObject([{ slot: 1, issue: 1, state: 'off' }]);
	});

	test('a lock whose keys are unknown says so until it has proven them', async () => {
		await at.openOnline(gate);
		const since = async () =>
			Lock.parse((await at.owner.ask('GET', `/api/locks/${gate.mac}`)).body.lock).keysUnknownSince;
		expect(await since()).toBeNull();
		const { db } = at.app.server;
		const before = Date.now();
		await declareRecovery(db, { companyId: (await at.owner.me()).company.id }, gate.mac);
		expect(await since()).toBeGreaterThanOrEqual(before);
		await at.openOnline(gate);
		expect(await since()).toBeNull();
	});

	test('who may not open a lock gets no key of it, and gives none', async () => {
		const phone = at.phone();
		await at.contact(at.mia, phone);
		const hers = { phone: phone.id, userId: await at.idOf(at.mia) };
		expect((await at.ask(at.mia, gate, { phone: phone.id })).body.error.code).toBe('not-found');
		expect((await at.ask(at.owner, gate, hers)).body.error.code).toBe('conflict');
		await at.grant(gate);
		expect((await at.ask(at.mia, gate, { phone: phone.id })).status).toBe(200);
		const mine = at.phone();
		await at.contact(at.owner, mine);
		await at.ask(at.owner, gate, { phone: mine.id });
		const others = { phone: mine.id, userId: await at.idOf(at.owner) };
		expect((await at.ask(at.mia, gate, others)).body.error.code).toBe('forbidden');
		expect((await at.mia.ask('DELETE', `/api/locks/${gate.mac}/keys/2`)).status).toBe(404);
		for (const [method, path] of [
			['POST', `/api/locks/${gate.mac}/keys`],
			['GET', `/api/locks/${gate.mac}/keys`],
			['DELETE', `/api/locks/${gate.mac}/keys/1`]
		] as const) {
			const body = method === 'POST' ? { phone: phone.id } : undefined;
			expect((await at.stranger.ask(method, path, { body })).status, method).toBe(404);
		}
		expect((await at.contact(at.stranger, phone)).body.keys).toEqual([]);
		expect((await at.list(gate)).keys.map(({ state }) => state)).toEqual(['waiting', 'waiting']);
		const nobody = { phone: 'never-in-contact' };
		expect((await at.ask(at.owner, gate, nobody)).body.error.code).toBe('not-found');
		expect((await at.owner.ask('DELETE', `/api/locks/${gate.mac}/keys/9`)).status).toBe(404);
	});

	test('the lease is the company’s to choose', async () => {
		const lease = (method: string, body?: object, by = at.owner) =>
			by.ask(method, '/api/company/lease', { body });
		expect((await lease('GET')).body).toEqual({ days: 7 });
		expect((await lease('PUT', { days: 3 })).body).toEqual({ days: 3 });
		expect((await lease('GET')).body).toEqual({ days: 3 });
		expect((await lease('GET', undefined, at.stranger)).body).toEqual({ days: 7 });
		const { now, leaseEnds } = (await at.contact(at.owner, at.phone())).body;
		expect(leaseEnds).toBe(now + 3 * DAY);
		for (const days of [0, 31, 1.5, '7', null])
			expect((await lease('PUT', { days })).body.error.code).toBe('bad-input');
		await lease('PUT', { days: 7 });
	});

	test('a full lock says so', async () => {
		const { db } = at.app.server;
		const phone = at.phone();
		await at.contact(at.owner, phone);
		await at.ask(at.owner, gate, { phone: phone.id });
		const [row] = await db.selectFrom('slot').selectAll().execute();
		const rows = Array.from({ length: 99 }, (_, i) => ({
			...row!,
			slot: i + 2,
			holder: 'key' as const,
			tracking_key: `k${i}`,
			phone_id: null,
			user_id: null
		}));
		await db.insertInto('slot').values(rows).execute();
		const other = at.phone();
		await at.contact(at.owner, other);
		const { status, body } = await at.ask(at.owner, gate, { phone: other.id });
		expect({ status, code: body.error.code }).toEqual({ status: 409, code: 'conflict' });
		expect(body.error.message).toContain('100 key slots, 100 are taken');
		// The one that has a key keeps it.
		expect((await at.ask(at.owner, gate, { phone: phone.id })).body.key.slot).toBe(1);
	});

	test('what is no report is refused', async () => {
		const phone = at.phone();
		const good = { phone, persisted: true, has: [], wiped: [] };
		for (const wrong of [
			{ phone: { ...phone, id: 'short' } },
			{ phone: { ...phone, name: ' ' } },
			{ persisted: 1 },
			{ has: [{ mac: gate.mac, slot: 101, issue: 1 }] },
			{ has: [{ mac: gate.mac, slot: 1, issue: 0 }] },
			{ wiped: null }
		]) {
			const body = { ...good, ...wrong };
			const answer = await at.owner.ask('POST', '/api/offline/contact', { body });
			expect(answer.body.error.code).toBe('bad-input');
		}
	});
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ContactReply, LockKeysReply } from '../../src/lib/api/app/offline.ts';
import { Lock } from '../../src/lib/api/app/locks.ts';
import { databases } from '../setup/databases.ts';
import { TestLock } from '../server/core/test-lock.ts';
import { PASSWORD, TestApp, type Browser } from './app.ts';

const DAY = 24 * 3600 * 1000;
let locks = 0;
let phones = 0;

describe.each(databases)('offline keys in the app on $name', ({ create }) => {
	let app: TestApp;
	let owner: Browser;
	let mia: Browser;
	let stranger: Browser;
	let gate: TestLock;
	beforeAll(async () => {
		app = await TestApp.open(create);
		owner = await app.owner();
		mia = await app.join(owner, 'Mia', 'member');
		stranger = await app.stranger();
	});
	afterAll(() => app.close());
	beforeEach(async () => {
		await app.server.db.deleteFrom('lock').execute();
		await app.server.db.deleteFrom('phone').execute();
		gate = await addLock();
	});

	async function addLock(by = owner): Promise<TestLock> {
		const mac = `F1:E2:D3:C4:00:${(++locks).toString(16).padStart(2, '0').toUpperCase()}`;
		const body = { mac, name: `Gate ${locks}`, hardwareType: '4I' };
		expect((await by.ask('POST', '/api/locks', { body })).status).toBe(200);
		return new TestLock(mac);
	}

	const idOf = async (person: Browser) => (await person.me()).user.id as string;
	const grant = async (...granted: TestLock[]) => {
		const body = { locks: granted.map(({ mac }) => mac) };
		return owner.ask('PUT', `/api/people/${await idOf(mia)}/locks`, { body });
	};

	interface Phone {
		id: string;
		name: string;
	}
	const newPhone = (name = 'Pixel 9'): Phone => ({
		id: `phone-${++phones}-${'x'.repeat(8)}`,
		name
	});
	async function contact(by: Browser, phone: Phone, has: object[] = [], wiped: object[] = []) {
		const body = { phone, persisted: null, has, wiped };
		const answer = await by.ask('POST', '/api/offline/contact', { body });
		if (answer.status === 200) expect(ContactReply.parse(answer.body)).toEqual(answer.body);
		return answer;
	}
	const ask = (by: Browser, lock: TestLock, body: object) =>
		by.ask('POST', `/api/locks/${lock.mac}/keys`, { body });
	const list = async (lock: TestLock, by = owner): Promise<LockKeysReply> => {
		const { body } = await by.ask('GET', `/api/locks/${lock.mac}/keys`);
		expect(LockKeysReply.parse(body)).toEqual(body);
		return body;
	};
	async function openOnline(lock: TestLock, by = owner): Promise<void> {
		const session = lock.connect();
		const body = { session, action: 'unlock' };
		const { body: issued } = await by.ask('POST', `/api/locks/${lock.mac}/commands`, { body });
		const { server } = lock.write(issued.commands);
		const batch = { id: `batch-${session}`, mac: lock.mac, session, receivedAt: Date.now() };
		const batches = [{ ...batch, packets: server }];
		const sent = await by.ask('POST', '/api/uploads', { body: { batches } });
		expect(sent.body.durable).toHaveLength(1);
		lock.disconnect();
		lock.close();
	}

	test('a phone reports, asks, fetches, and sees its key arrive', async () => {
		const phone = newPhone();
		expect((await contact(owner, phone)).body).toMatchObject({ keys: [], wipe: [] });
		const { body } = await ask(owner, gate, { phone: null });
		const key = { mac: gate.mac, slot: 1, issue: 1 };
		expect(body).toEqual({ key: { ...key, state: 'waiting' } });
		expect((await ask(owner, gate, { phone: phone.id })).body).toEqual(body);
		const first = (await contact(owner, phone)).body;
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
		await openOnline(gate);
		const { keys, leaseEnds } = (await contact(owner, phone, [key])).body;
		expect(keys).toEqual([{ ...key, state: 'on-lock', readyUntil: leaseEnds, generation: 0 }]);
	});

	test('a lock says what waits for it, in the list and alone', async () => {
		const phone = newPhone();
		await contact(owner, phone);
		await openOnline(gate);
		const shown = async (): Promise<Lock> => {
			const { body } = await owner.ask('GET', `/api/locks/${gate.mac}`);
			const { locks: listed } = (await owner.ask('GET', '/api/locks')).body;
			expect(listed).toEqual([body.lock]);
			return Lock.parse(body.lock);
		};
		const none = { keys: 0, revoked: 0 };
		expect(await shown()).toMatchObject({ waitsForLock: false, waiting: none, slotsUsed: 0 });
		await ask(owner, gate, { phone: phone.id });
		expect(await shown()).toMatchObject({
			waitsForLock: true,
			waiting: { keys: 1, revoked: 0 },
			slotsUsed: 1
		});
		await openOnline(gate);
		expect(await shown()).toMatchObject({ waitsForLock: false, waiting: none, slotsUsed: 1 });
		const revoked = await owner.ask('DELETE', `/api/locks/${gate.mac}/keys/1`);
		expect(revoked.body).toEqual({ state: 'revoking' });
		expect(await shown()).toMatchObject({
			waitsForLock: true,
			waiting: { keys: 0, revoked: 1 },
			slotsUsed: 1
		});
		await openOnline(gate);
		expect(await shown()).toMatchObject({ waitsForLock: false, waiting: none, slotsUsed: 0 });
	});

	test('a manager sees who holds what, and what became of it', async () => {
		await grant(gate);
		const [mine, hers, spare] = [newPhone(), newPhone('Fairphone'), newPhone('Old one')];
		await contact(owner, mine);
		for (const phone of [hers, spare]) await contact(mia, phone);
		await ask(owner, gate, { phone: mine.id });
		await ask(mia, gate, { phone: hers.id });
		await openOnline(gate);
		await ask(owner, gate, { phone: spare.id, userId: await idOf(mia) });
		await mia.ask('DELETE', `/api/locks/${gate.mac}/keys/2`);
		const { keys, free, phones: others } = await list(gate);
		expect(free).toBe(97);
		expect(others.map(({ id }) => id)).toEqual([hers.id]);
		expect(keys).toMatchObject([
			{ slot: 1, state: 'on-lock', holder: 'phone', trackingKey: 'olga@example.com' },
			{ slot: 2, state: 'revoking', phone: { ...hers, userName: 'Mia', persisted: null } },
			{ slot: 3, state: 'waiting', trackingKey: 'mia@example.com', provenAt: null }
		]);
		expect(keys[0]!.until! - keys[0]!.issuedAt).toBeGreaterThan(27.9 * DAY);
		await openOnline(gate);
		await contact(mia, hers, [], [{ mac: gate.mac, slot: 2, issue: 1 }]);
		const [, on, off] = (await list(gate)).keys;
		expect(on).toMatchObject({ slot: 3, state: 'on-lock' });
		expect(off).toMatchObject({ slot: 2, state: 'off', phone: { id: hers.id } });
		for (const at of [off!.provenAt, off!.revokedAt, off!.offAt, off!.wipedAt])
			expect(at).toBeGreaterThan(0);
	});

	test('who may not open a lock gets no key of it, and gives none', async () => {
		const phone = newPhone();
		await contact(mia, phone);
		const hers = { phone: phone.id, userId: await idOf(mia) };
		expect((await ask(mia, gate, { phone: phone.id })).body.error.code).toBe('not-found');
		expect((await ask(owner, gate, hers)).body.error.code).toBe('conflict');
		await grant(gate);
		expect((await ask(mia, gate, { phone: phone.id })).status).toBe(200);
		const mine = newPhone();
		await contact(owner, mine);
		await ask(owner, gate, { phone: mine.id });
		const others = { phone: mine.id, userId: await idOf(owner) };
		expect((await ask(mia, gate, others)).body.error.code).toBe('forbidden');
		expect((await mia.ask('DELETE', `/api/locks/${gate.mac}/keys/2`)).status).toBe(404);
		for (const [method, path] of [
			['POST', `/api/locks/${gate.mac}/keys`],
			['GET', `/api/locks/${gate.mac}/keys`],
			['DELETE', `/api/locks/${gate.mac}/keys/1`]
		] as const) {
			const body = method === 'POST' ? { phone: phone.id } : undefined;
			expect((await stranger.ask(method, path, { body })).status, method).toBe(404);
		}
		expect((await contact(stranger, phone)).body.keys).toEqual([]);
		expect((await list(gate)).keys.map(({ state }) => state)).toEqual(['waiting', 'waiting']);
		const nobody = { phone: 'never-in-contact' };
		expect((await ask(owner, gate, nobody)).body.error.code).toBe('not-found');
		expect((await owner.ask('DELETE', `/api/locks/${gate.mac}/keys/9`)).status).toBe(404);
	});

	test('a withdrawn grant takes the keys of that lock, and no others', async () => {
		const barn = await addLock();
		await grant(gate, barn);
		const phone = newPhone();
		await contact(mia, phone);
		for (const lock of [gate, barn]) await ask(mia, lock, { phone: phone.id });
		await openOnline(gate);
		await grant(barn);
		expect((await list(gate)).keys).toMatchObject([{ state: 'revoking' }]);
		expect((await list(barn)).keys).toMatchObject([{ state: 'waiting' }]);
		const held = { mac: gate.mac, slot: 1, issue: 1 };
		const { keys, wipe } = (await contact(mia, phone, [held])).body;
		expect(keys.map(({ mac }: { mac: string }) => mac)).toEqual([barn.mac]);
		expect(wipe).toEqual([held]);
	});

	test('who is taken out of the company loses every key', async () => {
		const tom = await app.join(owner, `Tom${locks}`, 'admin');
		const phone = newPhone();
		await contact(tom, phone);
		await ask(tom, gate, { phone: phone.id });
		await openOnline(gate);
		await owner.ask('DELETE', `/api/people/${await idOf(tom)}`);
		const { keys, phones: others } = await list(gate);
		expect(keys).toMatchObject([{ state: 'revoking' }]);
		expect(others).toEqual([]);
		expect((await contact(tom, phone)).status).toBe(401);
	});

	test('a grant and a person that go while a key is asked for leave none behind', async () => {
		for (let i = 0; i < 8; i++) {
			const lock = await addLock();
			await grant(lock);
			const phone = newPhone();
			await contact(mia, phone);
			await Promise.all([ask(mia, lock, { phone: phone.id }), grant()]);
			const { keys } = await list(lock);
			expect(keys.filter(({ state }) => state === 'waiting')).toEqual([]);
			const tom = await app.join(owner, `Ted${locks}`, 'admin');
			await contact(tom, phone);
			const tomsId = await idOf(tom);
			await Promise.all([
				ask(tom, lock, { phone: phone.id }),
				owner.ask('DELETE', `/api/people/${tomsId}`)
			]);
			const after = await list(lock);
			expect(after.keys.filter(({ state }) => state === 'waiting')).toEqual([]);
		}
	});

	test('signing out takes the keys of that phone; signing out elsewhere those of the others', async () => {
		const email = 'olga@example.com';
		const signIn = async () => {
			const browser = app.browser();
			expect((await browser.signIn(email)).status).toBe(200);
			const phone = newPhone();
			await contact(browser, phone);
			await ask(browser, gate, { phone: phone.id });
			return { browser, phone };
		};
		const [one, two, three] = [await signIn(), await signIn(), await signIn()];
		await openOnline(gate, one.browser);
		const states = async () => (await list(gate, two.browser)).keys.map(({ state }) => state);
		expect((await one.browser.ask('POST', '/api/auth/sign-out', { body: {} })).status).toBe(200);
		expect(await states()).toEqual(['revoking', 'on-lock', 'on-lock']);
		await two.browser.ask('POST', '/api/auth/revoke-other-sessions', { body: {} });
		expect(await states()).toEqual(['revoking', 'on-lock', 'revoking']);
		expect((await contact(three.browser, three.phone)).status).toBe(401);
		// The phone is the same, and is asked to delete what it still holds.
		await three.browser.signIn(email);
		const held = { mac: gate.mac, slot: 3, issue: 1 };
		expect((await contact(three.browser, three.phone, [held])).body.wipe).toEqual([held]);
		const wrong = { currentPassword: 'wrong', newPassword: PASSWORD, revokeOtherSessions: true };
		await two.browser.ask('POST', '/api/auth/change-password', { body: wrong });
		await ask(three.browser, gate, { phone: three.phone.id });
		expect(await states()).toEqual(['revoking', 'on-lock', 'revoking', 'waiting']);
		const right = { ...wrong, currentPassword: PASSWORD };
		const changed = await two.browser.ask('POST', '/api/auth/change-password', { body: right });
		expect(changed.status).toBe(200);
		expect((await states()).slice(0, 3)).toEqual(['revoking', 'on-lock', 'revoking']);
		expect((await states())[3]).toBe('off');
		await owner.signIn(email);
	});

	test('the lease is the company’s to choose', async () => {
		const lease = (method: string, body?: object, by = owner) =>
			by.ask(method, '/api/company/lease', { body });
		expect((await lease('GET')).body).toEqual({ days: 7 });
		expect((await lease('PUT', { days: 3 })).body).toEqual({ days: 3 });
		expect((await lease('GET')).body).toEqual({ days: 3 });
		expect((await lease('GET', undefined, stranger)).body).toEqual({ days: 7 });
		const { now, leaseEnds } = (await contact(owner, newPhone())).body;
		expect(leaseEnds).toBe(now + 3 * DAY);
		for (const days of [0, 31, 1.5, '7', null])
			expect((await lease('PUT', { days })).body.error.code).toBe('bad-input');
		await lease('PUT', { days: 7 });
	});

	test('a full lock says so', async () => {
		const { db } = app.server;
		const phone = newPhone();
		await contact(owner, phone);
		await ask(owner, gate, { phone: phone.id });
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
		const other = newPhone();
		await contact(owner, other);
		const { status, body } = await ask(owner, gate, { phone: other.id });
		expect({ status, code: body.error.code }).toEqual({ status: 409, code: 'conflict' });
		expect(body.error.message).toContain('100 key slots, 100 are taken');
		// The one that has a key keeps it.
		expect((await ask(owner, gate, { phone: phone.id })).body.key.slot).toBe(1);
	});

	test('what is no report is refused', async () => {
		const phone = newPhone();
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
			const answer = await owner.ask('POST', '/api/offline/contact', { body });
			expect(answer.body.error.code).toBe('bad-input');
		}
	});
});

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Lock } from '../../src/lib/api/app/locks.ts';
import { DEFAULT_BASE_KEY } from '../../src/lib/protocol/noke/profile.ts';
import { openSecret, unseal } from '../../src/lib/server/secret.ts';
import { databases } from '../setup/databases.ts';
import { TestApp, type Browser } from './app.ts';

const GATE = 'F1:E2:D3:C4:B5:A6';

describe.each(databases)('locks on $name', ({ create }) => {
	let app: TestApp;
	let owner: Browser;
	beforeEach(async () => {
		app = await TestApp.open(create);
		owner = await app.owner();
	});
	afterEach(() => app.close());

	const add = (body: object) =>
		owner.ask('POST', '/api/locks', { body: { name: 'Gate', hardwareType: '4i', ...body } });

	test('a lock is added as it leaves the factory, read by any spelling of its MAC', async () => {
		const { body } = await add({ mac: 'f1e2d3c4b5a6', serial: ' S1 ' });
		expect(Lock.parse(body.lock)).toEqual({
			mac: GATE,
			name: 'Gate',
			place: '',
			serial: 'S1',
			hardwareType: '4I',
			firmware: '4.25',
			environment: 'production',
			awaitingSetup: true,
			waitsForLock: false,
			waiting: { keys: 0, revoked: 0 },
			slotsUsed: 0,
			keysUnknownSince: null,
			battery: null,
			lastKnown: null,
			lastOpened: null,
			mayOpen: true,
			mayUnshackle: true,
			explicitLock: 'off'
		});
		for (const mac of [GATE, GATE.toLowerCase(), 'F1-E2-D3-C4-B5-A6', `${GATE}/`]) {
			expect((await owner.ask('GET', `/api/locks/${mac}`)).body.lock).toEqual(body.lock);
		}
		expect((await owner.ask('GET', '/api/locks/gate')).body.error.code).toBe('bad-input');
		expect((await add({ mac: GATE })).body.error.code).toBe('conflict');
		expect((await add({ mac: GATE, environment: 'sandbox' })).status).toBe(409);
	});

	test('its key and root are sealed, each to its own row and column', async () => {
		const baseKey = 'A0A1A2A3A4A5A6A7A8A9AAABACADAEAF';
		await add({ mac: GATE, baseKey });
		await add({ mac: '00:00:00:00:00:02' });
		const { db, config } = app.server;
		const [first, second] = await db
			.selectFrom('lock')
			.selectAll()
			.orderBy('mac', 'desc')
			.execute();
		if (!first || !second) throw new Error('two locks');
		expect(JSON.stringify(first).toLowerCase()).not.toContain(baseKey.toLowerCase());
		// Opened anew: the secret is in the file, not only in the process.
		const secret = openSecret(config.data);
		const place = { table: 'lock', row: first.id, column: 'base_key' };
		expect(Buffer.from(unseal(secret, place, first.base_key)).toString('hex')).toBe(
			baseKey.toLowerCase()
		);
		const root = unseal(secret, { ...place, column: 'root' }, first.root);
		expect(root).toHaveLength(32);
		const elsewhere = { ...place, row: second.id };
		expect(() => unseal(secret, elsewhere, first.base_key)).toThrow(/does not open/);
		expect(() => unseal(secret, { ...place, column: 'root' }, first.base_key)).toThrow(/not open/);
		const plain = unseal(secret, elsewhere, second.base_key);
		expect(Buffer.from(plain).toString('hex')).toBe(DEFAULT_BASE_KEY);
	});

	test('a name and a place can be changed, nothing else', async () => {
		await add({ mac: GATE });
		const change = (body: unknown) => owner.ask('PATCH', `/api/locks/${GATE}`, { body });
		expect((await change({ place: 'North' })).body.lock).toMatchObject({ place: 'North' });
		const { body } = await change({ name: 'Back gate', serial: 'X', setup_count: 9 });
		expect(body.lock).toMatchObject({ name: 'Back gate', place: 'North', serial: '' });
		expect(body.lock.awaitingSetup).toBe(true);
		expect((await change({ name: ' ' })).body.error.code).toBe('bad-input');
	});

	test('what is wrong is named', async () => {
		expect((await add({ mac: 'F1:E2' })).body.error).toEqual({
			code: 'bad-input',
			message: 'mac: a MAC has six octets'
		});
		for (const wrong of [
			{ hardwareType: 'HD' },
			{ baseKey: 'ab' },
			{ firmware: '4' },
			{ name: 7 }
		]) {
			expect((await add({ mac: GATE, ...wrong })).status).toBe(400);
		}
		expect((await add({ mac: GATE, name: 'a\0b' })).body.error.code).toBe('bad-input');
		expect((await owner.ask('GET', '/api/locks')).body.locks).toEqual([]);
	});

	test('the list is by name and shows what is known', async () => {
		await add({ mac: GATE, name: 'Zoo' });
		await add({ mac: '00:00:00:00:00:02', name: 'Barn', hardwareType: '3P' });
		await app.server.db
			.updateTable('lock')
			.set({
				setup_count: 1,
				phase: 'offered',
				active: 1,
				pending: 2,
				battery_mv: 2980,
				battery_at: 5,
				state: 'open',
				state_at: 6,
				last_opened_at: 7,
				last_opened_by: 'Olga'
			})
			.where('mac', '=', GATE)
			.execute();
		const { locks } = (await owner.ask('GET', '/api/locks')).body;
		expect(locks.map((lock: Lock) => [lock.name, lock.mayUnshackle])).toEqual([
			['Barn', false],
			['Zoo', true]
		]);
		expect(locks[1]).toMatchObject({
			awaitingSetup: false,
			waitsForLock: true,
			battery: { millivolts: 2980, at: 5 },
			lastKnown: { state: 'open', at: 6 },
			lastOpened: { at: 7, trackingKey: 'Olga' }
		});
	});
});

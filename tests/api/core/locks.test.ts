import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { databases } from '../../setup/databases.ts';
import { Desk, SAMPLE } from './desk.ts';

describe.each(databases)('locks of the Core API on $name', ({ create }) => {
	let desk: Desk;
	beforeEach(async () => {
		desk = await Desk.open(create);
	});
	afterEach(() => desk.close());

	test('a lock is shown in the words of the text', async () => {
		const lock = await desk.lock('3P');
		const { body } = await desk.post('lock/', { macs: [lock.mac] });
		const [shown] = body.data.locks;
		expect(Object.keys(shown)).toEqual([
			'mac',
			'created_by',
			'created_date',
			'setup_count',
			'hw_version',
			'fw_version',
			'serial',
			'internal_battery',
			'external_battery',
			'status',
			'flags',
			'settings'
		]);
		expect(shown).toMatchObject({
			mac: lock.mac,
			created_by: 'J Doe',
			setup_count: 0,
			hw_version: '3p',
			fw_version: '2.10',
			internal_battery: 0,
			external_battery: 0,
			status: 'awaiting setup',
			flags: 'none',
			settings: {}
		});
		expect(shown.created_date).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
		await desk.open(lock);
		const after = (await desk.post('lock/', { macs: [lock.mac] })).body.data.locks[0];
		expect(after).toMatchObject({ setup_count: 1, status: 'ready', flags: 'none' });
		expect(after.internal_battery).toBeGreaterThan(3000);
	});

	test('a lock that is not set up says too what waits for it', async () => {
		const { mac } = await desk.lock('4I', 'production', desk.mine, undefined, '4.25');
		const flags = async () => (await desk.post('lock/', { macs: [mac] })).body.data.locks[0].flags;
		// Offered, but never delivered: what is changed from here on waits for the opening after.
		await desk.post('unlock/', { mac, session: SAMPLE });
		expect(await flags()).toBe('none');
		await desk.post('qc/issue/', { mac, quick_clicks: [{ code: '10100', uses: 255 }] });
		expect(await flags()).toEqual(['quick-clicks']);
		await desk.post('keys/', { issue: { macs: [mac], tracking_keys: ['bob'] } });
		await desk.post('lock/settings/', { macs: [mac], settings: { 'explicit-lock': true } });
		expect(await flags()).toEqual(['keys', 'quick-clicks', 'settings']);
	});

	test('by MAC in any case, by serial, by either, or all', async () => {
		const [a, b, c] = [await desk.lock(), await desk.lock(), await desk.lock()];
		await desk.lock('4I', 'sandbox');
		await desk.lock('4I', 'production', desk.theirs);
		const serial = `SER-${b.mac.slice(-5)}`;
		const macs = async (body: unknown) =>
			(await desk.post('lock', body)).body.data.locks.map(({ mac }: { mac: string }) => mac);
		expect(await macs({ macs: [a.mac.toLowerCase()] })).toEqual([a.mac]);
		expect(await macs({ serials: [serial] })).toEqual([b.mac]);
		expect(await macs({ macs: [b.mac, a.mac, a.mac], serials: [serial] })).toEqual([a.mac, b.mac]);
		for (const all of [{}, undefined, { macs: [], serials: [] }])
			expect(await macs(all)).toEqual([a.mac, b.mac, c.mac]);
		expect(await macs({ macs: ['00:00:00:00:00:01'] })).toEqual([]);
	});

	test('wrong types and MACs that are none: 3', async () => {
		for (const body of [
			{ macs: 'F1:E2:D3:C4:B5:A6' },
			{ macs: ['F1:E2:D3:C4:B5'] },
			{ macs: ['F1E2D3C4B5A6'] },
			{ macs: ['XX:XX:XX:XX:XX:XX'] },
			{ macs: [1] },
			{ macs: null },
			{ serials: [null] }
		]) {
			expect((await desk.post('lock/', body)).body).toMatchObject({ error_code: 3, data: null });
		}
	});

	test('the sample session gets packets joined by plus, and a token', async () => {
		const lock = await desk.lock();
		const tokens = new Set<string>();
		for (const session of [SAMPLE, SAMPLE.toUpperCase()]) {
			const { body } = await desk.post('unlock/', {
				mac: lock.mac.toLowerCase(),
				session,
				tracking_key: 'somebody@example.com'
			});
			expect(body).toMatchObject({ result: 'success', error_code: 0, request: 'unlock' });
			expect(body.data.commands).toMatch(/^[0-9a-f]{40}(\+[0-9a-f]{40})*$/);
			expect(body.token).toMatch(/^[0-9a-f]{32}$/);
			tokens.add(body.token);
		}
		expect(tokens.size).toBe(2);
	});

	test('unlock sets up and opens, unshackle lets the shackle go', async () => {
		const lock = await desk.lock();
		const session = lock.connect();
		const { body } = await desk.post('unlock/', { mac: lock.mac, session });
		const { results } = lock.write(body.data.commands.split('+'));
		expect(results).toEqual([0x60, 0x60, 0x60, 0x60]);
		expect(lock.shackle).toBe('open');
		lock.disconnect();
		lock.close();
		const second = lock.connect();
		const released = await desk.post('unshackle', { mac: lock.mac, session: second });
		expect(released.body).toMatchObject({ error_code: 0, request: 'unshackle' });
		lock.write(released.body.data.commands.split('+'));
		expect(lock.shackle).toBe('out');
	});

	test('hardware that cannot be unshackled: 3, and says so', async () => {
		for (const type of ['3P', '2U']) {
			const { mac } = await desk.lock(type);
			const { body } = await desk.post('unshackle/', { mac, session: SAMPLE });
			expect(body).toMatchObject({ result: 'failure', error_code: 3, request: 'unshackle' });
			expect(body.message).toMatch(/cannot release its shackle/);
		}
	});

	test('a lock of another company, of the other environment, or none: the same 7', async () => {
		const foreign = await desk.lock('4I', 'production', desk.theirs);
		const sandbox = await desk.lock('4I', 'sandbox');
		const known = await desk.lock();
		for (const path of ['unlock/', 'unshackle/']) {
			const texts = new Set<string>();
			for (const mac of [foreign.mac, sandbox.mac, '00:00:00:00:00:01']) {
				const { status, body, text } = await desk.post(path, { mac, session: SAMPLE });
				expect(status).toBe(200);
				expect(body.error_code).toBe(7);
				texts.add(text);
			}
			expect(texts.size).toBe(1);
			const key = desk.theirs.keys.production.private;
			const body = { mac: known.mac, session: SAMPLE };
			expect((await desk.post(path, body, key)).body.error_code).toBe(7);
		}
		// The same MAC may be a lock of two companies; each opens its own.
		await desk.lock('4I', 'production', desk.theirs, known.mac);
		const key = desk.theirs.keys.production.private;
		const both = [desk.mine.keys.production.private, key].map((k) =>
			desk.post('unlock/', { mac: known.mac, session: SAMPLE }, k)
		);
		const answers = await Promise.all(both);
		expect(new Set(answers.map(({ body }) => body.data.commands)).size).toBe(2);
		expect(await desk.app.server.db.selectFrom('issued').select('id').execute()).toHaveLength(2);
	});

	test('a session that is none, or an input of another type: 3, and nothing is written', async () => {
		const { mac } = await desk.lock();
		for (const body of [
			{ mac },
			{ session: SAMPLE },
			{ mac, session: SAMPLE.slice(2) },
			{ mac, session: `${SAMPLE}00` },
			{ mac, session: '8675309j3nNy1V3G0ty0uRnUMB3r8675309j3nNy' },
			{ mac, session: 1 },
			{ mac: [mac], session: SAMPLE },
			{ mac: 'F1:E2:D3:C4:B5', session: SAMPLE },
			{ mac, session: SAMPLE, tracking_key: 5 },
			{ mac, session: SAMPLE, tracking_key: 'x'.repeat(201) }
		]) {
			for (const path of ['unlock/', 'unshackle/'])
				expect((await desk.post(path, body)).body).toMatchObject({ error_code: 3, data: null });
		}
		expect(await desk.app.server.db.selectFrom('issued').select('id').execute()).toEqual([]);
	});

	test('a session that is used up: 3', async () => {
		const { mac } = await desk.lock();
		const ask = async () => (await desk.post('unlock/', { mac, session: SAMPLE })).body;
		for (let i = 0; i < 127; i++) expect((await ask()).error_code).toBe(0);
		expect(await ask()).toMatchObject({ error_code: 3, message: expect.stringMatching(/used up/) });
	});

	test('in the sandbox the lock keeps its base key', async () => {
		const lock = await desk.lock('4I', 'sandbox');
		const keys = desk.mine.keys.sandbox;
		for (let i = 0; i < 2; i++) {
			const session = lock.connect();
			const { body } = await desk.post('unlock/', { mac: lock.mac, session }, keys.private);
			const { server } = lock.write(body.data.commands.split('+'));
			expect(lock.shackle).toBe('open');
			const logs = [{ mac: lock.mac, session, received_time: 1518141482, responses: server }];
			expect((await desk.post('upload/', { logs }, keys.mobile)).body.error_code).toBe(0);
			lock.disconnect();
			lock.close();
		}
		const { body } = await desk.post('lock/', {}, keys.private);
		expect(body.data.locks[0]).toMatchObject({ setup_count: 1, status: 'ready' });
	});
});

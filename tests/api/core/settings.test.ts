import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { databases } from '../../setup/databases.ts';
import type { TestLock } from '../../server/core/test-lock.ts';
import { Desk, SAMPLE } from './desk.ts';

describe.each(databases)('settings, engaging and updating on $name', ({ create }) => {
	let desk: Desk;
	let lock: TestLock;
	let old: TestLock;
	let standard: TestLock;
	beforeAll(async () => {
		desk = await Desk.open(create);
	});
	afterAll(() => desk.close());
	beforeEach(async () => {
		await desk.app.server.db.deleteFrom('lock').execute();
		const { mine } = desk;
		lock = await desk.lock('4I', 'production', mine, undefined, '4.25');
		old = await desk.lock('4I', 'production', mine, undefined, '4.24');
		standard = await desk.lock('3P', 'production', mine, undefined, '4.25');
	});

	const set = async (macs: string[], settings: unknown = { 'explicit-lock': true }) =>
		(await desk.post('lock/settings/', { settings, macs })).body;
	const shown = async () => (await desk.post('lock/', { macs: [lock.mac] })).body.data.locks[0];
	const ask = async (path: string, one: TestLock, session: string) =>
		(await desk.post(path, { mac: one.mac, session, tracking_key: 'linda' })).body;

	test('each lock is told by name what became of it, and none keeps another from it', async () => {
		const foreign = await desk.lock('4I', 'production', desk.theirs, undefined, '4.25');
		const sandbox = await desk.lock('4I', 'sandbox', desk.mine, undefined, '4.25');
		const macs = [old.mac, lock.mac, standard.mac, foreign.mac, sandbox.mac, '00:00:00:00:00:01'];
		const answer = await set(macs);
		expect(answer).toMatchObject({ result: 'success', error_code: 0, request: 'lock/settings' });
		const failed = (mac: string, why: string) => ({
			mac,
			messages: [`ERROR: ${why}`, `ERROR: failed saving lock settings on ${mac}`]
		});
		expect(answer.data.locks).toEqual([
			failed(old.mac, 'explicit-lock is not supported by 4i-4.24'),
			{
				mac: lock.mac,
				messages: ['SUCCESS: assigned setting: explicit-lock', 'SUCCESS: saved settings']
			},
			failed(standard.mac, 'explicit-lock is not supported by 3p-4.25'),
			...[foreign.mac, sandbox.mac, '00:00:00:00:00:01'].map((mac) => failed(mac, 'lock not found'))
		]);
	});

	test('another name, or another value, is told beside what works', async () => {
		const answer = await set([lock.mac], { 'explicit-lock': true, 'auto-brew': 1 });
		expect(answer.data.locks[0].messages).toEqual([
			'SUCCESS: assigned setting: explicit-lock',
			'ERROR: unknown setting: auto-brew',
			'SUCCESS: saved settings'
		]);
		for (const settings of [{}, null, [], 'explicit-lock', { 'explicit-lock': 'yes' }])
			expect((await set([lock.mac], settings)).error_code).toBe(3);
		expect((await set([])).error_code).toBe(3);
	});

	test('a lock waits to be told to engage once an online unlock has brought the setting', async () => {
		expect((await shown()).settings).toEqual({ 'explicit-lock': false });
		await desk.open(lock);
		await set([lock.mac]);
		expect(await shown()).toMatchObject({
			settings: { 'explicit-lock': true },
			flags: ['settings']
		});
		await desk.open(lock);
		expect(await shown()).toMatchObject({ settings: { 'explicit-lock': true }, flags: 'none' });
		expect(lock.engaged).toBe(false);
		const session = lock.connect();
		const { data, token, request } = await ask('engagelock/', lock, session);
		expect({ request, token: token.length }).toEqual({ request: 'engagelock', token: 32 });
		const { results, server } = lock.write(data.commands.split('+'));
		expect(results).toEqual([0x60]);
		expect(lock.engaged).toBe(true);
		await desk.upload(lock, session, server);
		const { activity } = (await desk.post('activity', { actions: ['locked'] })).body.data;
		expect(activity[0]).toMatchObject({ lock_mac: lock.mac, tracking_key: 'linda' });
	});

	test('taken back before it left, nothing is sent', async () => {
		await desk.open(lock);
		await set([lock.mac]);
		await set([lock.mac], { 'explicit-lock': false });
		expect(await shown()).toMatchObject({ settings: { 'explicit-lock': false }, flags: 'none' });
		await set([lock.mac]);
		await desk.open(lock);
		await set([lock.mac], { 'explicit-lock': false });
		await desk.open(lock);
		lock.close();
		expect(lock.engaged).toBe(true);
	});

	test('engaging brings no changes with it, and opens nothing', async () => {
		await desk.open(lock);
		await set([lock.mac]);
		await desk.post('keys/', { issue: [{ macs: [lock.mac], tracking_keys: ['bob'] }] });
		const session = lock.connect();
		for (const path of ['engagelock', 'fwupdate']) {
			const { data } = await ask(path, lock, session);
			expect(data.commands.split('+')).toHaveLength(1);
		}
		expect((await shown()).flags).toEqual(['keys', 'settings']);
		// Offered already: nobody knows which epoch the lock has, so both are tried.
		await ask('unlock', lock, SAMPLE);
		const { data } = await ask('engagelock', lock, session);
		expect(data.commands.split('+')).toHaveLength(2);
		expect(lock.write(data.commands.split('+')).results).toEqual([0x60, 0x61]);
	});

	test('hardware that cannot be told to engage: 3, and says so', async () => {
		for (const one of [old, standard]) {
			const answer = await ask('engagelock/', one, SAMPLE);
			expect(answer).toMatchObject({ error_code: 3, data: null, request: 'engagelock' });
			expect(answer.message).toMatch(/engages by itself/);
		}
	});

	test('fwupdate puts a lock, any lock, into firmware update mode', async () => {
		for (const one of [lock, standard]) {
			await desk.open(one);
			const session = one.connect();
			const { data, request } = await ask('fwupdate/', one, session);
			expect(request).toBe('fwupdate');
			expect(one.write(data.commands.split('+')).results[0]).toBe(0x60);
			expect(one.isUpdating).toBe(true);
		}
	});

	test('a foreign lock is an absent one: 7', async () => {
		const foreign = await desk.lock('4I', 'production', desk.theirs, undefined, '4.25');
		for (const path of ['engagelock', 'fwupdate', 'restore', 'restore/confirm']) {
			const texts = new Set<string>();
			for (const mac of [foreign.mac, '00:00:00:00:00:01']) {
				const body = { mac, session: SAMPLE, command_id: 1 };
				const { text, body: answer } = await desk.post(path, body);
				expect(answer.error_code).toBe(7);
				texts.add(text);
			}
			expect(texts.size).toBe(1);
		}
	});
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { databases } from '../../setup/databases.ts';
import type { TestLock } from '../../server/core/test-lock.ts';
import { Desk } from './desk.ts';

describe.each(databases)('restore on $name', ({ create }) => {
	let desk: Desk;
	let lock: TestLock;
	let mobile: string;
	beforeAll(async () => {
		desk = await Desk.open(create);
		mobile = desk.mine.keys.production.mobile;
	});
	afterAll(() => desk.close());
	beforeEach(async () => {
		await desk.app.server.db.deleteFrom('lock').execute();
		lock = await desk.lock();
		await desk.open(lock);
	});

	const row = () =>
		desk.app.server.db
			.selectFrom('lock')
			.select(['phase', 'active', 'pending', 'pending_changes'])
			.where('mac', '=', lock.mac)
			.executeTakeFirstOrThrow();
	const restore = async (session: string, path = 'restore/') => {
		const { body } = await desk.post(path, { mac: lock.mac, session }, mobile);
		expect(body).toMatchObject({ result: 'success', error_code: 0, request: 'restore' });
		return body.data.commands.split('+') as string[];
	};
	const issueKey = () =>
		desk.post('keys/', { issue: [{ macs: [lock.mac], tracking_keys: ['bob'] }] });

	test('brings no new set, whatever waits, and opens nothing', async () => {
		await issueKey();
		const before = await row();
		const packets = await restore(lock.connect());
		// Get logs, in two parts.
		expect(packets).toHaveLength(2);
		expect(lock.write(packets).results).toEqual([0x60, 0x60]);
		expect(lock.shackle).toBe('closed');
		expect(await row()).toEqual(before);
	});

	test('brings the set that is offered, the same bytes of it, and opens nothing', async () => {
		await issueKey();
		const lost = lock.connect();
		await desk.post('unlock/', { mac: lock.mac, session: lost });
		lock.disconnect();
		const offered = await row();
		expect(offered.phase).toBe('offered');
		const session = lock.connect();
		const { results, server } = lock.write(await restore(session));
		expect(new Set(results)).toEqual(new Set([0x60]));
		expect(lock.shackle).toBe('closed');
		expect(await row()).toEqual(offered);
		await desk.upload(lock, session, server);
		expect(await row()).toMatchObject({ phase: 'steady', active: offered.pending });
	});

	test('gets a lock through that has the set already, when its proof was lost', async () => {
		await issueKey();
		const session = lock.connect();
		const { body } = await desk.post('unlock/', { mac: lock.mac, session });
		lock.write(body.data.commands.split('+'));
		lock.disconnect();
		lock.close();
		const again = lock.connect();
		const { results, server } = lock.write(await restore(again));
		expect(new Set(results)).toEqual(new Set([0x60]));
		await desk.upload(lock, again, server);
		expect((await row()).phase).toBe('steady');
	});

	test('after a recovery it asks under every epoch, and only an opening counts', async () => {
		await desk.app.server.db.updateTable('lock').set({ phase: 'recover', recovery: 1 }).execute();
		const session = lock.connect();
		const { results, server } = lock.write(await restore(session));
		expect(results).toContain(0x60);
		expect(lock.shackle).toBe('closed');
		await desk.upload(lock, session, server);
		expect((await row()).phase).toBe('recover');
		lock.disconnect();
		await desk.open(lock);
		expect((await row()).phase).toBe('steady');
	});

	test('a confirmation promotes nothing: the mobile key is public', async () => {
		await issueKey();
		const session = lock.connect();
		await desk.post('unlock/', { mac: lock.mac, session });
		const before = await row();
		for (const command_id of [0, 3, -5, 255, session]) {
			const body = { mac: lock.mac, command_id };
			for (const path of ['restore/confirm/', '']) {
				const answer = (await desk.post(path, body, mobile)).body;
				expect(answer).toMatchObject({ error_code: 0, request: 'restore/confirm', data: {} });
				expect(typeof answer.message).toBe('string');
			}
		}
		expect(await row()).toEqual(before);
		const wrong = { mac: lock.mac, command_id: null };
		expect((await desk.post('restore/confirm', wrong, mobile)).body.error_code).toBe(3);
	});

	test('the library posts all of them to /core/ itself: the body says which', async () => {
		const session = lock.connect();
		const packets = await restore(session, '');
		const { server } = lock.write(packets);
		const logs = [{ session, mac: lock.mac, received_time: 1518141482, responses: server }];
		expect((await desk.post('', { logs }, mobile)).body).toMatchObject({
			error_code: 0,
			request: 'upload'
		});
		for (const body of [{ session }, { mac: lock.mac }, { command_id: 1 }, {}, []])
			expect((await desk.post('', body, mobile)).body.error_code).toBe(5);
	});

	test('the mobile key gets at nothing else', async () => {
		for (const path of ['unlock', 'engagelock', 'fobs/sync', 'qc/display', 'activity'])
			expect((await desk.post(path, {}, mobile)).body.error_code).toBe(2);
	});
});

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ActivityReply, UploadReply } from '../../src/lib/api/app/activity.ts';
import { CommandsReply } from '../../src/lib/api/app/locks.ts';
import { newId } from '../../src/lib/server/db/id.ts';
import { TestLock } from '../server/core/test-lock.ts';
import { databases } from '../setup/databases.ts';
import { TestApp, type Browser } from './app.ts';

const SAMPLE = '0000040ba7b0d91f7f45ad25698a18375c7e4f16';
const MAC = 'F1:E2:D3:C4:B5:A6';
const OTHER = 'F1:E2:D3:C4:B5:A7';

describe.each(databases)('opening from our own pages on $name', ({ create }) => {
	let app: TestApp;
	let owner: Browser;
	beforeEach(async () => {
		app = await TestApp.open(create);
		owner = await app.owner();
		await add(owner, MAC, 'Gate');
	});
	afterEach(() => app.close());

	async function add(browser: Browser, mac: string, name: string, more = {}): Promise<void> {
		const body = { mac, name, hardwareType: '4I', ...more };
		expect((await browser.ask('POST', '/api/locks', { body })).status).toBe(200);
	}

	const commands = (browser: Browser, mac: string, body: unknown) =>
		browser.ask('POST', `/api/locks/${mac}/commands`, { body });

	async function open(browser: Browser, lock: TestLock) {
		const session = lock.connect();
		const { body } = await commands(browser, lock.mac, { session, action: 'unlock' });
		const reply = CommandsReply.parse(body);
		const { server } = lock.write(reply.commands);
		lock.disconnect();
		lock.close();
		const { mac, now: receivedAt } = lock;
		return { id: `batch-${session.slice(8, 24)}`, mac, session, receivedAt, packets: server };
	}

	const upload = (browser: Browser, ...batches: object[]) =>
		browser.ask('POST', '/api/uploads', { body: { batches } });

	test('a lock opens, its answers are durable, and who asked is named', async () => {
		const lock = new TestLock(MAC);
		const batch = await open(owner, lock);
		const { status, body } = await upload(owner, batch);
		expect(status).toBe(200);
		expect(UploadReply.parse(body)).toEqual({ durable: [batch.id], refused: [] });
		const shown = (await owner.ask('GET', `/api/locks/${MAC}`)).body.lock;
		expect(shown).toMatchObject({
			awaitingSetup: false,
			lastKnown: { state: 'open' },
			lastOpened: { trackingKey: 'olga@example.com' }
		});
		const page = ActivityReply.parse((await owner.ask('GET', '/api/activity')).body);
		expect(page.next).toBeNull();
		expect(page.activity).toHaveLength(1);
		expect(page.activity[0]).toMatchObject({
			mac: MAC,
			lockName: 'Gate',
			action: 'setup_unlocked',
			trackingKey: 'olga@example.com'
		});
		const issued = await app.server.db.selectFrom('issued').selectAll().execute();
		expect(issued[0]?.user_id).toBe((await owner.me()).user.id);
	});

	test('a member opens what was granted, and nothing else', async () => {
		await add(owner, OTHER, 'Shed');
		const member = await app.join(owner, 'Mia', 'member', [MAC]);
		const body = { session: SAMPLE, action: 'unlock' };
		expect((await commands(member, MAC, body)).status).toBe(200);
		const stranger = await app.stranger();
		const refusals = [
			await commands(member, OTHER, body),
			await commands(member, '00:00:00:00:00:01', body),
			await commands(stranger, MAC, body)
		];
		for (const { status } of refusals) expect(status).toBe(404);
		expect(new Set(refusals.map(({ text }) => text)).size).toBe(1);
		expect((await commands(app.browser(), MAC, body)).status).toBe(401);
		const me = (await member.me()).user.id;
		await owner.ask('PUT', `/api/people/${me}/locks`, { body: { locks: [] } });
		expect((await commands(member, MAC, body)).status).toBe(404);
	});

	test('what is asked for wrongly, or cannot be', async () => {
		for (const body of [
			{},
			{ session: SAMPLE },
			{ session: SAMPLE.slice(2), action: 'unlock' },
			{ session: 'x'.repeat(40), action: 'unlock' },
			{ session: SAMPLE, action: 'explode' }
		])
			expect((await commands(owner, MAC, body)).status).toBe(400);
		await add(owner, OTHER, 'Bike', { hardwareType: '2U' });
		const unshackle = await commands(owner, OTHER, { session: SAMPLE, action: 'unshackle' });
		expect(unshackle.status).toBe(409);
		expect(unshackle.body.error.message).toMatch(/cannot release its shackle/);
		const ask = await commands(owner, MAC, { session: SAMPLE, action: 'ask' });
		expect(ask.body).toMatchObject({ opensAt: null });
		expect(ask.body.commands).toHaveLength(2);
	});

	test('a batch that was sent is refused with another body, and for a foreign lock', async () => {
		const batch = await open(owner, new TestLock(MAC));
		await upload(owner, batch);
		const again = await upload(owner, batch, { ...batch, id: 'batch-other', mac: OTHER });
		expect(again.body).toEqual({
			durable: [batch.id],
			refused: [{ id: 'batch-other', code: 'not-found' }]
		});
		const changed = await upload(owner, { ...batch, receivedAt: 5 });
		expect(changed.body.refused).toEqual([{ id: batch.id, code: 'conflict' }]);
		const stranger = await app.stranger();
		expect((await upload(stranger, batch)).body.refused).toEqual([
			{ id: batch.id, code: 'not-found' }
		]);
		for (const batches of [[{ ...batch, packets: [] }], [{ ...batch, packets: ['50'] }]])
			expect((await upload(owner, ...batches)).status).toBe(400);
	});

	test('somebody who lost the grant still hands in what the lock said', async () => {
		const member = await app.join(owner, 'Mia', 'member', [MAC]);
		const batch = await open(member, new TestLock(MAC));
		const me = (await member.me()).user.id;
		await owner.ask('PUT', `/api/people/${me}/locks`, { body: { locks: [] } });
		expect((await upload(member, batch)).body.durable).toEqual([batch.id]);
		expect((await owner.ask('GET', '/api/activity')).body.activity[0].trackingKey).toBe(
			'mia@example.com'
		);
		expect((await member.ask('GET', '/api/activity')).body.activity).toEqual([]);
	});

	/** 25 events a lock, three of them in each moment. */
	async function fill(mac: string): Promise<void> {
		const { db } = app.server;
		const { id, company_id, environment } = await db
			.selectFrom('lock')
			.selectAll()
			.where('mac', '=', mac)
			.executeTakeFirstOrThrow();
		const rows = Array.from({ length: 25 }, (_, i) => {
			const at = 1_700_000_000_000 + Math.floor(i / 3) * 1000;
			return {
				id: newId(),
				company_id,
				environment,
				lock_id: id,
				action: i % 5 === 0 ? 'button_touched' : 'unlocked',
				gen: 0,
				counter: null,
				recorded_at: at,
				range_start: at,
				range_end: at,
				tracking_key: i % 2 === 0 ? 'ann' : null,
				slot: null
			};
		});
		await db.insertInto('activity').values(rows).execute();
	}

	test('pages follow each other without a gap or an echo', async () => {
		await add(owner, OTHER, 'Shed', { environment: 'sandbox' });
		await fill(MAC);
		await fill(OTHER);
		const all = (await owner.ask('GET', '/api/activity?limit=200')).body.activity;
		expect(all).toHaveLength(40);
		const times = all.map(({ recordedAt }: { recordedAt: number }) => recordedAt);
		expect(times).toEqual(times.toSorted((a: number, b: number) => b - a));
		for (const limit of [1, 7, 20, 40]) {
			const read: unknown[] = [];
			let cursor: string | null = '';
			for (let pages = 0; cursor !== null && pages < 50; pages++) {
				const more = cursor ? `&cursor=${cursor}` : '';
				const { body } = await owner.ask('GET', `/api/activity?limit=${limit}${more}`);
				read.push(...body.activity);
				cursor = body.next;
			}
			expect(read).toEqual(all);
		}
		for (const cursor of ['x', '1', '1.2', `${1e15}.${'0'.repeat(26)}`])
			expect((await owner.ask('GET', `/api/activity?cursor=${cursor}`)).status).toBe(400);
	});

	test('filters hold, and a member sees the granted locks only', async () => {
		await add(owner, OTHER, 'Shed');
		await fill(MAC);
		await fill(OTHER);
		const member = await app.join(owner, 'Mia', 'member', [OTHER]);
		const count = async (query: string, browser = owner) =>
			(await browser.ask('GET', `/api/activity?limit=200&${query}`)).body.activity?.length;
		expect(await count(`mac=${MAC}`)).toBe(20);
		expect(await count(`mac=${MAC}&trackingKey=ann`)).toBe(10);
		expect(await count('action=button_touched')).toBe(10);
		expect(await count('trackingKey=ann')).toBe(20);
		expect(await count(`after=1700000001000&before=1700000001000&mac=${MAC}`)).toBe(2);
		expect(await count('', member)).toBe(20);
		expect((await member.ask('GET', `/api/activity?mac=${MAC}`)).status).toBe(404);
		expect((await owner.ask('GET', '/api/activity?mac=00:00:00:00:00:01')).status).toBe(404);
		for (const query of ['action=dance', 'limit=0', 'limit=201', 'before=x', 'mac=1'])
			expect((await owner.ask('GET', `/api/activity?${query}`)).status).toBe(400);
	});

	test('in the demo nobody has an address', async () => {
		const guest = app.browser();
		const { lock } = (await guest.ask('POST', '/api/demo')).body;
		const padlock = new TestLock(lock.mac);
		await upload(guest, await open(guest, padlock));
		const { activity } = (await guest.ask('GET', '/api/activity')).body;
		expect(activity[0].trackingKey).toBe('You');
	});
});

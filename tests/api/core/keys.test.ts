import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { KeysData } from '../../../src/lib/api/core/keys.ts';
import { successOf } from '../../../src/lib/api/core/envelope.ts';
import { databases } from '../../setup/databases.ts';
import type { TestLock } from '../../server/core/test-lock.ts';
import { Desk } from './desk.ts';

/** One answer as `mac tracking_key` lines, in its order. */
function lines(data: KeysData): string[] {
	return data.locks.flatMap(({ mac, keys }) => keys.map((key) => `${mac} ${key.tracking_key}`));
}

describe.each(databases)('keys/ on $name', ({ create }) => {
	let desk: Desk;
	let x: TestLock;
	let y: TestLock;
	let z: TestLock;
	beforeAll(async () => {
		desk = await Desk.open(create);
	});
	afterAll(() => desk.close());
	beforeEach(async () => {
		await desk.app.server.db.deleteFrom('lock').execute();
		[x, y, z] = [await desk.lock(), await desk.lock(), await desk.lock()];
	});

	const post = async (body: unknown, key?: string) => {
		const { status, body: answer } = await desk.post('keys/', body, key);
		expect(status).toBe(200);
		return answer;
	};
	const data = async (body: unknown): Promise<KeysData> => {
		const answer = await post(body);
		expect(successOf(KeysData).strict().parse(answer)).toEqual(answer);
		expect(answer.request).toBe('keys');
		return answer.data;
	};
	const macs = (...locks: TestLock[]) => locks.map(({ mac }) => mac);
	const issue = (locks: TestLock[], tracking_keys: string[]) =>
		data({ issue: [{ macs: macs(...locks), tracking_keys }] });

	test('issue: every lock for every tracking key, in the order asked for', async () => {
		const issued = await issue([z, x, y], ['linda', 'bob']);
		expect(issued.locks.map(({ mac }) => mac)).toEqual(macs(z, x, y));
		for (const { keys } of issued.locks)
			expect(keys.map((key) => key.tracking_key)).toEqual(['linda', 'bob']);
		const all = issued.locks.flatMap(({ keys }) => keys);
		expect(new Set(all.map((key) => key.offline_key)).size).toBe(6);
		// Header of a limited key with its slot, then the opening of that slot.
		for (const { unlock_command: command } of all) expect(command).toMatch(/^04(..)0000a2\1/);
	});

	test('issue again answers the same keys and takes no slot', async () => {
		const first = await issue([x], ['bob', 'linda']);
		expect(await issue([x], ['bob', 'linda'])).toEqual(first);
		expect(await data({ issue: { macs: macs(x, x), tracking_keys: ['bob', 'bob'] } })).toEqual({
			locks: [{ mac: x.mac, keys: [first.locks[0]!.keys[0]] }]
		});
		const row = await desk.app.server.db
			.selectFrom('lock')
			.select(['slots_used', 'slots_waiting', 'slot_changes'])
			.where('mac', '=', x.mac)
			.executeTakeFirst();
		expect(row).toEqual({ slots_used: 2, slots_waiting: 2, slot_changes: 2 });
	});

	test('a tracking key of any characters, but not of half a character: 3', async () => {
		const astral = 'Bob \u{1f512} \u96ea';
		const [one] = (await issue([x], [astral])).locks[0]!.keys;
		// As Python writes it: every character beyond ASCII as escapes.
		const escaped = JSON.stringify({ issue: { macs: macs(x), tracking_keys: [astral] } }).replace(
			/[^\0-~]/g,
			(unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
		);
		expect((await post(escaped)).data.locks[0].keys).toEqual([one]);
		for (const half of ['Bob \ud83d', 'Bob \ud83d', 'Bob \ud83e', '\udd12 Bob'])
			expect(await post({ issue: { macs: macs(x), tracking_keys: [half] } })).toMatchObject({
				error_code: 3,
				message: 'Bad input: Text must not contain half a character.'
			});
		expect(lines(await data({}))).toEqual([`${x.mac} ${astral}`]);
	});

	test('issue takes several elements, and an object for an array', async () => {
		const one = await data({
			issue: [
				{ macs: macs(x), tracking_keys: ['bob'] },
				{ macs: macs(y, x), tracking_keys: ['linda'] }
			]
		});
		expect(lines(one)).toEqual([`${x.mac} bob`, `${x.mac} linda`, `${y.mac} linda`]);
		const two = await data({ issue: { macs: [x.mac.toLowerCase()], tracking_keys: ['bob'] } });
		expect(two.locks).toEqual([{ mac: x.mac, keys: [one.locks[0]!.keys[0]] }]);
	});

	test('display: all, by lock, by tracking key, by both', async () => {
		const issued = await issue([x, y, z], ['bob', 'linda']);
		for (const body of [{}, undefined, '', { display: {} }, { display: [] }, { display: [{}] }])
			expect(lines(await data(body)).sort()).toEqual(lines(issued).sort());
		expect(await data({})).toEqual(issued);
		expect(await data({ display: { macs: macs(y) } })).toEqual({ locks: [issued.locks[1]] });
		expect(lines(await data({ display: { tracking_keys: ['bob'] } }))).toEqual(
			macs(x, y, z).map((mac) => `${mac} bob`)
		);
		const both = { macs: macs(z, y), tracking_keys: ['linda', 'nobody'] };
		expect(lines(await data({ display: both }))).toEqual([`${z.mac} linda`, `${y.mac} linda`]);
		expect(lines(await data({ display: [{ macs: macs(x) }, both] })).length).toBe(4);
		const free = await desk.lock();
		expect(await data({ display: { macs: [free.mac] } })).toEqual({
			locks: [{ mac: free.mac, keys: [] }]
		});
		expect(await data({ display: { tracking_keys: ['nobody'] } })).toEqual({ locks: [] });
	});

	test('revoke specific: what remains of the locks touched', async () => {
		const issued = await issue([x, y], ['bob', 'linda']);
		const left = await data({ revoke: [{ tracking_keys: ['bob'], macs: macs(x) }] });
		expect(left).toEqual({ locks: [{ mac: x.mac, keys: [issued.locks[0]!.keys[1]] }] });
		expect(lines(await data({})).sort()).toEqual(
			[`${x.mac} linda`, `${y.mac} bob`, `${y.mac} linda`].sort()
		);
		expect(await data({ revoke: { tracking_keys: ['bob'], macs: macs(x) } })).toEqual(left);
	});

	test('revoke by lock, and by tracking key', async () => {
		await issue([x, y], ['bob', 'linda']);
		await issue([y], ['steve']);
		expect(await data({ revoke: [{ macs: macs(x) }] })).toEqual({
			locks: [{ mac: x.mac, keys: [] }]
		});
		expect(lines(await data({ revoke: [{ tracking_keys: ['bob', 'linda'] }] }))).toEqual([
			`${y.mac} steve`
		]);
		expect(await data({ revoke: [{ tracking_keys: ['nobody'] }] })).toEqual({ locks: [] });
		const several = { revoke: [{ macs: macs(z) }, { tracking_keys: ['steve'] }] };
		expect(await data(several)).toEqual({
			locks: [
				{ mac: z.mac, keys: [] },
				{ mac: y.mac, keys: [] }
			]
		});
	});

	test('a tracking key revoked before the lock knew it is free to be issued anew', async () => {
		const [first] = (await issue([x], ['bob'])).locks[0]!.keys;
		await data({ revoke: [{ macs: macs(x) }] });
		const [second] = (await issue([x], ['bob'])).locks[0]!.keys;
		expect(second!.offline_key).not.toBe(first!.offline_key);
	});

	test('a foreign lock is an absent one: 7, and nothing has changed', async () => {
		const foreign = await desk.lock('4I', 'production', desk.theirs);
		const sandbox = await desk.lock('4I', 'sandbox');
		await issue([x], ['bob']);
		const before = await data({});
		const texts = new Set<string>();
		for (const mac of [foreign.mac, sandbox.mac, '00:00:00:00:00:00']) {
			const named = { macs: [x.mac, mac], tracking_keys: ['linda'] };
			for (const body of [
				{ issue: [named] },
				{ display: named },
				{ revoke: [{ macs: named.macs }] }
			]) {
				const { error_code, data: nothing, message } = await post(body);
				expect({ error_code, nothing }).toEqual({ error_code: 7, nothing: null });
				texts.add(message);
			}
		}
		expect(texts.size).toBe(1);
		expect(await data({})).toEqual(before);
		const theirs = desk.theirs.keys.production.private;
		expect((await post({}, theirs)).data).toEqual({ locks: [] });
		expect((await post({ revoke: [{ tracking_keys: ['bob'] }] }, theirs)).data).toEqual({
			locks: []
		});
		expect((await post({}, desk.mine.keys.sandbox.private)).data).toEqual({ locks: [] });
		expect(await data({})).toEqual(before);
	});

	test('a lock has 100 slots: 3 with a word why, and no lock of the call has changed', async () => {
		const many = Array.from({ length: 100 }, (_, i) => `k${i}`);
		await issue([y], many.slice(0, 99));
		const full = { issue: [{ macs: macs(x, y), tracking_keys: ['a', 'b'] }] };
		const { error_code, message } = await post(full);
		expect(error_code).toBe(3);
		expect(message).toBe(`${y.mac} has 100 key slots, 99 are taken, 2 more were asked for`);
		expect(await data({ display: { macs: macs(x) } })).toEqual({
			locks: [{ mac: x.mac, keys: [] }]
		});
		await issue([y], ['a']);
		expect(lines(await data({})).length).toBe(100);
		expect((await post({ issue: { macs: macs(y), tracking_keys: ['b'] } })).error_code).toBe(3);
		// Once it is on the lock, a revoked key holds its slot until the lock has proven it gone.
		await desk.open(y);
		await data({ revoke: [{ macs: macs(y), tracking_keys: ['a'] }] });
		const held = await post({ issue: { macs: macs(y), tracking_keys: ['b'] } });
		expect(held.message).toMatch(/1 of them are revoked and wait for its next online unlock$/);
		await desk.open(y);
		await issue([y], ['b']);
		expect(await data({ issue: [] })).toEqual({ locks: [] });
		expect(await data({ revoke: [] })).toEqual({ locks: [] });
	});

	test.each([
		['no lock', { issue: [{ macs: [], tracking_keys: ['a'] }] }],
		['no tracking key', { issue: [{ macs: ['00:00:00:00:00:01'], tracking_keys: [] }] }],
		['no list', { issue: [{ macs: ['00:00:00:00:00:01'] }] }],
		['an empty tracking key', { issue: [{ macs: ['00:00:00:00:00:01'], tracking_keys: [''] }] }],
		['half a MAC', { issue: [{ macs: ['XX:XX'], tracking_keys: ['a'] }] }],
		['a text for a list', { issue: [{ macs: '00:00:00:00:00:01', tracking_keys: ['a'] }] }],
		['a text for an element', { issue: 'a' }],
		['a number among keys', { display: { tracking_keys: [1] } }],
		['nothing to revoke by', { revoke: [{}] }],
		['an empty list to revoke by', { revoke: [{ macs: [], tracking_keys: ['a'] }] }],
		['another name for a list', { revoke: [{ macs: ['00:00:00:00:00:01'], tracking_key: ['a'] }] }],
		['two wishes at once', { display: {}, revoke: [{ tracking_keys: ['a'] }] }],
		['another name for a wish', { revok: [{ tracking_keys: ['a'] }] }],
		[
			'more than one call takes',
			{
				issue: Array.from({ length: 101 }, (_, i) => ({
					macs: Array.from({ length: 100 }, (_, j) => `00:00:00:00:00:${(j + 16).toString(16)}`),
					tracking_keys: [`k${i}`]
				}))
			}
		]
	])('%s: 3', async (_, body) => {
		expect(await post(body)).toMatchObject({ error_code: 3, data: null, request: 'keys' });
	});

	test.each([
		[{ issue: [{ macs: ['00:00:00:00:00:01'] }] }, /^Bad input: issue\.0\.tracking_keys: /],
		[{ issue: { tracking_keys: ['a'] } }, /^Bad input: issue\.macs: /],
		[{ issue: [{ macs: [], tracking_keys: [1] }] }, /issue\.0\.tracking_keys\.0: .+ number$/],
		[{ issue: 'a' }, /^Bad input: issue: .+ received string$/],
		[{ revoke: [{ macs: ['00:00:00:00:00:01'], tracking_key: 'a' }] }, /revoke\.0: .+tracking_key/]
	])('a mistake is named: %j', async (body, name) => {
		expect((await post(body)).message).toMatch(name);
	});

	test('keys of phones are not among them', async () => {
		const { db } = desk.app.server;
		await issue([x], ['bob']);
		await db
			.updateTable('slot')
			.set({ holder: 'phone', user_id: 'u', phone_id: 'p', tracking_key: 'bob' })
			.execute();
		expect(await data({})).toEqual({ locks: [] });
		await data({ revoke: [{ macs: macs(x) }] });
		expect((await db.selectFrom('slot').select('state').execute())[0]).toEqual({
			state: 'waiting'
		});
		expect(lines(await issue([x], ['bob']))).toEqual([`${x.mac} bob`]);
	});
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AddLockRequest, LocksReply } from '../../src/lib/api/app/locks.ts';
import {
	FACETS,
	FleetCountsReply,
	FleetReply,
	type FleetRow
} from '../../src/lib/api/app/fleet.ts';
import { insertLocks, newRow } from '../../src/lib/server/locks.ts';
import { databases } from '../setup/databases.ts';
import type { Browser } from './app.ts';
import { Porch } from './sifely/porch.ts';

/** More than a phone is given, and than are read at once. */
const MANY = 1_203;
const DAY = 24 * 3600 * 1000;

const macOf = (i: number) =>
	`C0:00:00:00:${[i >> 8, i & 255].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(':')}`;

const parts = (i: number) => ({
	mac: macOf(i),
	// Names that two locks have are told apart by their MACs, also at the end of a page.
	name: `Gate ${String(i >> 1).padStart(4, '0')}`,
	place: i % 3 === 0 ? 'Depot Ärzte' : 'Yard 7',
	serial: `S-${i}`,
	hardwareType: ['4I', '2U', '3P'][i % 3]!
});

describe.each(databases)('a fleet on $name', ({ create }) => {
	let porch: Porch;
	beforeAll(async () => {
		porch = await Porch.open(create);
		await porch.pair();
		const { db, secret } = porch.app.server;
		const { company, user } = await porch.owner.me();
		const by = { companyId: company.id, actor: user.id, name: 'Ada' };
		const rows = Array.from({ length: MANY }, (_, i) => ({
			...newRow(secret, by, AddLockRequest.parse(parts(i)), '00'.repeat(16)),
			state: (i % 5 === 0 ? 'closed' : i % 5 === 1 ? 'unshackled' : null) as 'closed' | null,
			state_at: i % 5 < 2 ? Date.now() - (i % 2 === 0 ? DAY : 40 * DAY) : null,
			battery_mv: i % 7 === 0 ? 2870 : null,
			battery_at: i % 7 === 0 ? Date.now() : null,
			setup_count: i % 2
		}));
		for (let i = 0; i < rows.length; i += 200) await insertLocks(db, rows.slice(i, i + 200));
	}, 120_000);
	afterAll(() => porch.app.close());

	const nameOf = (row: FleetRow) => (row.family === 'door' ? row.door : row.lock).name;
	const counts = async (query: string, by: Browser = porch.owner) =>
		FleetCountsReply.parse((await by.ask('GET', `/api/fleet/counts?${query}`)).body);
	async function all(query: string, by: Browser = porch.owner): Promise<FleetRow[]> {
		const rows: FleetRow[] = [];
		for (let cursor = ''; ;) {
			const { body } = await by.ask('GET', `/api/fleet?${query}${cursor}`);
			const page = FleetReply.parse(body);
			rows.push(...page.rows);
			if (page.next === null) return rows;
			cursor = `&cursor=${page.next}`;
		}
	}

	test('a phone has the first by name, those it has keys of, and the number of all', async () => {
		const list = async () => LocksReply.parse((await porch.owner.ask('GET', '/api/locks')).body);
		const { locks, total } = await list();
		expect(total).toBe(MANY);
		expect(locks.map(({ mac }) => mac)).toEqual(Array.from({ length: 1000 }, (_, i) => macOf(i)));
		const phone = { id: 'phone-far-xxxxxxxx', name: 'Pixel 9' };
		const far = macOf(1_200);
		const contact = { phone, persisted: null, has: [], wiped: [] };
		await porch.owner.ask('POST', '/api/offline/contact', { body: contact });
		const body = { phone: phone.id };
		const given = await porch.owner.ask('POST', `/api/locks/${far}/keys`, { body });
		expect(given.status).toBe(200);
		expect((await list()).locks.map(({ mac }) => mac).slice(1000)).toEqual([far]);
	});

	test('all of it is read page by page, each lock once, door locks first', async () => {
		const rows = await all('limit=97');
		expect(rows).toHaveLength(MANY + 1);
		expect(rows[0]).toMatchObject({ family: 'door', waiting: 0, door: { id: porch.id } });
		const locks = rows.slice(1).map((row) => (row.family === 'padlock' ? row.lock.mac : ''));
		expect(locks).toEqual(Array.from({ length: MANY }, (_, i) => macOf(i)));
		expect(rows.slice(1).map(nameOf)).toEqual(
			Array.from({ length: MANY }, (_, i) => parts(i).name)
		);
	});

	test('words are looked for in name, place, serial and MAC, also in large letters', async () => {
		expect((await all('text=gate%200600')).map(nameOf)).toEqual(['Gate 0600', 'Gate 0600']);
		expect(await all('text=S-1202')).toHaveLength(1);
		expect(await all('text=c000000004b2')).toHaveLength(1);
		expect(await all('text=C0:00:00:00:04:B2')).toHaveLength(1);
		expect(await all(`text=${encodeURIComponent('ÄRZTE depot')}`)).toHaveLength(401);
		expect(await all('text=nowhere')).toEqual([]);
		const { total, found, facets } = await counts(`text=${encodeURIComponent('ärzte')}`);
		expect([total, found, facets['hd-padlock'], facets.padlock]).toEqual([MANY + 1, 401, 401, 0]);
	});

	test('facets narrow: any of a group, and of every group; each is counted without its own', async () => {
		const numbers = (fits: (i: number) => boolean) =>
			Array.from({ length: MANY }, (_, i) => i).filter(fits).length;
		const first = await counts('');
		expect(first.found).toBe(MANY + 1);
		expect(first.facets).toMatchObject({
			battery: numbers((i) => i % 7 === 0),
			closed: numbers((i) => i % 5 === 0),
			open: numbers((i) => i % 5 === 1),
			unknown: numbers((i) => i % 5 > 1) + 1,
			silent: numbers((i) => i % 5 < 2 && i % 2 === 1 && i % 7 !== 0),
			setup: numbers((i) => i % 2 === 0),
			'u-lock': 401,
			door: 1,
			sandbox: 0,
			production: MANY + 1
		});
		const query = 'facets=closed,open,padlock';
		const fits = (i: number) => i % 5 < 2 && i % 3 === 2;
		expect(await all(query)).toHaveLength(numbers(fits));
		const { found, facets } = await counts(query);
		expect(found).toBe(numbers(fits));
		expect(facets['hd-padlock']).toBe(numbers((i) => i % 5 < 2 && i % 3 === 0));
		expect(facets.unknown).toBe(numbers((i) => i % 5 > 1 && i % 3 === 2));
		expect(facets.battery).toBe(numbers((i) => fits(i) && i % 7 === 0));
		expect(Object.keys(facets).sort()).toEqual(Object.values(FACETS).flat().sort());
	});

	test('a member finds what was granted, a stranger nothing', async () => {
		expect(await all('', porch.mia)).toEqual([]);
		const userId = (await porch.mia.me()).user.id;
		const body = { locks: [macOf(7), macOf(1_100)] };
		expect((await porch.owner.ask('PUT', `/api/people/${userId}/locks`, { body })).status).toBe(
			200
		);
		expect((await all('limit=1', porch.mia)).map(nameOf)).toEqual(['Gate 0003', 'Gate 0550']);
		expect(await counts('text=0550', porch.mia)).toMatchObject({ total: 2, found: 1 });
		const list = LocksReply.parse((await porch.mia.ask('GET', '/api/locks')).body);
		expect([list.locks.length, list.total]).toEqual([2, 2]);
	});

	test('one door lock is had alone, alike absent and not theirs', async () => {
		const one = (by: Browser, id: number) => by.ask('GET', `/api/door-locks?id=${id}`);
		expect((await one(porch.owner, porch.id)).body).toMatchObject({
			doors: [{ id: porch.id, opens: 'now' }]
		});
		expect((await one(porch.mia, porch.id)).body).toEqual({ doors: [], total: 0 });
		expect((await one(porch.owner, porch.id + 1)).body).toEqual({ doors: [], total: 0 });
	});

	test('what is asked wrongly is told', async () => {
		for (const query of [
			'facets=closed,wet',
			'limit=0',
			'limit=201',
			'cursor=x',
			`cursor=${Buffer.from('["padlock","a",1]').toString('base64url')}`,
			`text=${'x'.repeat(201)}`
		])
			expect((await porch.owner.ask('GET', `/api/fleet?${query}`)).body.error.code, query).toBe(
				'bad-input'
			);
	});
});

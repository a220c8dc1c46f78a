import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { listActivity } from '../../src/lib/server/core/activity.ts';
import { issueCommands, type Core } from '../../src/lib/server/core/issue.ts';
import { connect, type Db } from '../../src/lib/server/db/connect.ts';
import { migrate } from '../../src/lib/server/db/migrate.ts';
import { addLock } from '../../src/lib/server/locks.ts';
import { addCompany } from '../../src/lib/server/people/companies.ts';
import { Secret } from '../../src/lib/server/secret.ts';
import { median } from './figures.ts';

const LOCKS = { few: 1_000, many: 1_000_000 };
const EVENTS = { few: 10_000, many: 10_000_000 };
const BUDGET = { unlock: 1.3, page: 1.5 };
const ROUNDS = 400;
const PAGE = 50;
const SESSION_BYTES = 20;

/** What an unlock and a page of activity take in a large fleet, beside a small one, on SQLite. */
export async function benchGrowth(): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), 'hasp-growth-'));
	const connection = connect({ file: join(folder, 'hasp.sqlite') });
	try {
		await migrate(connection);
		const { db } = connection;
		const core = { db, secret: new Secret(randomBytes(32)) };
		const { id: companyId } = await addCompany(db, 'Bench', 'cli');
		const macs = await addLocks(core, companyId);
		const tap = { few: await medianOf(unlocks(core, companyId, macs)), many: 0 };
		await copyLocks(db);
		tap.many = await medianOf(unlocks(core, companyId, macs));
		print(`unlock, p50 at ${LOCKS.many} locks`, tap, BUDGET.unlock);

		await addEvents(db, companyId, 0, EVENTS.few);
		const page = { few: await medianOf(pages(db, companyId)), many: 0 };
		await addEvents(db, companyId, EVENTS.few, EVENTS.many);
		page.many = await medianOf(pages(db, companyId));
		print(`page of activity, p50 over ${EVENTS.many} rows`, page, BUDGET.page);
	} finally {
		await connection.close();
		rmSync(folder, { recursive: true, force: true });
	}
}

/** The locks that are opened. */
async function addLocks({ db, secret }: Core, companyId: string): Promise<string[]> {
	const by = { companyId, actor: 'cli', name: 'Bench' };
	const macs = Array.from({ length: LOCKS.few }, (_, i) => `02:${hexOf(i * 1_000)}`);
	for (const mac of macs)
		await addLock(db, secret, by, {
			mac,
			name: mac,
			place: '',
			serial: mac,
			hardwareType: '4I',
			firmware: '4.25',
			environment: 'production'
		});
	return macs;
}

/** Others around them, by copies of the first one's row. */
async function copyLocks(db: Db): Promise<void> {
	const { id } = await db.selectFrom('lock').select('id').orderBy('mac').executeTakeFirstOrThrow();
	const columns = Object.keys(
		await db.selectFrom('lock').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
	);
	const hex = sql.raw(`printf('%010X', n.i)`);
	const mac = sql`'02:' || substr(${hex}, 1, 2) || ':' || substr(${hex}, 3, 2) || ':' ||
		substr(${hex}, 5, 2) || ':' || substr(${hex}, 7, 2) || ':' || substr(${hex}, 9, 2)`;
	const values = columns.map((column) =>
		column === 'id' ? sql`'copy-' || n.i` : isName(column) ? mac : sql.ref(`lock.${column}`)
	);
	await sql`
		with recursive n(i) as (select 1 union all select i + 1 from n where i < ${LOCKS.many})
		insert into lock (${sql.join(columns.map((column) => sql.ref(column)))})
		select ${sql.join(values)} from n, lock where lock.id = ${id} and n.i % 1000 <> 0`.execute(db);
}

const isName = (column: string): boolean => ['mac', 'serial', 'name'].includes(column);

/** Events from..to, a second apart, over all locks that are opened. */
async function addEvents(db: Db, companyId: string, from: number, to: number): Promise<void> {
	// A gigabyte for the indexes while they grow; the pages are read with what the server has.
	const { rows } = await sql<{ cache_size: number }>`pragma cache_size`.execute(db);
	await sql`pragma cache_size = -1000000`.execute(db);
	const locks = await db
		.selectFrom('lock')
		.select('id')
		.where('id', 'not like', 'copy-%')
		.orderBy('mac')
		.execute();
	await sql
		.raw(
			`create temp table place as select value as id, key as place from
		json_each('${JSON.stringify(locks.map(({ id }) => id))}')`
		)
		.execute(db);
	await sql`
		with recursive n(i) as (select ${from} union all select i + 1 from n where i < ${to} - 1)
		insert into activity (id, company_id, environment, lock_id, action, gen, counter, recorded_at,
			range_start, range_end, tracking_key)
		select printf('%012d', n.i), ${companyId}, 'production', place.id, 'unlocked_via_app', 0,
			n.i, 1700000000000 + n.i * 1000, 1700000000000 + n.i * 1000, 1700000000000 + n.i * 1000,
			'person-' || (n.i % 100)
		from n join place on place.place = n.i % ${LOCKS.few}`.execute(db);
	await sql`drop table place`.execute(db);
	await sql.raw(`pragma cache_size = ${rows[0]!.cache_size}`).execute(db);
}

function* unlocks(core: Core, companyId: string, macs: readonly string[]) {
	for (let i = 0; i < ROUNDS; i++) {
		const mac = macs[(i * 7) % macs.length]!;
		const session = randomBytes(SESSION_BYTES).toString('hex');
		const request = { mac, session, action: 'unlock', trackingKey: 'bench', userId: null } as const;
		yield () => issueCommands(core, { companyId }, request);
	}
}

function* pages(db: Db, companyId: string) {
	for (let i = 0; i < ROUNDS; i++)
		yield () => listActivity(db, { companyId, environments: ['production'], limit: PAGE });
}

/** Milliseconds; the first tenth warms up. */
async function medianOf(deeds: Iterable<() => Promise<unknown>>): Promise<number> {
	const times: number[] = [];
	for (const deed of deeds) {
		const began = performance.now();
		await deed();
		times.push(performance.now() - began);
	}
	return median(times.slice(ROUNDS / 10));
}

function print(what: string, { few, many }: { few: number; many: number }, budget: number): void {
	const ratio = (many / few).toFixed(2);
	console.log(
		`  ${what} ${many.toFixed(2)} ms, of few ${few.toFixed(2)} ms, ratio ${ratio} (budget ${budget})`
	);
}

/** The last five bytes of a MAC. */
function hexOf(i: number): string {
	return i.toString(16).toUpperCase().padStart(10, '0').match(/../g)!.join(':');
}

import { sql } from 'kysely';
import type { Connection, Db, Dialect } from './connect.ts';
import { DatabaseError } from './error.ts';
import { accounts } from './migrations/0001.ts';
import { locks } from './migrations/0002.ts';
import { events } from './migrations/0003.ts';
import { answers } from './migrations/0004.ts';
import { offlineKeys } from './migrations/0005.ts';
import { retention } from './migrations/0006.ts';
import { coreApi } from './migrations/0007.ts';
import { namedCodes } from './migrations/0008.ts';
import { rightsOwed } from './migrations/0009.ts';
import { heldRetention } from './migrations/0010.ts';
import { doorLocks } from './migrations/0011.ts';
import { doorUpkeep } from './migrations/0012.ts';
import { fleet } from './migrations/0013.ts';
import { claimedSessions } from './migrations/0014.ts';

/** Makes one step of the schema inside the transaction it is given. */
export type Migration = (db: Db, dialect: Dialect) => Promise<void>;

/** In order, never edited once released; its number is its place, from 1. */
const MIGRATIONS: readonly { name: string; up: Migration }[] = [
	{ name: 'accounts', up: accounts },
	{ name: 'locks', up: locks },
	{ name: 'events', up: events },
	{ name: 'answers', up: answers },
	{ name: 'offline keys', up: offlineKeys },
	{ name: 'retention', up: retention },
	{ name: 'core API', up: coreApi },
	{ name: 'named codes', up: namedCodes },
	{ name: 'rights owed', up: rightsOwed },
	{ name: 'retention of quick clicks and fobs', up: heldRetention },
	{ name: 'door locks', up: doorLocks },
	{ name: 'door upkeep', up: doorUpkeep },
	{ name: 'fleet', up: fleet },
	{ name: 'claimed sessions', up: claimedSessions }
];

/** The number of the last migration this program knows. */
export const LATEST = MIGRATIONS.length;

/** Any number will do as long as nobody else in the database uses it: `hasp` in ASCII. */
const POSTGRES_LOCK = 0x68617370;

/**
 * Brings the schema up to date: all missing steps in one transaction, under a lock, so that two
 * processes starting at once do not collide. Returns the number of steps done. Throws
 * DatabaseError `too-new` when the database is ahead of this program.
 */
export async function migrate({ db, dialect }: Connection): Promise<number> {
	return db.transaction().execute(async (trx) => {
		// On SQLite the transaction itself, begun `immediate`, is the lock.
		if (dialect === 'postgres')
			await sql`select pg_advisory_xact_lock(${POSTGRES_LOCK})`.execute(trx);
		await trx.schema
			.createTable('migration')
			.ifNotExists()
			.addColumn('number', 'integer', (c) => c.primaryKey())
			.addColumn('name', 'text', (c) => c.notNull())
			.addColumn('at', 'bigint', (c) => c.notNull())
			.execute();
		const done = await version(trx);
		if (done > LATEST) {
			throw new DatabaseError(
				'too-new',
				`the database is at migration ${done}, this program knows ${LATEST}: run the newer program`
			);
		}
		for (const [index, { name, up }] of MIGRATIONS.entries()) {
			const number = index + 1;
			if (number <= done) continue;
			await up(trx, dialect);
			await trx.insertInto('migration').values({ number, name, at: Date.now() }).execute();
		}
		return LATEST - done;
	});
}

/** The number of the last migration in the database, 0 before the first. */
export async function version(db: Db): Promise<number> {
	const row = await db
		.selectFrom('migration')
		.select((e) => e.fn.max('number').as('number'))
		.executeTakeFirst();
	return row?.number ?? 0;
}

import { SqliteAdapter } from 'kysely';
import type { Db } from '../db/connect.ts';

/** Requests of one transaction: a few milliseconds of work, while all others wait. */
const MOST = 64;

/** One request's writes, and who waits for them. */
interface Item {
	work: (trx: Db) => Promise<unknown>;
	/** True for errors that are thrown before anything was written. */
	harmless: (error: unknown) => boolean;
	resolve: (value: unknown) => void;
	reject: (error: unknown) => void;
}

interface Queue {
	items: Item[];
	draining: boolean;
}

const queues = new WeakMap<Db, Queue>();

/**
 * Runs one request's writes in a transaction, and resolves when they are on disk. SQLite has one
 * writer and waits for the disk at every commit: requests that came meanwhile share the next
 * transaction. When one of them fails, all are rolled back and each is run again by itself, so
 * `work` must not have effects besides its writes. PostgreSQL does the same by itself.
 */
export function together<T>(
	db: Db,
	work: (trx: Db) => Promise<T>,
	harmless: (error: unknown) => boolean
): Promise<T> {
	if (!(db.getExecutor().adapter instanceof SqliteAdapter)) return db.transaction().execute(work);
	let queue = queues.get(db);
	if (queue === undefined) queues.set(db, (queue = { items: [], draining: false }));
	const { items } = queue;
	const done = new Promise<unknown>((resolve, reject) => {
		items.push({ work, harmless, resolve, reject });
	});
	if (!queue.draining) void drain(db, queue);
	return done as Promise<T>;
}

async function drain(db: Db, queue: Queue): Promise<void> {
	queue.draining = true;
	while (queue.items.length > 0) {
		let taken: Item[] = [];
		// better-sqlite3 blocks while it waits for the disk. What has arrived gets here first, and comes along.
		await new Promise((resolve) => setImmediate(resolve));
		try {
			const outcomes = await db.transaction().execute((trx) => {
				// Only now, so that whoever came while the connection was busy comes along.
				taken = queue.items.splice(0, MOST);
				return runAll(trx, taken);
			});
			for (const outcome of outcomes) outcome();
		} catch (error) {
			if (taken.length > 1) await runEach(db, taken);
			// None was taken when the transaction could not even begin.
			else for (const { reject } of taken[0] ? taken : queue.items.splice(0)) reject(error);
		}
	}
	queue.draining = false;
}

/** What to tell each of them once the transaction is on disk. */
async function runAll(trx: Db, items: readonly Item[]): Promise<(() => void)[]> {
	const outcomes: (() => void)[] = [];
	for (const { work, harmless, resolve, reject } of items) {
		try {
			const value = await work(trx);
			outcomes.push(() => resolve(value));
		} catch (error) {
			if (!harmless(error)) throw error;
			outcomes.push(() => reject(error));
		}
	}
	return outcomes;
}

async function runEach(db: Db, items: readonly Item[]): Promise<void> {
	for (const { work, resolve, reject } of items)
		await db.transaction().execute(work).then(resolve, reject);
}

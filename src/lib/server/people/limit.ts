import type { Db } from '../db/connect.ts';
import { newId } from '../db/id.ts';
import { ServerError } from '../error.ts';

/** At most `max` times in `window` seconds. */
export interface Limit {
	readonly window: number;
	readonly max: number;
}

/**
 * Counts one use of `key` in better-auth's own table, across all processes. Throws ServerError
 * `too-many`. Windows up to an hour: better-auth clears rows that are older.
 */
export async function count(db: Db, key: string, { window, max }: Limit): Promise<void> {
	const now = Date.now();
	const start = now - window * 1000;
	const row = await db
		.insertInto('rateLimit')
		.values({ id: newId(now), key, count: 1, lastRequest: now })
		.onConflict((conflict) =>
			conflict.column('key').doUpdateSet((e) => ({
				count: e
					.case()
					.when('rateLimit.lastRequest', '<=', start)
					.then(1)
					.else(e('rateLimit.count', '+', 1))
					.end(),
				lastRequest: e
					.case()
					.when('rateLimit.lastRequest', '<=', start)
					.then(now)
					.else(e.ref('rateLimit.lastRequest'))
					.end()
			}))
		)
		.returning(['count', 'lastRequest'])
		.executeTakeFirstOrThrow();
	if (row.count <= max) return;
	const retryAfter = Math.max(1, Math.ceil((row.lastRequest - start) / 1000));
	throw new ServerError('too-many', 'Too many at once. Try again later.', { retryAfter });
}

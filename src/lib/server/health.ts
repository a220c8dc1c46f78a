import type { Server } from './context.ts';
import { LATEST, version } from './db/migrate.ts';

/** 200 while the database answers and has this program's schema, else 503. Reads no cookie. */
export async function health({ db, log }: Server): Promise<Response> {
	const headers = { 'cache-control': 'no-store' };
	try {
		const migration = await version(db);
		const ok = migration === LATEST;
		return Response.json({ ok, migration }, { status: ok ? 200 : 503, headers });
	} catch (err) {
		log.error({ err }, 'the database does not answer');
		return Response.json({ ok: false, migration: null }, { status: 503, headers });
	}
}

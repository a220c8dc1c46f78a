import type { Db } from '../../src/lib/server/db/connect.ts';

const OF_LOCK = ['slot', 'quick_click', 'issued', 'activity', 'claim'] as const;
const OF_FOB = ['fob_credential', 'fob_issued'] as const;

/** What a backup has of one lock and one fob. Only they live in the database at a time. */
export class Backup {
	readonly #restore: (db: Db) => Promise<void>;

	private constructor(restore: (db: Db) => Promise<void>) {
		this.#restore = restore;
	}

	static async of(db: Db, lockId: string, fobId: string, now: number): Promise<Backup> {
		const steps: ((db: Db) => Promise<unknown>)[] = [];
		const lock = db.selectFrom('lock').selectAll().where('id', '=', lockId);
		const fob = db.selectFrom('fob').selectAll().where('id', '=', fobId);
		const [oldLock, oldFob] = [
			await lock.executeTakeFirstOrThrow(),
			await fob.executeTakeFirstOrThrow()
		];
		steps.push(
			(trx) => trx.updateTable('lock').set(oldLock).where('id', '=', lockId).execute(),
			(trx) => trx.updateTable('fob').set(oldFob).where('id', '=', fobId).execute(),
			(trx) => trx.deleteFrom('upload').where('at', '>', now).execute()
		);
		for (const table of OF_LOCK) {
			const rows = await db.selectFrom(table).selectAll().where('lock_id', '=', lockId).execute();
			steps.push((trx) => trx.deleteFrom(table).where('lock_id', '=', lockId).execute());
			for (const row of rows) steps.push((trx) => trx.insertInto(table).values(row).execute());
		}
		for (const table of OF_FOB) {
			const rows = await db.selectFrom(table).selectAll().where('fob_id', '=', fobId).execute();
			steps.push((trx) => trx.deleteFrom(table).where('fob_id', '=', fobId).execute());
			for (const row of rows) steps.push((trx) => trx.insertInto(table).values(row).execute());
		}
		return new Backup(async (trx) => {
			for (const one of steps) await one(trx);
		});
	}

	/** Everything since is lost to the server, not to the lock, the fob and the phones. */
	restore(db: Db): Promise<void> {
		return db.transaction().execute((trx) => this.#restore(trx));
	}
}

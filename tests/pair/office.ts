import {
	sql,
	type KyselyPlugin,
	type PluginTransformQueryArgs,
	type PluginTransformResultArgs,
	type QueryResult,
	type UnknownRow
} from 'kysely';
import { toHex, type Bytes } from '../../src/lib/protocol/bytes.ts';
import { syncFob } from '../../src/lib/server/core/fob-sync.ts';
import { declareFobRecovery, declareRecovery } from '../../src/lib/server/core/recovery.ts';
import { issueCommands, type Issued } from '../../src/lib/server/core/issue.ts';
import { hearBatches } from '../../src/lib/server/core/uploads.ts';
import type { IssueAction } from '../../src/lib/server/core/packets.ts';
import type { UploadBatch } from '../../src/lib/api/app/activity.ts';
import { connect, type Connection, type Db } from '../../src/lib/server/db/connect.ts';
import { migrate } from '../../src/lib/server/db/migrate.ts';
import { addFob } from '../../src/lib/server/fobs.ts';
import { addLock } from '../../src/lib/server/locks.ts';
import { addCompany } from '../../src/lib/server/people/companies.ts';
import { Secret } from '../../src/lib/server/secret.ts';
import { believed } from '../server/core/believed.ts';
import { databases, type TestDatabase } from '../setup/databases.ts';

import { Backup } from './backup.ts';

/** A MAC for the lock of this number. */
export function macOf(number: number): string {
	const hex = number.toString(16).toUpperCase().padStart(12, '0');
	return hex.match(/../g)!.join(':');
}

/** The process died. What its transaction had not committed is gone. */
export class Crash extends Error {}

/** Ends the process before the given query: a plugin sees all of them, also inside transactions. */
class Fuse implements KyselyPlugin {
	queriesLeft = Infinity;

	transformQuery({ node }: PluginTransformQueryArgs) {
		if (this.queriesLeft-- === 0) throw new Crash('crashed');
		return node;
	}

	transformResult({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
		return Promise.resolve(result);
	}
}

/** When the server crashes in a request: never, before some query, or with everything written. */
export type CrashAt = null | { before: number } | 'answer';

/** The production engine on a database of its own. */
export class Office {
	readonly #connection: Connection;
	readonly #database: TestDatabase;
	readonly #db: Db;
	readonly #fuse = new Fuse();
	readonly #secret = new Secret(new Uint8Array(32).fill(5));
	#company = '';

	private constructor(connection: Connection, database: TestDatabase) {
		this.#connection = connection;
		this.#database = database;
		this.#db = connection.db.withPlugin(this.#fuse);
	}

	static async open(): Promise<Office> {
		const database = await databases[0].create();
		const connection = connect(database.settings);
		await migrate(connection);
		// Processes crash here, machines do not.
		await sql`pragma synchronous = off`.execute(connection.db);
		const office = new Office(connection, database);
		office.#company = (await addCompany(connection.db, 'Pair', 'cli')).id;
		return office;
	}

	async close(): Promise<void> {
		await this.#connection.close();
		await this.#database.drop();
	}

	async addLock(mac: string, baseKey: Bytes, hardwareType = '4I'): Promise<void> {
		const by = { companyId: this.#company, actor: 'cli', name: 'J Doe' };
		await addLock(this.#connection.db, this.#secret, by, {
			mac,
			name: mac,
			place: '',
			serial: '',
			hardwareType,
			firmware: '4.25',
			environment: 'production',
			baseKey: toHex(baseKey)
		});
	}

	async addFob(mac: string, baseKey: Bytes): Promise<void> {
		const by = { companyId: this.#company, actor: 'cli', name: 'J Doe' };
		const about = { mac, serial: '', name: mac, environment: 'production' as const };
		await addFob(this.#connection.db, this.#secret, by, { ...about, baseKey: toHex(baseKey) });
	}

	/** The packets for a fob, or null when the answer never leaves. */
	syncFob(mac: string, session: string, now: number, crash: CrashAt = null) {
		return this.survive(crash, () => syncFob(this.core, this.caller, { mac, session }, now));
	}

	/** The commands for a session, or null when the answer never leaves. */
	issue(
		mac: string,
		session: string,
		action: IssueAction,
		now: number,
		crash: CrashAt = null
	): Promise<Issued | null> {
		const request = { mac, session, action, trackingKey: null, userId: null };
		return this.survive(crash, () => issueCommands(this.core, this.caller, request, now));
	}

	/** Ids that are durable, or null when the answer never leaves. */
	async hear(batches: UploadBatch[], now: number, crash: CrashAt = null): Promise<string[] | null> {
		const reply = await this.survive(crash, () =>
			hearBatches(this.core, this.caller, batches, now)
		);
		if (reply && reply.refused.length > 0) throw new Error(`refused ${reply.refused[0]!.code}`);
		return reply && reply.durable;
	}

	/** What a backup would have now of a lock and a fob. */
	async backup(mac: string, fobMac: string, now: number): Promise<Backup> {
		const { db } = this.#connection;
		const of = { company_id: this.#company, mac: fobMac };
		const fob = db
			.selectFrom('fob')
			.select('id')
			.where((e) => e.and(of));
		const { id } = await this.row(mac);
		return Backup.of(db, id, (await fob.executeTakeFirstOrThrow()).id, now);
	}

	/** Puts it in place of what is, and says so to the server as docs/operations.md tells. */
	async restoreAll(backup: Backup, mac: string, fobMac: string, now: number): Promise<void> {
		await backup.restore(this.#connection.db);
		await this.declareRecovery(mac, now);
		await declareFobRecovery(this.#connection.db, this.#company, fobMac);
	}

	/** Whether anything still waits for the lock's next opening; records that never came do. */
	async waits(mac: string): Promise<boolean> {
		const row = await this.whole(mac);
		const next = row.settings_next ?? row.settings_wanted;
		const changes = row.slot_changes + row.slot_reset + row.quick_click_changes;
		const asks = row.quick_click_reset + row.uses_asked;
		const hole = row.log_seen > row.log_cursor;
		return row.phase !== 'steady' || changes + asks > 0 || next !== null || hole;
	}

	/** What the server believes the lock to hold. */
	async believed(mac: string) {
		return believed({ db: this.#connection.db, secret: this.#secret }, await this.whole(mac));
	}

	/** Slots of the lock whose keys the fob is to have, by the server. */
	fobSlots(fobMac: string) {
		return this.#connection.db
			.selectFrom('fob_credential')
			.innerJoin('fob', 'fob.id', 'fob_credential.fob_id')
			.select(['slot', 'state'])
			.where('fob.company_id', '=', this.#company)
			.where('mac', '=', fobMac)
			.where('state', '!=', 'off')
			.execute();
	}

	whole(mac: string) {
		return this.#connection.db
			.selectFrom('lock')
			.selectAll()
			.where('company_id', '=', this.#company)
			.where('mac', '=', mac)
			.executeTakeFirstOrThrow();
	}

	declareRecovery(mac: string, now: number): Promise<void> {
		return declareRecovery(this.#connection.db, this.caller, mac, now);
	}

	async row(mac: string) {
		return this.#connection.db
			.selectFrom('lock')
			.select(['id', 'phase', 'active', 'pending', 'setup_count', 'log_cursor'])
			.where('company_id', '=', this.#company)
			.where('mac', '=', mac)
			.executeTakeFirstOrThrow();
	}

	/** Counters of the lock's events in the activity, in order. */
	async counters(mac: string): Promise<(number | null)[]> {
		const rows = await this.#connection.db
			.selectFrom('activity')
			.innerJoin('lock', 'lock.id', 'activity.lock_id')
			.select('counter')
			.where('lock.company_id', '=', this.#company)
			.where('mac', '=', mac)
			.orderBy('counter')
			.execute();
		return rows.map(({ counter }) => counter);
	}

	/** Puts a lock's row back to what a backup said, as far as keys go. */
	async restore(mac: string, backup: { phase: string; active: number }): Promise<void> {
		const { phase, active } = backup as { phase: 'steady'; active: number };
		await this.#connection.db
			.updateTable('lock')
			.set({ phase, active, pending: null, pending_changes: null })
			.where('mac', '=', mac)
			.execute();
	}

	/** The engine as it runs: it may crash. */
	get core() {
		return { db: this.#db, secret: this.#secret };
	}

	get caller() {
		return { companyId: this.#company, environment: 'production' as const };
	}

	/** What it comes to, or null when the process died of it or before it could say so. */
	async survive<T>(crash: CrashAt, work: () => Promise<T>): Promise<T | null> {
		this.#fuse.queriesLeft = crash !== null && crash !== 'answer' ? crash.before : Infinity;
		try {
			const result = await work();
			return crash === 'answer' ? null : result;
		} catch (error) {
			if (error instanceof Crash) return null;
			throw error;
		} finally {
			this.#fuse.queriesLeft = Infinity;
		}
	}
}

import { Secret } from '../../../src/lib/server/secret.ts';
import { connect, type Connection } from '../../../src/lib/server/db/connect.ts';
import { migrate } from '../../../src/lib/server/db/migrate.ts';
import type { EnvironmentName } from '../../../src/lib/server/db/tables.ts';
import { issueCommands, type IssueRequest } from '../../../src/lib/server/core/issue.ts';
import { hearLogs } from '../../../src/lib/server/core/uploads.ts';
import { addLock } from '../../../src/lib/server/locks.ts';
import { addCompany } from '../../../src/lib/server/people/companies.ts';
import type { DatabaseSettings, TestDatabase } from '../../setup/databases.ts';
import { TestLock } from './test-lock.ts';

export const SECRET = new Uint8Array(32).fill(7);

/** A server's engine on a fresh database, with a company and its locks on the bench. */
export class Lab {
	readonly connection: Connection;
	readonly settings: DatabaseSettings;
	readonly secret = new Secret(SECRET);
	companyId = '';
	#drop: () => Promise<void>;
	#locks = 0;

	private constructor(database: TestDatabase) {
		this.settings = database.settings;
		this.connection = connect(database.settings);
		this.#drop = database.drop;
	}

	static async open(create: () => Promise<TestDatabase>): Promise<Lab> {
		const lab = new Lab(await create());
		await migrate(lab.connection);
		lab.companyId = (await addCompany(lab.db, 'Acme', 'cli')).id;
		return lab;
	}

	async close(): Promise<void> {
		await this.connection.close();
		await this.#drop();
	}

	get db() {
		return this.connection.db;
	}

	get core() {
		return { db: this.db, secret: this.secret };
	}

	/** A lock out of the box that the company has added. */
	async lock(
		hardwareType = '4I',
		environment: EnvironmentName = 'production',
		companyId = this.companyId
	): Promise<TestLock> {
		const mac = `F1:E2:D3:C4:B5:${(++this.#locks).toString(16).padStart(2, '0').toUpperCase()}`;
		const by = { companyId, actor: 'cli', name: 'J Doe' };
		await addLock(this.db, this.secret, by, {
			mac,
			name: mac,
			place: '',
			serial: `SER-${this.#locks}`,
			hardwareType,
			firmware: '4.25',
			environment
		});
		return new TestLock(mac, hardwareType);
	}

	issue(lock: TestLock, session: string, request: Partial<IssueRequest> = {}) {
		const usual = { action: 'unlock', trackingKey: null, userId: null } as const;
		const scope = { companyId: this.companyId };
		return issueCommands(
			this.core,
			scope,
			{ ...usual, mac: lock.mac, session, ...request },
			lock.now
		);
	}

	/** One whole opening, its answers uploaded. */
	async open(lock: TestLock, trackingKey: string | null = null) {
		const session = lock.connect();
		const { packets, opensAt } = await this.issue(lock, session, { trackingKey });
		const said = lock.write(packets);
		await this.upload(lock, session, said.server);
		lock.disconnect();
		return { session, opensAt, ...said };
	}

	upload(lock: TestLock, session: string, packets: readonly string[]) {
		const { mac, now } = lock;
		const logs = [{ mac, session, receivedAt: now, packets }];
		return hearLogs(this.core, { companyId: this.companyId }, logs, now);
	}

	row(lock: TestLock) {
		return this.db
			.selectFrom('lock')
			.selectAll()
			.where('company_id', '=', this.companyId)
			.where('mac', '=', lock.mac)
			.executeTakeFirstOrThrow();
	}

	activity(lock: TestLock) {
		return this.db
			.selectFrom('activity')
			.innerJoin('lock', 'lock.id', 'activity.lock_id')
			.selectAll('activity')
			.where('mac', '=', lock.mac)
			.orderBy('counter')
			.execute();
	}

	quarantined() {
		return this.db.selectFrom('quarantine').selectAll().orderBy('id').execute();
	}
}

import type { Db, Dialect } from '../connect.ts';
import { columnsOf, key, ofCompany, ofLock, required } from './columns.ts';

/** What was issued to locks and what came back from them. */
export async function events(db: Db, dialect: Dialect): Promise<void> {
	const { long, ending } = columnsOf(dialect);
	const { schema } = db;

	// Rows go with their lock, and the lock with its company: one foreign key a row is enough on
	// the way that every opening takes.
	await schema
		.createTable('issued')
		.addColumn('id', 'text', key)
		.addColumn('lock_id', 'text', ofLock)
		.addColumn('company_id', 'text', required)
		.addColumn('session', 'text', required)
		.addColumn('first_id', 'integer', required)
		.addColumn('last_id', 'integer', required)
		.addColumn('reference', 'integer', required)
		.addColumn('action', 'text', required)
		.addColumn('tracking_key', 'text')
		.addColumn('user_id', 'text')
		.addColumn('at', long, required)
		.addColumn('epoch', 'integer', required)
		.modifyEnd(ending)
		.execute();
	await schema.createIndex('issued_session').on('issued').columns(['lock_id', 'session']).execute();
	await schema
		.createIndex('issued_reference')
		.on('issued')
		.columns(['lock_id', 'reference', 'at'])
		.execute();

	await schema
		.createTable('upload')
		.addColumn('company_id', 'text', ofCompany)
		.addColumn('id', 'text', required)
		.addColumn('hash', 'text', required)
		.addColumn('at', long, required)
		.addPrimaryKeyConstraint('upload_key', ['company_id', 'id'])
		.modifyEnd(ending)
		.execute();

	await schema
		.createTable('quarantine')
		.addColumn('id', 'text', key)
		.addColumn('company_id', 'text', ofCompany)
		.addColumn('mac', 'text', required)
		.addColumn('session', 'text', required)
		.addColumn('packet', 'text', required)
		.addColumn('received_at', long, required)
		.addColumn('at', long, required)
		.addUniqueConstraint('quarantine_once', ['company_id', 'mac', 'session', 'packet'])
		.modifyEnd(ending)
		.execute();

	await schema
		.createTable('activity')
		.addColumn('id', 'text', key)
		.addColumn('company_id', 'text', required)
		.addColumn('environment', 'text', required)
		.addColumn('lock_id', 'text', ofLock)
		.addColumn('action', 'text', required)
		.addColumn('gen', 'integer', required)
		.addColumn('counter', long)
		.addColumn('recorded_at', long, required)
		.addColumn('range_start', long, required)
		.addColumn('range_end', long, required)
		.addColumn('tracking_key', 'text')
		.addColumn('slot', 'integer')
		.addUniqueConstraint('activity_once', ['lock_id', 'gen', 'counter'])
		.modifyEnd(ending)
		.execute();
	// One index for each way a page is asked for; each ends in the order of the page, so that
	// reading it backwards needs no sort however many rows there are.
	const pages: [
		string,
		('company_id' | 'environment' | 'lock_id' | 'tracking_key' | 'action')[]
	][] = [
		['activity_page', ['company_id', 'environment']],
		['activity_action', ['company_id', 'environment', 'action']],
		['activity_tracking', ['company_id', 'environment', 'tracking_key']],
		['activity_lock', ['lock_id']]
	];
	for (const [name, columns] of pages) {
		await schema
			.createIndex(name)
			.on('activity')
			.columns([...columns, 'recorded_at', 'id'])
			.execute();
	}
}

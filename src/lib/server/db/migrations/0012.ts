import { sql } from 'kysely';
import type { Db, Dialect } from '../connect.ts';
import { columnsOf } from './columns.ts';

/** What door locks said of themselves, and passcodes of which they have to be told. */
export async function doorUpkeep(db: Db, dialect: Dialect): Promise<void> {
	const { long } = columnsOf(dialect);
	const { schema } = db;
	await schema.alterTable('door_lock').addColumn('said', 'text').execute();
	await schema.alterTable('door_lock').addColumn('reset_at', long).execute();
	await schema
		.alterTable('passcode')
		.addColumn('waits', 'text', (c) => c.check(sql`waits in ('add', 'change', 'remove')`))
		.execute();
	await schema.alterTable('passcode').addColumn('told_at', long).execute();
	await schema.alterTable('passcode').addColumn('next', 'text').execute();
	await schema.alterTable('passcode').addColumn('next_hash', 'text').execute();
	await schema.alterTable('passcode').addColumn('ended_at', long).execute();
	await db
		.updateTable('passcode')
		.set({ ended_at: Date.now() })
		.where('state', '=', 'deleted')
		.execute();
	for (const table of ['ekey', 'passcode'] as const) {
		await schema
			.createIndex(`${table}_ended`)
			.on(table)
			.column('ended_at')
			.where(sql<boolean>`state = 'deleted'`)
			.execute();
	}
}

import type { Db, Dialect } from '../connect.ts';
import { columnsOf } from './columns.ts';

/** What tells a late or repeated answer of a lock from a new one, and a hole in its log. */
export async function answers(db: Db, dialect: Dialect): Promise<void> {
	const { long } = columnsOf(dialect);
	const { schema } = db;
	await schema
		.alterTable('lock')
		.addColumn('log_seen', long, (c) => c.notNull().defaultTo(0))
		.execute();
	await schema
		.alterTable('lock')
		.addColumn('recovery', 'integer', (c) => c.notNull().defaultTo(0))
		.execute();
	await schema.alterTable('issued').addColumn('recovery', 'integer').execute();
	await schema.alterTable('issued').addColumn('heard', 'integer').execute();
}

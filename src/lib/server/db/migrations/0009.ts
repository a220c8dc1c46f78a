import { sql } from 'kysely';
import type { Db, Dialect } from '../connect.ts';
import { columnsOf } from './columns.ts';

/** What is revoked or replaced and may still open is found without looking at the rest; lost fobs. */
export async function rightsOwed(db: Db, dialect: Dialect): Promise<void> {
	const { long } = columnsOf(dialect);
	const { schema } = db;
	await schema.alterTable('slot').addColumn('replaced_at', long).execute();
	await schema.alterTable('lock').addColumn('unknown_since', long).execute();
	await schema.alterTable('fob').addColumn('lost_at', long).execute();
	await db
		.updateTable('lock')
		.set({ unknown_since: Date.now() })
		.where((e) => e.or([e('slot_reset', '=', 1), e('phase', '=', 'recover')]))
		.execute();
	await schema
		.createIndex('slot_owed')
		.on('slot')
		// All that the list of visits is made from: the rows themselves are read for one page of it.
		.columns(['company_id', 'lock_id', 'revoked_at', 'replaced_at', 'issued_at'])
		.where(sql<boolean>`state = 'revoking' or next_issue is not null or wanted_issue is not null`)
		.execute();
	await schema
		.createIndex('quick_click_owed')
		.on('quick_click')
		.columns(['company_id', 'lock_id', 'revoked_at', 'issued_at'])
		.where(sql<boolean>`state = 'revoking'`)
		.execute();
	await schema
		.createIndex('lock_unknown')
		.on('lock')
		.column('company_id')
		.where(sql<boolean>`unknown_since is not null`)
		.execute();
	for (const table of ['slot', 'quick_click'] as const) {
		await schema
			.createIndex(`${table}_gone`)
			.on(table)
			.columns(['company_id', 'off_at'])
			.where(sql<boolean>`state = 'off'`)
			.execute();
	}
	await schema
		.createIndex('slot_of_fob')
		.on('slot')
		.column('fob_id')
		.where(sql<boolean>`fob_id is not null`)
		.execute();
}

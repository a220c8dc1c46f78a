import { sql } from 'kysely';
import type { Db, Dialect } from '../connect.ts';
import { columnsOf, ofCompany, ofLock, ofUser, required } from './columns.ts';

/** Keys in the slots of locks, the phones that hold some of them, and what phones say they did. */
export async function offlineKeys(db: Db, dialect: Dialect): Promise<void> {
	const { long, ending } = columnsOf(dialect);
	const { schema } = db;

	// One row for each key ever issued, so that a late record of a slot still finds whose it was.
	await schema
		.createTable('slot')
		.addColumn('lock_id', 'text', ofLock)
		.addColumn('slot', 'integer', required)
		.addColumn('issue', long, required)
		.addColumn('company_id', 'text', required)
		.addColumn('state', 'text', required)
		.addColumn('holder', 'text', required)
		.addColumn('tracking_key', 'text', required)
		.addColumn('user_id', 'text')
		.addColumn('phone_id', 'text')
		.addColumn('from_s', long, required)
		.addColumn('until_s', long, required)
		.addColumn('renew_at', long)
		.addColumn('next_until_s', long)
		.addColumn('frozen', 'integer')
		.addColumn('issued_at', long, required)
		.addColumn('proven_at', long)
		.addColumn('revoked_at', long)
		.addColumn('off_at', long)
		.addColumn('wiped_at', long)
		.addPrimaryKeyConstraint('slot_key', ['lock_id', 'slot', 'issue'])
		.addCheckConstraint('slot_number', sql`slot between 1 and 100`)
		.addCheckConstraint('slot_state', sql`state in ('waiting', 'on-lock', 'revoking', 'off')`)
		.addCheckConstraint('slot_holder', sql`holder in ('key', 'phone', 'fob')`)
		.modifyEnd(ending)
		.execute();
	await schema
		.createIndex('slot_taken')
		.unique()
		.on('slot')
		.columns(['lock_id', 'slot'])
		.where(sql<boolean>`state <> 'off'`)
		.execute();
	await schema
		.createIndex('slot_tracking')
		.unique()
		.on('slot')
		.columns(['lock_id', 'tracking_key'])
		.where(sql<boolean>`holder = 'key' and state in ('waiting', 'on-lock')`)
		.execute();
	await schema
		.createIndex('slot_phone')
		.unique()
		.on('slot')
		.columns(['lock_id', 'user_id', 'phone_id'])
		.where(sql<boolean>`holder = 'phone' and state in ('waiting', 'on-lock')`)
		.execute();
	await schema.createIndex('slot_person').on('slot').columns(['user_id', 'company_id']).execute();
	await schema
		.createIndex('slot_company')
		.on('slot')
		.columns(['company_id', 'tracking_key'])
		.execute();

	for (const column of ['slots_used', 'slots_waiting', 'slots_revoking', 'slot_changes'] as const) {
		await schema
			.alterTable('lock')
			.addColumn(column, 'integer', (c) => c.notNull().defaultTo(0))
			.execute();
	}
	await schema
		.alterTable('lock')
		.addColumn('slot_reset', 'integer', (c) => c.notNull().defaultTo(0))
		.execute();
	await schema
		.alterTable('lock')
		.addColumn('issue_base', long, (c) => c.notNull().defaultTo(0))
		.execute();
	await schema.alterTable('lock').addColumn('renew_at', long).execute();

	await schema
		.createTable('phone')
		.addColumn('company_id', 'text', ofCompany)
		.addColumn('user_id', 'text', ofUser)
		.addColumn('id', 'text', required)
		.addColumn('name', 'text', required)
		.addColumn('created_at', long, required)
		.addColumn('last_contact_at', long, required)
		.addColumn('persisted', 'integer')
		.addColumn('session_id', 'text')
		.addColumn('signed_out_at', long)
		.addPrimaryKeyConstraint('phone_key', ['company_id', 'user_id', 'id'])
		.addCheckConstraint('phone_persisted', sql`persisted in (0, 1)`)
		.modifyEnd(ending)
		.execute();
	await schema.createIndex('phone_user').on('phone').column('user_id').execute();

	await schema
		.createTable('company_setting')
		.addColumn('company_id', 'text', (c) =>
			c.primaryKey().notNull().references('organization.id').onDelete('cascade')
		)
		.addColumn('lease_days', 'integer', required)
		.addCheckConstraint('company_setting_lease', sql`lease_days between 1 and 30`)
		.modifyEnd(ending)
		.execute();

	await schema
		.createTable('claim')
		.addColumn('lock_id', 'text', ofLock)
		.addColumn('slot', 'integer', required)
		.addColumn('at', long, required)
		.addColumn('user_id', 'text', required)
		.addColumn('moment', long, required)
		.addColumn('activity_id', 'text')
		.addPrimaryKeyConstraint('claim_key', ['lock_id', 'slot', 'at', 'user_id'])
		.modifyEnd(ending)
		.execute();

	await schema.alterTable('activity').addColumn('issue', long).execute();
	await schema.alterTable('activity').addColumn('claimed', 'integer').execute();
	await schema
		.createIndex('activity_unclaimed')
		.on('activity')
		.columns(['lock_id', 'slot'])
		.where(sql<boolean>`claimed = 0`)
		.execute();
}

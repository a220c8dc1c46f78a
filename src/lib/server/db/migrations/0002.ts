import { sql } from 'kysely';
import type { Db, Dialect } from '../connect.ts';
import { columnsOf, key, ofCompany, ofLock, ofUser, required } from './columns.ts';

/** API keys, locks, who may open them, invitations, demo companies and the record of deeds. */
export async function locks(db: Db, dialect: Dialect): Promise<void> {
	const { long, ending } = columnsOf(dialect);
	const { schema } = db;

	await schema
		.createTable('api_key')
		.addColumn('id', 'text', key)
		.addColumn('company_id', 'text', ofCompany)
		.addColumn('environment', 'text', required)
		.addColumn('kind', 'text', required)
		.addColumn('hash', 'text', (c) => c.notNull().unique())
		.addColumn('hint', 'text', required)
		.addColumn('created_at', long, required)
		.addColumn('revoked_at', long)
		.addCheckConstraint('api_key_environment', sql`environment in ('production', 'sandbox')`)
		.addCheckConstraint('api_key_kind', sql`kind in ('private', 'mobile')`)
		.modifyEnd(ending)
		.execute();
	await schema.createIndex('api_key_company').on('api_key').column('company_id').execute();

	await schema
		.createTable('lock')
		.addColumn('id', 'text', key)
		.addColumn('company_id', 'text', ofCompany)
		.addColumn('environment', 'text', required)
		.addColumn('mac', 'text', required)
		.addColumn('serial', 'text', required)
		.addColumn('name', 'text', required)
		.addColumn('place', 'text', required)
		.addColumn('hardware_type', 'text', required)
		.addColumn('firmware', 'text', required)
		.addColumn('created_by', 'text', required)
		.addColumn('created_at', long, required)
		.addColumn('setup_count', 'integer', required)
		.addColumn('battery_mv', 'integer')
		.addColumn('battery_at', long)
		.addColumn('external_battery_mv', 'integer')
		.addColumn('state', 'text')
		.addColumn('state_at', long)
		.addColumn('last_opened_at', long)
		.addColumn('last_opened_by', 'text')
		.addColumn('base_key', 'text', required)
		.addColumn('root', 'text', required)
		.addColumn('gen', 'integer', required)
		.addColumn('phase', 'text', required)
		.addColumn('active', 'integer', required)
		.addColumn('pending', 'integer')
		.addColumn('pending_changes', 'text')
		.addColumn('next_reference', 'integer', required)
		.addColumn('log_cursor', long, required)
		.addColumn('alarm', 'text')
		.addColumn('settings', 'text', required)
		.addUniqueConstraint('lock_mac', ['company_id', 'mac'])
		.addCheckConstraint('lock_environment', sql`environment in ('production', 'sandbox')`)
		.addCheckConstraint('lock_state', sql`state in ('open', 'unshackled', 'closed')`)
		.addCheckConstraint('lock_phase', sql`phase in ('steady', 'offered', 'recover')`)
		.addCheckConstraint('lock_reference', sql`next_reference between 0 and 255`)
		.modifyEnd(ending)
		.execute();
	// The list of a company's locks, of one environment or (grants) of one person.
	await schema
		.createIndex('lock_list')
		.on('lock')
		.columns(['company_id', 'environment', 'name', 'id'])
		.execute();
	await schema
		.createIndex('lock_serial')
		.on('lock')
		.columns(['company_id', 'environment', 'serial'])
		.execute();

	await schema
		.createTable('grant')
		.addColumn('company_id', 'text', ofCompany)
		.addColumn('lock_id', 'text', ofLock)
		.addColumn('user_id', 'text', ofUser)
		.addColumn('created_at', long, required)
		.addPrimaryKeyConstraint('grant_key', ['lock_id', 'user_id'])
		.modifyEnd(ending)
		.execute();
	await schema
		.createIndex('grant_person')
		.on('grant')
		.columns(['company_id', 'user_id', 'lock_id'])
		.execute();
	await schema.createIndex('grant_user').on('grant').column('user_id').execute();

	await schema
		.createTable('invitation_link')
		.addColumn('id', 'text', key)
		.addColumn('company_id', 'text', ofCompany)
		.addColumn('name', 'text', required)
		.addColumn('role', 'text', required)
		.addColumn('locks', 'text', required)
		.addColumn('token_hash', 'text', (c) => c.notNull().unique())
		.addColumn('created_by', 'text', required)
		.addColumn('created_at', long, required)
		.addColumn('ends_at', long, required)
		.addColumn('used_at', long)
		.addColumn('withdrawn_at', long)
		.addCheckConstraint('invitation_link_role', sql`role in ('admin', 'member')`)
		.modifyEnd(ending)
		.execute();
	await schema
		.createIndex('invitation_link_company')
		.on('invitation_link')
		.columns(['company_id', 'ends_at'])
		.execute();

	await schema
		.createTable('demo')
		.addColumn('company_id', 'text', (c) =>
			c.primaryKey().notNull().references('organization.id').onDelete('cascade')
		)
		.addColumn('ends_at', long, required)
		.modifyEnd(ending)
		.execute();
	await schema.createIndex('demo_end').on('demo').column('ends_at').execute();

	await schema
		.createTable('audit')
		.addColumn('id', 'text', key)
		.addColumn('company_id', 'text', ofCompany)
		.addColumn('at', long, required)
		.addColumn('actor', 'text', required)
		.addColumn('deed', 'text', required)
		.addColumn('detail', 'text', required)
		.modifyEnd(ending)
		.execute();
	await schema.createIndex('audit_company').on('audit').columns(['company_id', 'at']).execute();
}

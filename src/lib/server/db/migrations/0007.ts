import { sql } from 'kysely';
import type { Db, Dialect } from '../connect.ts';
import { columnsOf, key, ofCompany, ofLock, required } from './columns.ts';

const STATES = sql`state in ('waiting', 'on-lock', 'revoking', 'off')`;
const LIVE = sql<boolean>`state in ('waiting', 'on-lock')`;

/** Quick clicks, settings and fobs, and locks that move between the environments. */
export async function coreApi(db: Db, dialect: Dialect): Promise<void> {
	await quickClicks(db, dialect);
	await fobs(db, dialect);
	await columnsOfLocks(db, dialect);
	await columnsOfSlots(db, dialect);
}

async function quickClicks({ schema }: Db, dialect: Dialect): Promise<void> {
	const { long, ending } = columnsOf(dialect);
	// One row for each time a code was issued, so that a late record still finds which it was.
	await schema
		.createTable('quick_click')
		.addColumn('id', 'text', key)
		.addColumn('lock_id', 'text', ofLock)
		.addColumn('company_id', 'text', required)
		.addColumn('position', 'integer', required)
		.addColumn('code', 'text', required)
		.addColumn('state', 'text', required)
		.addColumn('uses', 'integer', required)
		.addColumn('start_uses', 'integer', required)
		.addColumn('capped', 'integer', required)
		.addColumn('next_uses', 'integer')
		.addColumn('wanted_uses', 'integer')
		.addColumn('frozen', 'integer')
		.addColumn('counted_to', long, required)
		.addColumn('issued_at', long, required)
		.addColumn('proven_at', long)
		.addColumn('revoked_at', long)
		.addColumn('off_at', long)
		.addCheckConstraint('quick_click_position', sql`position between 1 and 100`)
		.addCheckConstraint('quick_click_code', sql`length(code) between 3 and 24`)
		.addCheckConstraint('quick_click_uses', sql`uses between 0 and 255`)
		.addCheckConstraint('quick_click_capped', sql`capped in (0, 1)`)
		.addCheckConstraint('quick_click_state', STATES)
		.modifyEnd(ending)
		.execute();
	for (const column of ['position', 'code'] as const) {
		await schema
			.createIndex(`quick_click_${column}_once`)
			.unique()
			.on('quick_click')
			.columns(['lock_id', column])
			.where(sql<boolean>`state <> 'off'`)
			.execute();
	}
	await schema
		.createIndex('quick_click_lock')
		.on('quick_click')
		.columns(['lock_id', 'position'])
		.execute();
	await schema.createIndex('quick_click_company').on('quick_click').column('company_id').execute();
}

async function fobs({ schema }: Db, dialect: Dialect): Promise<void> {
	const { long, ending } = columnsOf(dialect);
	await schema
		.createTable('fob')
		.addColumn('id', 'text', key)
		.addColumn('company_id', 'text', ofCompany)
		.addColumn('environment', 'text', required)
		.addColumn('mac', 'text', required)
		.addColumn('serial', 'text', required)
		.addColumn('name', 'text', required)
		.addColumn('created_by', 'text', required)
		.addColumn('created_at', long, required)
		.addColumn('base_key', 'text', required)
		.addColumn('root', 'text', required)
		.addColumn('gen', 'integer', required)
		.addColumn('phase', 'text', required)
		.addColumn('active', 'integer', required)
		.addColumn('pending', 'integer')
		.addColumn('pending_changes', 'text')
		.addColumn('recovery', 'integer', required)
		.addColumn('battery_mv', 'integer')
		.addColumn('battery_at', long)
		.addColumn('synced_at', long)
		.addUniqueConstraint('fob_mac', ['company_id', 'mac'])
		.addCheckConstraint('fob_environment', sql`environment in ('production', 'sandbox')`)
		.addCheckConstraint('fob_phase', sql`phase in ('steady', 'offered', 'recover')`)
		.modifyEnd(ending)
		.execute();
	const ofFob = (c: Parameters<typeof ofLock>[0]) =>
		c.notNull().references('fob.id').onDelete('cascade');
	await schema
		.createTable('fob_credential')
		.addColumn('id', 'text', key)
		.addColumn('fob_id', 'text', ofFob)
		.addColumn('lock_id', 'text', ofLock)
		.addColumn('slot', 'integer', required)
		.addColumn('tracking_key', 'text', required)
		.addColumn('state', 'text', required)
		.addColumn('issue', long, required)
		.addColumn('next_issue', long)
		.addColumn('wanted_issue', long)
		.addColumn('frozen', 'integer')
		.addColumn('issued_at', long, required)
		.addColumn('proven_at', long)
		.addColumn('revoked_at', long)
		.addColumn('off_at', long)
		.addCheckConstraint('fob_credential_slot', sql`slot between 1 and 100`)
		.addCheckConstraint('fob_credential_state', STATES)
		.modifyEnd(ending)
		.execute();
	await schema
		.createIndex('fob_credential_once')
		.unique()
		.on('fob_credential')
		.columns(['fob_id', 'lock_id'])
		.where(LIVE)
		.execute();
	await schema
		.createIndex('fob_credential_lock')
		.on('fob_credential')
		.columns(['lock_id', 'slot'])
		.execute();
	await schema.createIndex('fob_credential_fob').on('fob_credential').column('fob_id').execute();

	await schema
		.createTable('fob_issued')
		.addColumn('id', 'text', key)
		.addColumn('fob_id', 'text', ofFob)
		.addColumn('session', 'text', required)
		.addColumn('first_id', 'integer', required)
		.addColumn('last_id', 'integer', required)
		.addColumn('at', long, required)
		.addColumn('recovery', 'integer')
		.modifyEnd(ending)
		.execute();
	await schema
		.createIndex('fob_issued_session')
		.on('fob_issued')
		.columns(['fob_id', 'session'])
		.execute();
}

async function columnsOfLocks({ schema }: Db, dialect: Dialect): Promise<void> {
	const { long } = columnsOf(dialect);
	const numbers = [
		'quick_clicks_used',
		'quick_click_changes',
		'quick_click_reset',
		'uses_asked',
		'settings_flags'
	] as const;
	for (const column of numbers) {
		await schema
			.alterTable('lock')
			.addColumn(column, 'integer', (c) => c.notNull().defaultTo(0))
			.execute();
	}
	await schema
		.alterTable('lock')
		.addColumn('settings_state', 'text', (c) => c.notNull().defaultTo('on-lock'))
		.execute();
	for (const column of ['settings_next', 'settings_wanted', 'settings_frozen'] as const)
		await schema.alterTable('lock').addColumn(column, 'integer').execute();
	await schema.alterTable('lock').addColumn('moves', 'text').execute();
	await schema.alterTable('lock').addColumn('moved_at', long).execute();
}

async function columnsOfSlots({ schema }: Db, dialect: Dialect): Promise<void> {
	const { long } = columnsOf(dialect);
	await schema.alterTable('slot').addColumn('next_issue', long).execute();
	await schema.alterTable('slot').addColumn('wanted_issue', long).execute();
	await schema.alterTable('slot').addColumn('fob_id', 'text').execute();
	await schema
		.createIndex('slot_fob')
		.unique()
		.on('slot')
		.columns(['lock_id', 'fob_id'])
		.where(sql<boolean>`holder = 'fob' and state in ('waiting', 'on-lock')`)
		.execute();
}

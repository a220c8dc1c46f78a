import { sql } from 'kysely';
import type { Db, Dialect } from '../connect.ts';
import { columnsOf, key, ofCompany, required } from './columns.ts';

type Build = typeof required;

/** Numbers made in the app: these APIs print ids as whole numbers. */
const number: Build = (c) => c.primaryKey().notNull();
const ofDoor: Build = (c) => c.notNull().references('door_lock.id').onDelete('cascade');
const ofAccount: Build = (c) => c.notNull().references('sifely_account.id').onDelete('cascade');
/** Who did it may leave; what was done stays. */
const byAccount: Build = (c) => c.references('sifely_account.id').onDelete('set null');

/** Door locks, their eKeys, passcodes and records, and who calls the open API. */
export async function doorLocks(db: Db, dialect: Dialect): Promise<void> {
	await callers(db, dialect);
	await locks(db, dialect);
	await codes(db, dialect);
}

async function callers({ schema }: Db, dialect: Dialect): Promise<void> {
	const { long, ending } = columnsOf(dialect);
	await schema
		.createTable('sifely_app')
		.addColumn('id', 'text', key)
		.addColumn('company_id', 'text', ofCompany)
		.addColumn('client_id', 'text', (c) => c.notNull().unique())
		.addColumn('secret_hash', 'text', required)
		.addColumn('prefix', 'text', (c) => c.notNull().unique())
		.addColumn('created_at', long, required)
		.addColumn('revoked_at', long)
		.modifyEnd(ending)
		.execute();
	await schema.createIndex('sifely_app_company').on('sifely_app').column('company_id').execute();

	await schema
		.createTable('sifely_account')
		.addColumn('id', 'integer', number)
		.addColumn('company_id', 'text', ofCompany)
		.addColumn('app_id', 'text', (c) => c.references('sifely_app.id').onDelete('set null'))
		.addColumn('username', 'text', required)
		.addColumn('password_hash', 'text')
		.addColumn('origin', 'text', required)
		.addColumn('must_change', 'integer', required)
		.addColumn('user_id', 'text', (c) => c.references('user.id').onDelete('set null'))
		.addColumn('created_at', long, required)
		.addUniqueConstraint('sifely_account_name', ['company_id', 'username'])
		.addUniqueConstraint('sifely_account_person', ['company_id', 'user_id'])
		.addCheckConstraint('sifely_account_origin', sql`origin in ('registered', 'created', 'person')`)
		.addCheckConstraint('sifely_account_must_change', sql`must_change in (0, 1)`)
		.modifyEnd(ending)
		.execute();
	await schema
		.createIndex('sifely_account_app')
		.on('sifely_account')
		.columns(['app_id', 'created_at'])
		.execute();
	await schema.createIndex('sifely_account_user').on('sifely_account').column('user_id').execute();

	await schema
		.createTable('sifely_token')
		.addColumn('id', 'text', key)
		.addColumn('account_id', 'integer', ofAccount)
		.addColumn('app_id', 'text', (c) => c.notNull().references('sifely_app.id').onDelete('cascade'))
		.addColumn('access_hash', 'text', (c) => c.notNull().unique())
		.addColumn('refresh_hash', 'text', (c) => c.notNull().unique())
		.addColumn('access_ends_at', long, required)
		.addColumn('refresh_ends_at', long, required)
		.addColumn('created_at', long, required)
		.modifyEnd(ending)
		.execute();
	await schema
		.createIndex('sifely_token_account')
		.on('sifely_token')
		.columns(['account_id', 'app_id', 'id'])
		.execute();
	await schema.createIndex('sifely_token_app').on('sifely_token').column('app_id').execute();
}

async function locks({ schema }: Db, dialect: Dialect): Promise<void> {
	const { long, ending } = columnsOf(dialect);
	await schema
		.createTable('door_lock')
		.addColumn('id', 'integer', number)
		.addColumn('company_id', 'text', ofCompany)
		// Not with its owner: an account that owns locks cannot be deleted.
		.addColumn('owner_id', 'integer', (c) => c.notNull().references('sifely_account.id'))
		.addColumn('mac', 'text', required)
		.addColumn('name', 'text', required)
		.addColumn('alias', 'text', required)
		.addColumn('lock_data', 'text', required)
		.addColumn('feature_value', 'text', required)
		.addColumn('timezone_offset', 'integer', required)
		.addColumn('battery', 'integer')
		.addColumn('battery_at', long)
		.addColumn('passage', 'text')
		.addColumn('log_cursor', long, required)
		.addColumn('created_at', long, required)
		.addUniqueConstraint('door_lock_mac', ['company_id', 'mac'])
		.addCheckConstraint('door_lock_battery', sql`battery between 0 and 100`)
		.modifyEnd(ending)
		.execute();
	await schema
		.createIndex('door_lock_owner')
		.on('door_lock')
		.columns(['owner_id', 'created_at', 'id'])
		.execute();

	await schema
		.createTable('ekey')
		.addColumn('id', 'integer', number)
		.addColumn('lock_id', 'integer', ofDoor)
		.addColumn('account_id', 'integer', ofAccount)
		.addColumn('sender_id', 'integer', byAccount)
		.addColumn('name', 'text', required)
		.addColumn('kind', 'text', required)
		.addColumn('state', 'text', required)
		.addColumn('start_date', long, required)
		.addColumn('end_date', long, required)
		.addColumn('recurrence', 'text')
		.addColumn('key_right', 'integer', required)
		.addColumn('remote_enable', 'integer', required)
		.addColumn('remarks', 'text', required)
		.addColumn('used_at', long)
		.addColumn('created_at', long, required)
		.addColumn('ended_at', long)
		.addCheckConstraint('ekey_kind', sql`kind in ('admin', 'common')`)
		.addCheckConstraint('ekey_state', sql`state in ('normal', 'frozen', 'reset', 'deleted')`)
		.addCheckConstraint('ekey_right', sql`key_right in (0, 1)`)
		.addCheckConstraint('ekey_remote', sql`remote_enable in (1, 2)`)
		.modifyEnd(ending)
		.execute();
	await schema
		.createIndex('ekey_once')
		.unique()
		.on('ekey')
		.columns(['lock_id', 'account_id'])
		.where(sql<boolean>`state <> 'deleted'`)
		.execute();
	await schema.createIndex('ekey_lock').on('ekey').columns(['lock_id', 'created_at']).execute();
	await schema
		.createIndex('ekey_account')
		.on('ekey')
		.columns(['account_id', 'created_at'])
		.execute();
	await schema.createIndex('ekey_sender').on('ekey').column('sender_id').execute();
}

async function codes({ schema }: Db, dialect: Dialect): Promise<void> {
	const { long, ending } = columnsOf(dialect);
	await schema
		.createTable('passcode')
		.addColumn('id', 'integer', number)
		.addColumn('lock_id', 'integer', ofDoor)
		.addColumn('sender_id', 'integer', byAccount)
		.addColumn('name', 'text', required)
		.addColumn('type', 'integer', required)
		.addColumn('place', 'text')
		.addColumn('number', 'integer')
		.addColumn('code', 'text', required)
		.addColumn('code_hash', 'text', required)
		.addColumn('start_date', long, required)
		.addColumn('end_date', long, required)
		.addColumn('state', 'text', required)
		.addColumn('used_at', long)
		.addColumn('created_at', long, required)
		.addUniqueConstraint('passcode_place', ['lock_id', 'place', 'number'])
		.addCheckConstraint('passcode_type', sql`type between 1 and 14`)
		.addCheckConstraint('passcode_state', sql`state in ('live', 'deleted')`)
		.addCheckConstraint('passcode_random', sql`(place is null) = (number is null)`)
		.modifyEnd(ending)
		.execute();
	await schema
		.createIndex('passcode_once')
		.unique()
		.on('passcode')
		.columns(['lock_id', 'code_hash'])
		.where(sql<boolean>`state = 'live'`)
		.execute();
	await schema
		.createIndex('passcode_lock')
		.on('passcode')
		.columns(['lock_id', 'created_at'])
		.execute();
	await schema.createIndex('passcode_sender').on('passcode').column('sender_id').execute();

	await schema
		.createTable('door_record')
		.addColumn('id', long, number)
		.addColumn('lock_id', 'integer', ofDoor)
		.addColumn('identity', 'text', required)
		.addColumn('type_from_lock', 'integer', required)
		.addColumn('type', 'integer', required)
		.addColumn('success', 'integer', required)
		.addColumn('uid', long)
		.addColumn('username', 'text', required)
		.addColumn('code', 'text')
		.addColumn('battery', 'integer')
		.addColumn('lock_date', long, required)
		.addColumn('server_date', long, required)
		.addUniqueConstraint('door_record_once', ['lock_id', 'identity'])
		.addCheckConstraint('door_record_success', sql`success in (0, 1)`)
		.modifyEnd(ending)
		.execute();
	await schema
		.createIndex('door_record_page')
		.on('door_record')
		.columns(['lock_id', 'lock_date', 'id'])
		.execute();
}

import { sql } from 'kysely';
import type { Db } from '../connect.ts';

/** What is to be forgotten is found without looking at the rest. */
export async function retention({ schema }: Db): Promise<void> {
	await schema.createIndex('upload_at').on('upload').column('at').execute();
	await schema.createIndex('claim_moment').on('claim').column('moment').execute();
	await schema
		.createIndex('claim_open')
		.on('claim')
		.columns(['lock_id', 'user_id', 'moment'])
		.where(sql<boolean>`activity_id is null`)
		.execute();
	await schema
		.createIndex('slot_off')
		.on('slot')
		.column('off_at')
		.where(sql<boolean>`state = 'off'`)
		.execute();
}

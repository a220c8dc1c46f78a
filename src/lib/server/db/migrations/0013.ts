import type { Db } from '../connect.ts';

/** The order in which a company's whole fleet is read. */
export async function fleet({ schema }: Db): Promise<void> {
	await schema
		.createIndex('lock_fleet')
		.on('lock')
		.columns(['company_id', 'name', 'mac'])
		.execute();
	await schema
		.createIndex('door_lock_fleet')
		.on('door_lock')
		.columns(['company_id', 'alias', 'id'])
		.execute();
}

import { sql } from 'kysely';
import type { Db } from '../connect.ts';

/** Quick clicks and credentials of fobs that went off are found without looking at the rest. */
export async function heldRetention({ schema }: Db): Promise<void> {
	for (const table of ['quick_click', 'fob_credential'] as const) {
		await schema
			.createIndex(`${table}_off`)
			.on(table)
			.column('off_at')
			.where(sql<boolean>`state = 'off'`)
			.execute();
	}
}

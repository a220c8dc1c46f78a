import type { Db } from '../connect.ts';

/** By its session an opening and its claim find each other, however wrong a clock was. */
export async function claimedSessions({ schema }: Db): Promise<void> {
	await schema.alterTable('claim').addColumn('session', 'text').execute();
	await schema.alterTable('activity').addColumn('session', 'text').execute();
}

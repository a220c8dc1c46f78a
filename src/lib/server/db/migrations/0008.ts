import type { Db } from '../connect.ts';

/** What people call a quick click, and whether a lock kept a setting off that it was to have. */
export async function namedCodes({ schema }: Db): Promise<void> {
	await schema
		.alterTable('quick_click')
		.addColumn('name', 'text', (c) => c.notNull().defaultTo(''))
		.execute();
	await schema
		.alterTable('lock')
		.addColumn('settings_refused', 'integer', (c) => c.notNull().defaultTo(0))
		.execute();
}

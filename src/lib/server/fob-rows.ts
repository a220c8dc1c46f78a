import type { Selectable } from 'kysely';
import type { Held } from './core/held.ts';
import type { Db } from './db/connect.ts';
import { deltaOf } from './db/delta.ts';
import type { FobCredentialTable } from './db/held-tables.ts';
import type { FobRow } from './fobs.ts';

export type CredentialRow = Selectable<FobCredentialTable>;

/**
 * Holds a fob's row until the transaction ends: one writer per fob. Locks are held before fobs, and
 * several of either in the order of their ids.
 */
export async function holdFob(trx: Db, id: string): Promise<FobRow | undefined> {
	return trx
		.updateTable('fob')
		.set((e) => ({ active: e.ref('active') }))
		.where('id', '=', id)
		.returningAll()
		.executeTakeFirst();
}

/** The credentials of a fob that are not off, in the order of issue. */
export function credentialsOf(db: Db, fobId: string): Promise<CredentialRow[]> {
	return db
		.selectFrom('fob_credential')
		.selectAll()
		.where('fob_id', '=', fobId)
		.where('state', '!=', 'off')
		.orderBy('id')
		.execute();
}

/** A row as the reducer takes it: its content is the number of the slot's key. */
export function issueOf(row: CredentialRow): Held<number> {
	const { state, issue, next_issue, wanted_issue, frozen } = row;
	return { state, content: issue, frozen, next: next_issue, wanted: wanted_issue };
}

/** The reverse of `issueOf`. */
export function issueColumns({ state, content, frozen, next, wanted }: Held<number>) {
	return { state, issue: content, next_issue: next, wanted_issue: wanted, frozen };
}

/** Writes what a credential has become. */
export async function writeCredential(
	trx: Db,
	before: CredentialRow,
	after: CredentialRow
): Promise<void> {
	const delta = deltaOf(before, after);
	if (Object.keys(delta).length === 0) return;
	await trx.updateTable('fob_credential').set(delta).where('id', '=', after.id).execute();
}

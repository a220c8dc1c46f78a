import type { Db } from './db/connect.ts';
import { newId } from './db/id.ts';

/** Management deeds that are written down, in the transaction that does them. */
export type Deed =
	| 'company.add'
	| 'company.lease'
	| 'demo.add'
	| 'key.add'
	| 'key.revoke'
	| 'lock.add'
	| 'lock.change'
	| 'lock.import'
	| 'offline-key.issue'
	| 'offline-key.revoke'
	| 'lock.settings'
	| 'lock.reset'
	| 'lock.move'
	| 'quick-click.issue'
	| 'quick-click.change'
	| 'quick-click.revoke'
	| 'fob.add'
	| 'fob.issue'
	| 'fob.revoke'
	| 'fob.lost'
	| 'fob.found'
	| 'fob.remove'
	| 'sifely-app.add'
	| 'sifely-app.revoke'
	| 'door-lock.add'
	| 'door-lock.change'
	| 'door-lock.delete'
	| 'door-lock.transfer'
	| 'door-lock.open'
	| 'ekey.send'
	| 'ekey.change'
	| 'ekey.delete'
	| 'ekey.wiped'
	| 'passcode.add'
	| 'passcode.change'
	| 'passcode.delete'
	| 'person.add'
	| 'person.invite'
	| 'person.withdraw'
	| 'person.join'
	| 'person.grant'
	| 'person.remove';

/** Writes down who did what; `actor` as `AuditTable` has it, `detail` never holds a secret. */
export async function audit(
	db: Db,
	companyId: string,
	actor: string,
	deed: Deed,
	detail: Readonly<Record<string, unknown>>
): Promise<void> {
	await db
		.insertInto('audit')
		.values({
			id: newId(),
			company_id: companyId,
			at: Date.now(),
			actor,
			deed,
			detail: JSON.stringify(detail)
		})
		.execute();
}

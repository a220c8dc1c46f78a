import { addKey } from '../../../src/lib/server/api-keys.ts';
import { callKeys } from '../../../src/lib/server/core/offline-keys.ts';
import { issueCodes } from '../../../src/lib/server/core/quick-clicks.ts';
import { newId } from '../../../src/lib/server/db/id.ts';
import { addFob, AddFob } from '../../../src/lib/server/fobs.ts';
import { addLock } from '../../../src/lib/server/locks.ts';
import { holdLock } from '../../../src/lib/server/slots.ts';
import type { TestApp } from '../app.ts';

/** What belongs to one company and has a name that others may guess. */
export type Kind = 'lock' | 'fob' | 'api key' | 'invitation' | 'person';

const LONG_AGO = 1_600_000_000_000;
let made = 0;

/** Makes something that belongs to a company: its MAC or id. */
export const MAKE: Record<Kind, (app: TestApp, companyId: string) => Promise<string>> = {
	/** With a key in slot 1, a quick click whose id is `code-` and the MAC, and something that happened. */
	async lock({ server: { db, secret } }, companyId) {
		const mac = newMac();
		const by = { companyId, actor: 'cli', name: 'J Doe' };
		const about = { name: mac, place: '', serial: '', hardwareType: '4I', firmware: '4.25' };
		await addLock(db, secret, by, { mac, ...about, environment: 'production' });
		const caller = { companyId, environment: 'production' } as const;
		const issue = [{ macs: [mac], tracking_keys: ['ann'] }];
		await callKeys({ db, secret }, caller, { issue }, LONG_AGO);
		const { id } = await db
			.selectFrom('lock')
			.select('id')
			.where('company_id', '=', companyId)
			.where('mac', '=', mac)
			.executeTakeFirstOrThrow();
		await db.transaction().execute(async (trx) => {
			const lock = (await holdLock(trx, id))!;
			await issueCodes(trx, lock, [{ code: '0101', uses: 3 }], LONG_AGO);
			await trx
				.updateTable('quick_click')
				.set({ id: `code-${mac}` })
				.where('lock_id', '=', id)
				.execute();
		});
		await db
			.insertInto('activity')
			.values({
				id: newId(LONG_AGO + made),
				company_id: companyId,
				environment: 'production',
				lock_id: id,
				action: 'unlocked',
				gen: 0,
				counter: 1,
				recorded_at: LONG_AGO,
				range_start: LONG_AGO,
				range_end: LONG_AGO,
				tracking_key: 'ann',
				slot: 1,
				issue: null,
				claimed: null
			})
			.execute();
		return mac;
	},
	async fob({ server: { db, secret } }, companyId) {
		const mac = newMac();
		const by = { companyId, actor: 'cli', name: 'J Doe' };
		await addFob(db, secret, by, AddFob.parse({ mac, environment: 'production' }));
		return mac;
	},
	async 'api key'({ server: { db } }, companyId) {
		return (await addKey(db, companyId, 'cli', { environment: 'sandbox', kind: 'mobile' })).key.id;
	},
	async invitation({ server: { db } }, companyId) {
		const id = newId(Date.now());
		await db
			.insertInto('invitation_link')
			.values({
				id,
				company_id: companyId,
				name: 'Ivy',
				role: 'admin',
				locks: '[]',
				token_hash: id.padEnd(64, '0'),
				created_by: 'cli',
				created_at: LONG_AGO,
				ends_at: Date.now() + 3_600_000,
				used_at: null,
				withdrawn_at: null
			})
			.execute();
		return id;
	},
	/** A member. */
	async person({ server: { db, connection } }, companyId) {
		const id = newId(Date.now());
		const at = connection.dialect === 'sqlite' ? new Date().toISOString() : new Date();
		const when = { createdAt: at, updatedAt: at };
		const emailVerified = connection.dialect === 'sqlite' ? 0 : false;
		const about = { name: 'Ned', email: `${id}@example.com`, emailVerified, image: null };
		await db
			.insertInto('user')
			.values({ id, ...about, ...when })
			.execute();
		const member = { id, organizationId: companyId, userId: id, createdAt: at };
		await db
			.insertInto('member')
			.values({ ...member, role: 'member' })
			.execute();
		return id;
	}
};

/** Takes it out of the world again, whosever it is. */
export const REMOVE: Record<Kind, (app: TestApp, name: string) => Promise<unknown>> = {
	lock: ({ server: { db } }, mac) => db.deleteFrom('lock').where('mac', '=', mac).execute(),
	fob: ({ server: { db } }, mac) => db.deleteFrom('fob').where('mac', '=', mac).execute(),
	'api key': ({ server: { db } }, id) => db.deleteFrom('api_key').where('id', '=', id).execute(),
	invitation: ({ server: { db } }, id) =>
		db.deleteFrom('invitation_link').where('id', '=', id).execute(),
	async person({ server: { db } }, id) {
		await db.deleteFrom('member').where('userId', '=', id).execute();
		await db.deleteFrom('user').where('id', '=', id).execute();
	}
};

function newMac(): string {
	const hex = (++made).toString(16).padStart(4, '0').toUpperCase();
	return `F1:E2:D3:C4:${hex.slice(0, 2)}:${hex.slice(2)}`;
}

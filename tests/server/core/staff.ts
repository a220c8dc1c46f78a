import { issuePhoneKey } from '../../../src/lib/server/core/phone-keys.ts';
import { contact } from '../../../src/lib/server/core/contact.ts';
import { hearFrom } from '../../../src/lib/server/core/for-people.ts';
import type { Claim, UploadBatch } from '../../../src/lib/api/app/activity.ts';
import type { KeyName } from '../../../src/lib/api/app/offline.ts';
import type { OfflineGrant } from '../../../src/lib/protocol/noke/offline.ts';
import { insertUser } from '../../../src/lib/server/people/accounts.ts';
import { addMember } from '../../../src/lib/server/people/companies.ts';
import type { Member, Role } from '../../../src/lib/server/people/identity.ts';
import type { Lab } from './lab.ts';
import type { TestLock } from './test-lock.ts';

let people = 0;

/** Somebody of the lab's company with one phone, which does as the client of the app does. */
export class Staff {
	readonly who: Member;
	readonly phone: { id: string; name: string };
	/** What the phone holds, by MAC. */
	readonly keys = new Map<string, KeyName & OfflineGrant>();
	readonly #lab: Lab;

	private constructor(lab: Lab, who: Member) {
		this.#lab = lab;
		this.who = who;
		this.phone = { id: `phone-${who.userId}`, name: 'Pixel 9' };
	}

	static async join(lab: Lab, role: Role = 'owner'): Promise<Staff> {
		const userId = `user${++people}`;
		const name = `P${people}`;
		const email = `p${people}@example.com`;
		await insertUser(lab.db, lab.connection.dialect, { id: userId, name, email });
		await addMember(lab.db, lab.companyId, userId, role);
		const company = { id: lab.companyId, name: 'Acme', role, demoEnds: null };
		const session = { sessionId: `session-${userId}`, renewedAt: 0 };
		return new Staff(lab, { userId, name, email, ...session, company });
	}

	/** Reports in, and does what it is told. */
	async contact(now: number, wiped: KeyName[] = []) {
		const has = [...this.keys.values()].map(({ mac, slot, issue }) => ({ mac, slot, issue }));
		const request = { phone: this.phone, persisted: true, has, wiped };
		const reply = await contact(this.#lab.core, this.who, request, now);
		for (const { mac } of reply.wipe) this.keys.delete(mac);
		for (const { mac, slot, issue, offlineKey, unlockCommand } of reply.keys) {
			if (offlineKey !== undefined && unlockCommand !== undefined)
				this.keys.set(mac, { mac, slot, issue, offlineKey, unlockCommand });
		}
		return reply;
	}

	/** Asks for a key and fetches it. */
	async ask({ mac, now }: TestLock): Promise<KeyName & OfflineGrant> {
		await this.contact(now);
		await issuePhoneKey(this.#lab.db, this.who, mac, { phone: this.phone.id }, now);
		await this.contact(now);
		return this.keys.get(mac)!;
	}

	/** Sends its outbox. */
	upload(now: number, batches: UploadBatch[], claims: Claim[] = [], sentAt = now) {
		return hearFrom(this.#lab.core, this.who, { batches, claims, sentAt }, now);
	}
}

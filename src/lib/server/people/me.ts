import type { Me } from '../../api/app/people.ts';
import type { Db } from '../db/connect.ts';
import { isFirstRun, ownerName } from './companies.ts';
import type { Identity } from './identity.ts';

/** What a page shows of who is signed in. */
export async function me(db: Db, who: Identity | null): Promise<Me> {
	const company = who?.company ?? null;
	return {
		user: who === null ? null : { id: who.userId, name: who.name, email: who.email },
		company:
			company === null
				? null
				: {
						id: company.id,
						name: company.name,
						role: company.role,
						ownerName: await ownerName(db, company.id)
					},
		firstRun: await isFirstRun(db),
		demoEnds: company?.demoEnds ?? null
	};
}

import { AddLockRequest } from '$lib/api/app/locks.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';
import { listLocks } from '$lib/server/lock-list.ts';
import { addLock } from '$lib/server/locks.ts';

export const trailingSlash = 'ignore';

/** The locks the caller may see. */
export const GET = endpoint({ who: 'member' }, ({ server, who }) => listLocks(server.db, who));

/** Adds a lock; its base key is not answered. */
export const POST = endpoint(
	{ who: 'manager', body: AddLockRequest },
	async ({ server: { db, secret }, who: { company, userId, name }, body }) => {
		const by = { companyId: company.id, actor: userId, name };
		const { lock } = await addLock(db, secret, by, body);
		return { lock };
	}
);

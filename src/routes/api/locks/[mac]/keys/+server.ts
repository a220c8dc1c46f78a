import * as z from 'zod/mini';
import { PhoneKeyRequest } from '$lib/api/app/offline.ts';
import { Mac } from '$lib/api/app/shapes.ts';
import { listLockKeys } from '$lib/server/core/lock-keys.ts';
import { issuePhoneKey } from '$lib/server/core/phone-keys.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';

export const trailingSlash = 'ignore';

const params = z.object({ mac: Mac });

/** Who holds keys of this lock, and which phones could. */
export const GET = endpoint({ who: 'manager', params }, ({ server, who, params: { mac } }) =>
	listLockKeys(server.db, who, mac)
);

/** Issues a key for one phone, which gets it by its next contact. */
export const POST = endpoint(
	{ who: 'member', params, body: PhoneKeyRequest },
	({ server, who, params: { mac }, body }) => issuePhoneKey(server.db, who, mac, body)
);

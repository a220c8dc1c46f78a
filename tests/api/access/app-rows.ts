import { SAMPLE } from '../core/desk.ts';
import type { Kind } from './things.ts';

/** Who gets past the door: everybody, whoever is signed in, a company's people, its managers. */
export type Level = 'anyone' | 'person' | 'member' | 'manager';

/** One way to ask an endpoint. `X` stands for the MAC or id of the thing; LOCK, FOB and MEMBER are one's own. */
export interface AppRow {
	who: Level;
	/** What the request is about, or what its answer would show; left out: nothing of anybody's. */
	about?: Kind;
	/** In place of the parameters of the path, one after the other. */
	path?: readonly string[];
	query?: string;
	body?: object;
	/** What is answered about one's own, if not 200. */
	own?: number;
	/** A member is not let at it even if the lock is granted. */
	managersOwn?: true;
	/** Every member of the company is let at it, granted or not. */
	ofCompany?: true;
	/** The answer is the same whether it is there or not. */
	blind?: true;
}

/** The phone of every caller. */
export const PHONE = { id: 'phone-access-xxxxxxxx', name: 'Pixel 9' };

const lockPath = { about: 'lock', path: ['X'] } as const;
const codePath = { about: 'lock', path: ['X', 'code-X'] } as const;
const fobPath = { about: 'fob', path: ['X'] } as const;
const batch = { id: 'batch-access', mac: 'X', session: SAMPLE, receivedAt: 1, packets: [SAMPLE] };
const claim = { mac: 'X', slot: 1, at: 1_600_000_000_000 };
const key = { mac: 'X', slot: 1, issue: 1 };
const turn = { id: 'turn-access', door: 1, action: 'unlock', at: 1, answers: [] };
const contact = { phone: PHONE, persisted: null, has: [], wiped: [] };

/** Every method of every endpoint of ours, in every way that names something. */
export const APP_ROWS: Readonly<Record<string, readonly AppRow[]>> = {
	'GET /api/health': [{ who: 'anyone' }],
	'GET /api/core-openapi.json': [{ who: 'anyone' }],
	'GET /api/me': [{ who: 'anyone' }],
	'POST /api/demo': [{ who: 'anyone' }],
	'POST /api/invitations/preview': [{ who: 'anyone', body: { token: 'none' }, own: 404 }],
	'POST /api/invitations/accept': [{ who: 'person', body: { token: 'none' }, own: 404 }],
	'POST /api/companies': [{ who: 'person', body: { name: 'Third' }, own: 409 }],
	'GET /api/locks': [{ who: 'member', about: 'lock' }],
	'GET /api/locks/[mac]': [{ who: 'member', ...lockPath }],
	'POST /api/locks/[mac]/commands': [
		{ who: 'member', ...lockPath, body: { session: SAMPLE, action: 'unlock' } },
		{ who: 'member', ...lockPath, body: { session: SAMPLE, action: 'unshackle' } },
		{ who: 'member', ...lockPath, body: { session: SAMPLE, action: 'ask' } }
	],
	'POST /api/uploads': [
		{ who: 'member', about: 'lock', body: { batches: [batch] }, ofCompany: true },
		{ who: 'member', about: 'lock', body: { batches: [], claims: [claim] }, blind: true }
	],
	'GET /api/activity': [
		{ who: 'member', about: 'lock' },
		{ who: 'member', about: 'lock', query: 'mac=X' },
		{ who: 'member', about: 'lock', query: 'trackingKey=ann' }
	],
	'GET /api/fleet': [
		{ who: 'member', about: 'lock' },
		{ who: 'member', about: 'lock', query: 'text=X&facets=production' }
	],
	'GET /api/fleet/counts': [
		{ who: 'member', about: 'lock' },
		{ who: 'member', about: 'lock', query: 'text=X&facets=production' }
	],
	'POST /api/offline/contact': [
		{ who: 'member', about: 'lock', body: { ...contact, has: [key] }, blind: true },
		{ who: 'member', about: 'lock', body: { ...contact, wiped: [key] }, blind: true }
	],
	// For somebody else than asks.
	'POST /api/offline/turns': [
		{ who: 'member', body: { turns: [turn], sender: { company: 'C', person: 'P' } }, own: 409 }
	],
	'POST /api/locks/[mac]/keys': [
		{ who: 'member', ...lockPath, body: { phone: PHONE.id } },
		{ who: 'member', ...lockPath, body: { phone: null } }
	],
	'DELETE /api/locks/[mac]/keys/[slot]': [
		{ who: 'member', about: 'lock', path: ['X', '1'], managersOwn: true },
		{ who: 'member', about: 'lock', path: ['X', '1'], query: 'issue=1', managersOwn: true }
	],
	'POST /api/locks': [
		{ who: 'manager', about: 'lock', body: { mac: 'X', name: 'N', hardwareType: '4I' }, own: 409 }
	],
	'PATCH /api/locks/[mac]': [{ who: 'manager', ...lockPath, body: { name: 'Gate' } }],
	'GET /api/locks/[mac]/keys': [{ who: 'manager', ...lockPath }],
	'GET /api/locks/[mac]/quick-clicks': [{ who: 'manager', ...lockPath }],
	'POST /api/locks/[mac]/quick-clicks': [
		{ who: 'manager', ...lockPath, body: { name: 'Night', code: '110011', uses: 3 } }
	],
	'PATCH /api/locks/[mac]/quick-clicks/[id]': [
		{ who: 'manager', ...codePath, body: { name: 'Day' } },
		{ who: 'manager', ...codePath, body: { uses: 9 } },
		// Another company's code, named beside one's own lock.
		{
			who: 'manager',
			about: 'lock',
			path: ['LOCK', 'code-X'],
			body: { uses: 9 },
			own: 404,
			blind: true
		}
	],
	'DELETE /api/locks/[mac]/quick-clicks/[id]': [
		{ who: 'manager', ...codePath },
		{ who: 'manager', about: 'lock', path: ['LOCK', 'code-X'], own: 404, blind: true }
	],
	'PUT /api/locks/[mac]/settings': [{ who: 'manager', ...lockPath, body: { explicitLock: true } }],
	'POST /api/locks/[mac]/key-reset': [{ who: 'manager', ...lockPath }],
	'PUT /api/locks/[mac]/environment': [
		{ who: 'manager', ...lockPath, body: { environment: 'sandbox' } }
	],
	'GET /api/fobs': [{ who: 'manager', about: 'fob' }],
	'POST /api/fobs': [
		{ who: 'manager', about: 'fob', body: { mac: 'X', name: 'N', serial: 'S' }, own: 409 }
	],
	'GET /api/fobs/[mac]': [{ who: 'manager', ...fobPath }],
	'DELETE /api/fobs/[mac]': [{ who: 'manager', ...fobPath }],
	'POST /api/fobs/[mac]/locks': [
		{ who: 'manager', ...fobPath, body: { locks: ['LOCK'] } },
		{ who: 'manager', about: 'lock', path: ['FOB'], body: { locks: ['X'] } }
	],
	'DELETE /api/fobs/[mac]/locks/[lock]': [
		{ who: 'manager', about: 'fob', path: ['X', 'LOCK'], own: 404, blind: true },
		{ who: 'manager', about: 'lock', path: ['FOB', 'X'], own: 404, blind: true }
	],
	'POST /api/fobs/[mac]/commands': [{ who: 'manager', ...fobPath, body: { session: SAMPLE } }],
	'PUT /api/fobs/[mac]/lost': [{ who: 'manager', ...fobPath }],
	'DELETE /api/fobs/[mac]/lost': [{ who: 'manager', ...fobPath }],
	'GET /api/debt': [{ who: 'manager', about: 'lock', blind: true }],
	'GET /api/company/lease': [{ who: 'manager' }],
	'PUT /api/company/lease': [{ who: 'manager', body: { days: 7 } }],
	'GET /api/people': [
		{ who: 'manager', about: 'person' },
		{ who: 'manager', about: 'invitation' }
	],
	'POST /api/people/invitations': [
		{ who: 'manager', about: 'lock', body: { name: 'Ivy', role: 'member', locks: ['X'] } }
	],
	'DELETE /api/people/invitations/[id]': [{ who: 'manager', about: 'invitation', path: ['X'] }],
	'PUT /api/people/[userId]/locks': [
		{ who: 'manager', about: 'person', path: ['X'], body: { locks: [] } },
		{ who: 'manager', about: 'lock', path: ['MEMBER'], body: { locks: ['X'] } }
	],
	'DELETE /api/people/[userId]': [{ who: 'manager', about: 'person', path: ['X'] }],
	'GET /api/keys': [{ who: 'manager', about: 'api key' }],
	'POST /api/keys': [{ who: 'manager', body: { environment: 'sandbox', kind: 'mobile' } }],
	'DELETE /api/keys/[id]': [{ who: 'manager', about: 'api key', path: ['X'] }],
	// What is whose among door locks and applications is asked in tests/api/sifely.
	'GET /api/door-locks': [{ who: 'member' }],
	'POST /api/door-locks': [{ who: 'manager', body: { lockData: 'none', name: 'N' }, own: 400 }],
	'POST /api/door-locks/[id]/relay': [
		{ who: 'member', path: ['5'], body: { action: 'unlock', answers: [] }, own: 404 }
	],
	'GET /api/door-locks/[id]': [{ who: 'member', path: ['5'], own: 404 }],
	'PATCH /api/door-locks/[id]': [{ who: 'member', path: ['5'], body: { name: 'Gate' }, own: 404 }],
	'DELETE /api/door-locks/[id]': [{ who: 'member', path: ['5'], own: 404 }],
	'POST /api/door-locks/[id]/owner': [
		{ who: 'member', path: ['5'], body: { userId: 'x' }, own: 404 }
	],
	'GET /api/door-locks/[id]/records': [{ who: 'member', path: ['5'], own: 404 }],
	'GET /api/door-locks/[id]/ekeys': [{ who: 'member', path: ['5'], own: 404 }],
	'POST /api/door-locks/[id]/ekeys': [
		{
			who: 'member',
			path: ['5'],
			body: {
				to: { username: 'x' },
				name: 'N',
				period: { startDate: 0, endDate: 0, recurrence: null }
			},
			own: 404
		}
	],
	'PATCH /api/door-locks/[id]/ekeys/[ekey]': [
		{ who: 'member', path: ['5', '5'], body: { name: 'N' }, own: 404 }
	],
	'DELETE /api/door-locks/[id]/ekeys/[ekey]': [{ who: 'member', path: ['5', '5'], own: 404 }],
	'GET /api/door-locks/[id]/passcodes': [{ who: 'member', path: ['5'], own: 404 }],
	'POST /api/door-locks/[id]/passcodes': [
		{
			who: 'member',
			path: ['5'],
			body: { origin: 'custom', name: 'N', code: '4711' },
			own: 404
		}
	],
	'PATCH /api/door-locks/[id]/passcodes/[passcode]': [
		{ who: 'member', path: ['5', '5'], body: { name: 'N' }, own: 404 }
	],
	'DELETE /api/door-locks/[id]/passcodes/[passcode]': [
		{ who: 'member', path: ['5', '5'], own: 404 }
	],
	'POST /api/first-sign-in': [
		{
			who: 'anyone',
			body: {
				username: 'nobody',
				password: 'wrong',
				name: 'N',
				email: 'n@example.org',
				newPassword: 'long enough xx'
			},
			own: 403
		}
	],
	'PUT /api/sifely-account': [{ who: 'member', body: { password: 'a long password' } }],
	'GET /api/sifely-apps': [{ who: 'manager' }],
	'POST /api/sifely-apps': [{ who: 'manager' }],
	'DELETE /api/sifely-apps/[id]': [{ who: 'manager', path: ['none'], own: 404 }]
};

const NAMES = { email: 'nobody@example.com', password: 'wrong but long enough' };

/** What better-auth answers each identity: nobody, or whoever is signed in. */
export const AUTH_ROWS: Readonly<Record<string, { body: object; out: number; in: number }>> = {
	'/sign-in/email': { body: NAMES, out: 401, in: 401 },
	'/sign-up/email': { body: { ...NAMES, name: 'Nobody' }, out: 403, in: 403 },
	'/change-password': {
		body: { currentPassword: NAMES.password, newPassword: `${NAMES.password}!` },
		out: 401,
		in: 400
	},
	'/revoke-other-sessions': { body: {}, out: 401, in: 200 },
	'/sign-out': { body: {}, out: 200, in: 200 },
	'/list-sessions': { body: {}, out: 404, in: 404 }
};

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../setup/databases.ts';
import { routes, TestApp, type Browser } from './app.ts';

/**
 * Who may call what: everybody, whoever is signed in, a company's people, its managers. Every
 * method of every endpoint of ours has a row, or this fails.
 */
const ROWS: Readonly<Record<string, 'anyone' | 'person' | 'member' | 'manager'>> = {
	'POST /api/auth/[...path]': 'anyone',
	'GET /api/health': 'anyone',
	'GET /api/core-openapi.json': 'anyone',
	'GET /api/me': 'anyone',
	'POST /api/demo': 'anyone',
	'POST /api/invitations/preview': 'anyone',
	'POST /api/invitations/accept': 'person',
	'POST /api/companies': 'person',
	'GET /api/locks': 'member',
	'GET /api/locks/[mac]': 'member',
	'POST /api/locks/[mac]/commands': 'member',
	'POST /api/uploads': 'member',
	'GET /api/activity': 'member',
	'POST /api/offline/contact': 'member',
	'POST /api/locks/[mac]/keys': 'member',
	'DELETE /api/locks/[mac]/keys/[slot]': 'member',
	'POST /api/locks': 'manager',
	'PATCH /api/locks/[mac]': 'manager',
	'GET /api/locks/[mac]/keys': 'manager',
	'GET /api/locks/[mac]/quick-clicks': 'manager',
	'POST /api/locks/[mac]/quick-clicks': 'manager',
	'PATCH /api/locks/[mac]/quick-clicks/[id]': 'manager',
	'DELETE /api/locks/[mac]/quick-clicks/[id]': 'manager',
	'PUT /api/locks/[mac]/settings': 'manager',
	'POST /api/locks/[mac]/key-reset': 'manager',
	'PUT /api/locks/[mac]/environment': 'manager',
	'GET /api/company/lease': 'manager',
	'PUT /api/company/lease': 'manager',
	'GET /api/people': 'manager',
	'POST /api/people/invitations': 'manager',
	'DELETE /api/people/invitations/[id]': 'manager',
	'PUT /api/people/[userId]/locks': 'manager',
	'DELETE /api/people/[userId]': 'manager',
	'GET /api/keys': 'manager',
	'POST /api/keys': 'manager',
	'DELETE /api/keys/[id]': 'manager',
	'GET /api/fobs': 'manager',
	'POST /api/fobs': 'manager',
	'GET /api/fobs/[mac]': 'manager',
	'DELETE /api/fobs/[mac]': 'manager',
	'POST /api/fobs/[mac]/locks': 'manager',
	'DELETE /api/fobs/[mac]/locks/[lock]': 'manager',
	'POST /api/fobs/[mac]/commands': 'manager',
	'PUT /api/fobs/[mac]/lost': 'manager',
	'DELETE /api/fobs/[mac]/lost': 'manager',
	'GET /api/debt': 'manager'
};

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'fallback'];
const endpoints = routes
	.filter(({ id }) => id.startsWith('/api/'))
	.flatMap(({ id, module }) =>
		METHODS.filter((method) => method in module).map((method) => `${method} ${id}`)
	);

test('every endpoint has a row', () => {
	expect(endpoints.filter((endpoint) => !(endpoint in ROWS))).toEqual([]);
});

describe('each identity gets as far as its row says', () => {
	let app: TestApp;
	const who: Partial<Record<'nobody' | 'person' | 'member' | 'admin' | 'owner', Browser>> = {};
	beforeAll(async () => {
		app = await TestApp.open(databases[0].create);
		who.nobody = app.browser();
		who.person = await app.signUp('Pat');
		who.owner = await app.owner();
		who.admin = await app.join(who.owner, 'Ada', 'admin');
		who.member = await app.join(who.owner, 'Mia', 'member');
	});
	afterAll(() => app.close());

	const LEVEL = { nobody: 0, person: 1, member: 2, admin: 3, owner: 3 };
	const NEEDS = { anyone: 0, person: 1, member: 2, manager: 3 };

	test.each(endpoints)('%s', async (endpoint) => {
		const [method = '', id = ''] = endpoint.split(' ');
		const row = ROWS[endpoint];
		if (row === undefined) throw new Error('has no row');
		const path = id
			.replace('[mac]', '00:00:00:00:00:09')
			.replace('[lock]', '00:00:00:00:00:08')
			.replace(/\[[^\]]+\]/, 'none');
		const body = method === 'GET' || method === 'DELETE' ? undefined : {};
		for (const name of ['nobody', 'person', 'member', 'admin', 'owner'] as const) {
			const answer = await who[name]?.ask(method, path, { body, ip: `192.0.2.${LEVEL[name]}` });
			const refused = LEVEL[name] < NEEDS[row] ? (name === 'nobody' ? 401 : 403) : null;
			if (refused !== null) expect(answer?.status, name).toBe(refused);
			else expect([401, 403, 405, 500], name).not.toContain(answer?.status);
			who.nobody?.cookies.clear();
			if (endpoint === 'POST /api/demo') return;
		}
	});
});

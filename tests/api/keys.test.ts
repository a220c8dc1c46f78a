import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AddApiKeyReply } from '../../src/lib/api/app/people.ts';
import { identifyApiKey } from '../../src/lib/server/keys.ts';
import { databases } from '../setup/databases.ts';
import { TestApp } from './app.ts';

describe.each(databases)('API keys on $name', ({ create }) => {
	let app: TestApp;
	beforeEach(async () => {
		app = await TestApp.open(create);
	});
	afterEach(() => app.close());

	test('are shown once, kept as a hash, and end when they are revoked', async () => {
		const owner = await app.owner();
		const { id: companyId } = (await owner.me()).company;
		const { db } = app.server;
		for (const environment of ['production', 'sandbox']) {
			for (const kind of ['private', 'mobile']) {
				const body = { environment, kind };
				const made = AddApiKeyReply.parse((await owner.ask('POST', '/api/keys', { body })).body);
				const { key, secret } = made;
				expect(secret).toMatch(/^hasp_(prv|mob)_[\w-]{43}$/);
				expect(secret.startsWith(key.hint)).toBe(true);
				const stands = { companyId, environment, kind };
				expect(await identifyApiKey(db, secret)).toEqual(stands);
				expect(await identifyApiKey(db, `Bearer ${secret}`)).toEqual(stands);
				const stored = await db.selectFrom('api_key').selectAll().execute();
				expect(JSON.stringify(stored)).not.toContain(secret);

				const listed = (await owner.ask('GET', '/api/keys')).body;
				expect(listed.keys).toContainEqual(key);
				expect(JSON.stringify(listed)).not.toContain(secret);

				for (let i = 0; i < 2; i++) {
					expect((await owner.ask('DELETE', `/api/keys/${key.id}`)).status).toBe(200);
					expect(await identifyApiKey(db, secret)).toBeNull();
				}
			}
		}
		const { keys } = (await owner.ask('GET', '/api/keys')).body;
		expect(keys).toHaveLength(4);
		expect(keys.every((key: { revokedAt: number }) => key.revokedAt > 0)).toBe(true);
	});

	test('anything else is nobody', async () => {
		for (const text of [null, '', 'Bearer', 'Bearer x', 'hasp_prv_', 'x'.repeat(9999)]) {
			expect(await identifyApiKey(app.server.db, text)).toBeNull();
		}
	});
});

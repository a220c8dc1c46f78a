import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../../src/cli/run.ts';
import { AddSifelyAppReply, SifelyAppsReply } from '../../../src/lib/api/app/sifely-apps.ts';
import { databases } from '../../setup/databases.ts';
import { TestApp, type Browser } from '../app.ts';

describe.each(databases)('applications for the open API on $name', ({ create }) => {
	let app: TestApp;
	let owner: Browser;
	beforeAll(async () => {
		app = await TestApp.open(create);
		owner = await app.owner();
	});
	afterAll(() => app.close());

	const listed = async (by: Browser) => {
		const { body } = await by.ask('GET', '/api/sifely-apps');
		expect(SifelyAppsReply.parse(body)).toEqual(body);
		return body.apps;
	};
	const users = async (of: { clientId: string; clientSecret: string }) => {
		const query = new URLSearchParams({ ...of, date: String(Date.now()) }).toString();
		return (await app.ask('GET', `/sifely/v3/user/list?${query}`)).body;
	};

	test('made in the app: the secret is shown once, works, and ends when it is revoked', async () => {
		const { body } = await owner.ask('POST', '/api/sifely-apps');
		expect(AddSifelyAppReply.parse(body)).toEqual(body);
		const [one] = await listed(owner);
		expect(one).toMatchObject({ clientId: body.clientId, revokedAt: null });
		expect(JSON.stringify(await listed(owner))).not.toContain(body.clientSecret);
		expect((await users(body)).total).toBe(0);
		const stranger = await app.stranger();
		expect(await listed(stranger)).toEqual([]);
		const path = `/api/sifely-apps/${one.id}`;
		expect((await stranger.ask('DELETE', path)).status).toBe(404);
		expect((await users(body)).total).toBe(0);
		for (let i = 0; i < 2; i++) expect((await owner.ask('DELETE', path)).status).toBe(200);
		expect((await users(body)).errcode).toBe(10000);
		expect((await listed(owner))[0].revokedAt).toBeGreaterThan(0);
	});

	test('made and revoked by the command line, in JSON', async () => {
		const data = mkdtempSync(join(tmpdir(), 'hasp-cli-'));
		const { database } = app.server.config;
		const where = 'url' in database ? { DATABASE_URL: database.url } : {};
		const [out, err]: string[][] = [[], []];
		const command = (...words: string[]) =>
			run(words, {
				env: { HASP_DATA: data, ...where },
				readPassword: () => Promise.resolve(undefined),
				out: (text) => void out!.push(text),
				err: (text) => void err!.push(text)
			});
		expect(await command('company', 'add', 'Second')).toBe(0);
		const { company } = JSON.parse(out!.pop()!);
		expect(await command('sifely-app', 'add', '--company', company.id)).toBe(0);
		const made = JSON.parse(out!.pop()!);
		expect(made).toEqual({
			clientId: expect.stringMatching(/^[0-9a-f]{32}$/),
			clientSecret: expect.stringMatching(/^[0-9a-f]{32}$/)
		});
		for (let i = 0; i < 2; i++) {
			expect(await command('sifely-app', 'revoke', made.clientId)).toBe(0);
			expect(JSON.parse(out!.pop()!)).toEqual({ revoked: made.clientId });
		}
		expect(await command('sifely-app', 'revoke', 'nobody')).toBe(1);
		expect(JSON.parse(err!.pop()!).error.code).toBe('not-found');
		expect(await command('sifely-app', 'revoke')).toBe(2);
		expect(await command('sifely-app', 'add', '--company', 'nobody')).toBe(1);
		expect(JSON.parse(err!.pop()!).error.code).toBe('not-found');
		expect(await command('sifely-app', 'add')).toBe(2);
		rmSync(data, { recursive: true });
	});

	test('not for a demo company', async () => {
		const visitor = app.browser();
		await visitor.ask('POST', '/api/demo');
		expect((await visitor.ask('POST', '/api/sifely-apps')).status).toBe(403);
	});
});

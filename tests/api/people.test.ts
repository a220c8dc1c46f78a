import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { InvitationPreview, InviteReply, PeopleReply } from '../../src/lib/api/app/people.ts';
import { databases } from '../setup/databases.ts';
import { TestApp, tokenOf, type Browser } from './app.ts';

const GATE = 'F1:E2:D3:C4:B5:A6';
const SHED = 'F1:E2:D3:C4:B5:A7';

describe.each(databases)('people on $name', ({ create }) => {
	let app: TestApp;
	let owner: Browser;
	beforeEach(async () => {
		app = await TestApp.open(create);
		owner = await app.owner();
		for (const [mac, name] of [
			[GATE, 'Gate'],
			[SHED, 'Shed']
		]) {
			await owner.ask('POST', '/api/locks', { body: { mac, name, hardwareType: '4I' } });
		}
	});
	afterEach(() => app.close());

	const invite = async (by: Browser, locks: string[] = [], role = 'member') =>
		by.ask('POST', '/api/people/invitations', { body: { name: 'Mia', role, locks } });
	const locksOf = async (who: Browser): Promise<string[]> => {
		const { body } = await who.ask('GET', '/api/locks');
		return body.locks.map((lock: { mac: string }) => lock.mac);
	};
	const idOf = async (who: Browser): Promise<string> => (await who.me()).user.id;

	test('an invitation is seen, accepted once, and gives its role and locks', async () => {
		const { invitation, link } = InviteReply.parse((await invite(owner, [GATE])).body);
		expect(invitation).toMatchObject({ name: 'Mia', role: 'member', locks: [GATE] });
		expect(invitation.endsAt - Date.now()).toBeGreaterThan(6.99 * 24 * 3600 * 1000);
		const token = tokenOf(link);
		const { body: listed } = await owner.ask('GET', '/api/people');
		expect(PeopleReply.parse(listed).invitations).toEqual([invitation]);
		expect(JSON.stringify(listed)).not.toContain(token);

		const preview = await app.browser().ask('GET', `/api/invitations/${token}`);
		expect(InvitationPreview.parse(preview.body)).toMatchObject({
			name: 'Mia',
			companyName: 'Acme',
			role: 'member'
		});
		const anyone = await app.browser().ask('POST', `/api/invitations/${token}`);
		expect(anyone.body.error.code).toBe('signed-out');

		const mia = await app.signUp('Mia', token);
		const accepted = await mia.ask('POST', `/api/invitations/${token}`);
		expect(accepted.body.company).toMatchObject({
			name: 'Acme',
			role: 'member',
			ownerName: 'Olga'
		});
		expect(await locksOf(mia)).toEqual([GATE]);
		expect((await mia.me()).company.role).toBe('member');

		for (const method of ['GET', 'POST']) {
			const again = await mia.ask(method, `/api/invitations/${token}`);
			expect([again.status, again.body.error.code]).toEqual([410, 'gone']);
		}
		expect((await owner.ask('GET', '/api/people')).body.invitations).toEqual([]);
	});

	test('an invitation that was withdrawn or has ended is gone, an unknown one not found', async () => {
		const status = async (token: string) =>
			(await app.browser().ask('GET', `/api/invitations/${token}`)).status;
		const withdrawn = (await invite(owner)).body;
		const path = `/api/people/invitations/${withdrawn.invitation.id}`;
		expect((await owner.ask('DELETE', path)).status).toBe(200);
		expect((await owner.ask('DELETE', path)).status).toBe(404);
		expect(await status(tokenOf(withdrawn.link))).toBe(410);
		const ended = (await invite(owner)).body;
		await app.server.db
			.updateTable('invitation_link')
			.set({ ends_at: Date.now() - 1 })
			.execute();
		expect(await status(tokenOf(ended.link))).toBe(410);
		const late = await app.signUp('Late', tokenOf(ended.link)).catch((error: unknown) => error);
		expect(String(late)).toContain('SIGN_UP_CLOSED');
		expect(await status('x'.repeat(43))).toBe(404);
		expect(await status('%00')).toBe(404);
	});

	test('two who accept one invitation at once: one gets in', async () => {
		const token = tokenOf((await invite(owner)).body.link);
		const [a, b] = [await app.signUp('Ann', token), await app.signUp('Bea', token)];
		const answers = await Promise.all(
			[a, b].map((x) => x.ask('POST', `/api/invitations/${token}`))
		);
		expect(answers.map(({ status }) => status).sort()).toEqual([200, 410]);
	});

	test('who belongs already does not use an invitation up', async () => {
		const token = tokenOf((await invite(owner)).body.link);
		const answer = await owner.ask('POST', `/api/invitations/${token}`);
		expect(answer.body.error.code).toBe('conflict');
		expect((await app.browser().ask('GET', `/api/invitations/${token}`)).status).toBe(200);
	});

	test('a signed-in person of another company joins and acts in the new one', async () => {
		const stranger = await app.stranger();
		const token = tokenOf((await invite(owner, [SHED])).body.link);
		await stranger.ask('POST', `/api/invitations/${token}`);
		expect((await stranger.me()).company).toMatchObject({ name: 'Acme', role: 'member' });
		expect(await locksOf(stranger)).toEqual([SHED]);
	});

	test('grants count from the moment they are changed', async () => {
		const mia = await app.join(owner, 'Mia', 'member', [GATE]);
		const id = await idOf(mia);
		const set = (locks: string[], by = owner) =>
			by.ask('PUT', `/api/people/${id}/locks`, { body: { locks } });
		expect((await set([SHED, SHED.toLowerCase()])).status).toBe(200);
		expect(await locksOf(mia)).toEqual([SHED]);
		expect((await mia.ask('GET', `/api/locks/${GATE}`)).status).toBe(404);
		expect((await mia.ask('GET', `/api/locks/${SHED}`)).body.lock.mayOpen).toBe(true);
		expect((await set(['00:00:00:00:00:01'])).status).toBe(404);
		expect(await locksOf(mia)).toEqual([SHED]);
		const { body } = await owner.ask('GET', '/api/people');
		expect(body.people.find((person: { userId: string }) => person.userId === id).locks).toEqual([
			SHED
		]);
		expect((await set([])).status).toBe(200);
		expect(await locksOf(mia)).toEqual([]);
		const ownerId = await idOf(owner);
		const own = await owner.ask('PUT', `/api/people/${ownerId}/locks`, { body: { locks: [] } });
		expect(own.body.error.code).toBe('conflict');
	});

	test('who is removed is out at once: session, locks, invitations they made', async () => {
		const ada = await app.join(owner, 'Ada', 'admin');
		const mia = await app.join(owner, 'Mia', 'member', [GATE]);
		const token = tokenOf((await invite(ada)).body.link);
		for (const who of [mia, ada]) {
			const path = `/api/people/${await idOf(who)}`;
			expect((await owner.ask('DELETE', path)).status).toBe(200);
			expect((await owner.ask('DELETE', path)).status).toBe(404);
			expect((await who.ask('GET', '/api/locks')).body.error.code).toBe('signed-out');
		}
		expect((await mia.signIn('mia@example.com')).status).toBe(200);
		expect((await mia.me()).company).toBeNull();
		expect((await mia.ask('GET', '/api/locks')).body.error.code).toBe('forbidden');
		expect((await app.browser().ask('GET', `/api/invitations/${token}`)).status).toBe(410);
		expect(await app.server.db.selectFrom('grant').selectAll().execute()).toEqual([]);
	});

	test('the last owner stays, and an admin does not remove an owner', async () => {
		const ada = await app.join(owner, 'Ada', 'admin');
		const path = `/api/people/${await idOf(owner)}`;
		expect((await owner.ask('DELETE', path)).body.error.code).toBe('conflict');
		expect((await ada.ask('DELETE', path)).body.error.code).toBe('forbidden');
		const adaId = await idOf(ada);
		await app.server.db
			.updateTable('member')
			.set({ role: 'owner' })
			.where('userId', '=', adaId)
			.execute();
		const both = await Promise.all([
			ada.ask('DELETE', path),
			owner.ask('DELETE', `/api/people/${adaId}`)
		]);
		expect(both.filter(({ status }) => status === 200)).toHaveLength(1);
		const owners = await app.server.db.selectFrom('member').select('userId').execute();
		expect(owners).toHaveLength(1);
	});

	test('members manage nothing', async () => {
		const mia = await app.join(owner, 'Mia', 'member', [GATE]);
		const id = await idOf(mia);
		const deeds: [string, string, unknown?][] = [
			['GET', '/api/people'],
			['POST', '/api/people/invitations', { name: 'X', role: 'admin' }],
			['DELETE', '/api/people/invitations/x'],
			['PUT', `/api/people/${id}/locks`, { locks: [SHED] }],
			['DELETE', `/api/people/${await idOf(owner)}`],
			['POST', '/api/locks', { mac: '00:00:00:00:00:01', name: 'x', hardwareType: '4I' }],
			['PATCH', `/api/locks/${GATE}`, { name: 'Mine' }],
			['GET', '/api/keys'],
			['POST', '/api/keys', { environment: 'production', kind: 'private' }],
			['DELETE', '/api/keys/x']
		];
		for (const [method, path, body] of deeds) {
			const answer = await mia.ask(method, path, { body });
			expect([answer.status, answer.body.error.code], path).toEqual([403, 'forbidden']);
		}
	});

	test('another company is not told apart from nothing', async () => {
		const stranger = await app.stranger();
		const mia = await app.join(owner, 'Mia', 'member');
		const { invitation } = (await invite(owner)).body;
		const { key } = (
			await owner.ask('POST', '/api/keys', { body: { environment: 'sandbox', kind: 'mobile' } })
		).body;
		const pairs: [string, string, string, unknown?][] = [
			['GET', `/api/locks/${GATE}`, '/api/locks/00:00:00:00:00:01'],
			['PATCH', `/api/locks/${GATE}`, '/api/locks/00:00:00:00:00:01', { name: 'Mine' }],
			['DELETE', `/api/people/${await idOf(mia)}`, '/api/people/nobody'],
			['PUT', `/api/people/${await idOf(mia)}/locks`, '/api/people/nobody/locks', { locks: [] }],
			['DELETE', `/api/people/invitations/${invitation.id}`, '/api/people/invitations/none'],
			['DELETE', `/api/keys/${key.id}`, '/api/keys/none']
		];
		for (const [method, foreign, absent, body] of pairs) {
			const [there, nowhere] = [
				await stranger.ask(method, foreign, { body }),
				await stranger.ask(method, absent, { body })
			];
			expect(there.status, foreign).toBe(404);
			expect(there.text).toBe(nowhere.text);
			const own = (a: typeof there) => [...a.headers].filter(([name]) => name !== 'x-request-id');
			expect(own(there)).toEqual(own(nowhere));
		}
		const granted = await stranger.ask('POST', '/api/people/invitations', {
			body: { name: 'X', role: 'member', locks: [GATE] }
		});
		expect(granted.status).toBe(404);
		expect(await locksOf(stranger)).toEqual([]);
		expect(await locksOf(owner)).toEqual([GATE, SHED]);
	});

	test('management deeds are written down without secrets', async () => {
		const { link } = (await invite(owner, [GATE])).body;
		const { secret } = (
			await owner.ask('POST', '/api/keys', { body: { environment: 'sandbox', kind: 'mobile' } })
		).body;
		const rows = await app.server.db.selectFrom('audit').selectAll().orderBy('at').execute();
		const deeds = rows.map(({ deed }) => deed);
		expect(deeds.sort()).toEqual([
			'company.add',
			'key.add',
			'lock.add',
			'lock.add',
			'person.invite'
		]);
		expect(rows.every(({ actor }) => actor === rows[0]?.actor)).toBe(true);
		expect(JSON.stringify(rows)).not.toContain(tokenOf(link));
		expect(JSON.stringify(rows)).not.toContain(secret);
	});
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ActivityReply } from '../../src/lib/api/app/activity.ts';
import { QuickClickReply, QuickClicksReply } from '../../src/lib/api/app/quick-clicks.ts';
import { databases } from '../setup/databases.ts';
import type { TestLock } from '../server/core/test-lock.ts';
import type { Browser } from './app.ts';
import { DAY, Premises } from './premises.ts';

const CODE = '01101100';

describe.each(databases)('quick clicks in the app on $name', ({ create }) => {
	let at: Premises;
	let gate: TestLock;
	beforeAll(async () => {
		at = await Premises.open(create);
	});
	afterAll(() => at.close());
	beforeEach(async () => {
		await at.clear();
		gate = await at.lock();
	});

	const path = (id = '') => `/api/locks/${gate.mac}/quick-clicks${id && `/${id}`}`;
	const issue = async (code: string, uses = 3, name = 'Night crew') => {
		const answer = await at.owner.ask('POST', path(), { body: { name, code, uses } });
		if (answer.status === 200) expect(QuickClickReply.parse(answer.body)).toEqual(answer.body);
		return answer;
	};
	const list = async () => {
		const { body } = await at.owner.ask('GET', path());
		expect(QuickClicksReply.parse(body)).toEqual(body);
		return body as QuickClicksReply;
	};
	const only = async () => (await list()).quickClicks[0]!;
	const opens = (code: string) => {
		const opened = gate.enter(code);
		gate.close();
		return opened;
	};

	test('one waits for the lock, is on it, counts down, is revoked, is proven off', async () => {
		const issued = (await issue(CODE)).body.quickClick;
		const { id } = issued;
		const when = { provenAt: null, revokedAt: null, offAt: null };
		const counts = { uses: 3, startUses: 3, nextUses: null };
		expect(issued).toMatchObject({ name: 'Night crew', code: CODE, state: 'waiting', ...when });
		expect(await list()).toEqual({ quickClicks: [issued], free: 99 });
		expect(opens(CODE)).toBe(false);

		await at.openOnline(gate);
		expect(await only()).toMatchObject({ state: 'on-lock', ...counts });
		expect([opens(CODE), opens('01101101')]).toEqual([true, false]);
		await at.openOnline(gate);
		expect(await only()).toMatchObject({ state: 'on-lock', uses: 2, startUses: 3 });

		const more = await at.owner.ask('PATCH', path(id), { body: { uses: 20, name: 'Day crew' } });
		expect(more.body.quickClick).toMatchObject({ name: 'Day crew', uses: 2, nextUses: 20 });
		await at.openOnline(gate);
		expect(await only()).toMatchObject({ uses: 20, startUses: 20, nextUses: null });

		const revoked = await at.owner.ask('DELETE', path(id));
		expect(revoked.body.quickClick).toMatchObject({ id, state: 'revoking' });
		expect((await at.owner.ask('DELETE', path(id))).body).toEqual(revoked.body);
		expect(opens(CODE)).toBe(true);
		await at.openOnline(gate);
		expect(await list()).toMatchObject({ free: 100, quickClicks: [{ id, state: 'off' }] });
		expect((await only()).offAt).toEqual(expect.any(Number));
		expect(opens(CODE)).toBe(false);
		// What is off is the past.
		expect((await at.owner.ask('DELETE', path(id))).status).toBe(404);
		expect((await at.owner.ask('PATCH', path(id), { body: { uses: 1 } })).status).toBe(404);
	});

	test('a code is issued once, and again only when the lock has proven it off', async () => {
		const { id } = (await issue(CODE)).body.quickClick;
		expect((await issue(CODE, 9)).status).toBe(409);
		expect((await only()).uses).toBe(3);
		// Never carried: no proof is needed.
		const taken = await at.owner.ask('DELETE', path(id));
		expect(taken.body.quickClick).toMatchObject({ state: 'off' });
		const again = (await issue(CODE)).body.quickClick;
		await at.openOnline(gate);
		await at.owner.ask('DELETE', path(again.id));
		const refused = await issue(CODE);
		expect([refused.status, refused.body.error.code]).toEqual([409, 'conflict']);
		expect(refused.body.error.message).toContain('can be reused once it is off the lock');
		expect(
			(await at.owner.ask('PATCH', path(again.id), { body: { uses: 9 } })).body.error.code
		).toBe('conflict');
		await at.openOnline(gate);
		expect((await issue(CODE)).status).toBe(200);
	});

	test('the activity names the code that opened, as it is called then', async () => {
		const named = async () => {
			const { body } = await at.owner.ask('GET', `/api/activity?mac=${gate.mac}`);
			return ActivityReply.parse(body)
				.activity.filter(({ action }) => action === 'unlocked_via_quick_click')
				.map(({ trackingKey }) => trackingKey);
		};
		const other = '11100111';
		const first = (await issue(CODE)).body.quickClick;
		await issue(other, 3, 'Cleaners');
		await at.openOnline(gate);
		expect([opens(CODE), opens(other)]).toEqual([true, true]);
		await at.openOnline(gate);
		expect(await named()).toEqual(['Cleaners', 'Night crew']);
		await at.owner.ask('PATCH', path(first.id), { body: { name: 'Day crew' } });
		expect(opens(CODE)).toBe(true);
		await at.openOnline(gate);
		expect(await named()).toEqual(['Day crew', 'Cleaners', 'Night crew']);
		const crew = await at.owner.ask('GET', '/api/activity?trackingKey=Cleaners');
		expect(crew.body.activity).toHaveLength(1);
		// Two that had one position at that time: nobody knows which it was.
		const { db } = at.app.server;
		const row = await db.selectFrom('quick_click').selectAll().where('id', '=', first.id).execute();
		const before = { ...row[0]!, id: 'before', state: 'off', off_at: Date.now() + DAY } as const;
		await db.insertInto('quick_click').values(before).execute();
		expect([opens(CODE), opens(other)]).toEqual([true, true]);
		await at.openOnline(gate);
		expect((await named()).slice(0, 2)).toEqual(['Cleaners', null]);
	});

	test('a code without a name leaves the activity without one', async () => {
		const { db } = at.app.server;
		await issue(CODE);
		await db.updateTable('quick_click').set({ name: '' }).execute();
		await at.openOnline(gate);
		expect(opens(CODE)).toBe(true);
		await at.openOnline(gate);
		const { body } = await at.owner.ask('GET', '/api/activity?action=unlocked_via_quick_click');
		expect(body.activity).toMatchObject([{ mac: gate.mac, trackingKey: null }]);
	});

	test('what is no code, no number of uses or no name is refused', async () => {
		for (const code of ['01', '0'.repeat(25), '012', 'sls', ''])
			expect((await issue(code)).status, code).toBe(400);
		for (const uses of [0, 256, 1.5, -1])
			expect((await issue(CODE, uses)).status, String(uses)).toBe(400);
		expect((await issue(CODE, 3, ' ')).status).toBe(400);
		for (const uses of [1, 254, 255])
			expect((await issue(uses.toString(2).padStart(9, '0'), uses)).status).toBe(200);
		expect((await issue('1'.repeat(24), 1)).status).toBe(200);
	});

	test('a lock takes a hundred', async () => {
		for (let i = 0; i < 100; i++)
			expect((await issue(i.toString(2).padStart(8, '0'))).status).toBe(200);
		const full = await issue('1'.repeat(8));
		expect([full.status, full.body.error.code]).toEqual([409, 'conflict']);
		expect((await list()).free).toBe(0);
	});

	test('a lock that is absent, foreign or not granted is the same to everybody', async () => {
		const { id } = (await issue(CODE)).body.quickClick;
		const absent = '/api/locks/00:00:00:00:00:09/quick-clicks';
		const asks = (by: Browser, base: string) =>
			Promise.all([
				by.ask('GET', base),
				by.ask('POST', base, { body: { name: 'X', code: CODE, uses: 1 } }),
				by.ask('PATCH', `${base}/${id}`, { body: { uses: 1 } }),
				by.ask('DELETE', `${base}/${id}`)
			]);
		const told = async (by: Browser, base: string) =>
			(await asks(by, base)).map(({ status, text }) => [status, text]);
		expect(await told(at.stranger, path())).toEqual(await told(at.stranger, absent));
		expect((await asks(at.stranger, path())).map(({ status }) => status)).toEqual(
			Array(4).fill(404)
		);
		await at.grant(gate);
		expect(await told(at.mia, path())).toEqual(await told(at.mia, absent));
		expect((await asks(at.mia, path())).map(({ status }) => status)).toEqual(Array(4).fill(403));
		expect(await list()).toMatchObject({ quickClicks: [{ id, uses: 3, state: 'waiting' }] });
		// A code of another lock of one's own is not here either.
		const other = await at.lock();
		const across = `/api/locks/${other.mac}/quick-clicks/${id}`;
		expect((await at.owner.ask('DELETE', across)).status).toBe(404);
	});
});

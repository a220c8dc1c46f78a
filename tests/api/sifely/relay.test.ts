import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DoorsReply, RelayReply } from '../../../src/lib/api/app/doors.ts';
import { fromHex, toHex } from '../../../src/lib/protocol/bytes.ts';
import {
	aesKeyStr,
	encodeLockData,
	parseLockData
} from '../../../src/lib/protocol/ttlock/grant.ts';
import type { PairedLock } from '../../../src/lib/protocol/ttlock/pairing.ts';
import { converse } from '../../../src/lib/protocol/ttlock/programs.ts';
import { addApp } from '../../../src/lib/server/sifely/apps.ts';
import { updateLockData } from '../../../src/lib/server/sifely/lock-keys.ts';
import { md5Of } from '../../../src/lib/server/sifely/passwords.ts';
import type { Air} from '../../pair/ttlock/air.ts';
import { HEADER, HOUR, OFFSET, paired, SEED } from '../../pair/ttlock/air.ts';
import { databases } from '../../setup/databases.ts';
import { TestApp, type Answer, type Browser } from '../app.ts';

interface Conversation {
	/** Of the last step. */
	answer: Answer;
	/** Every frame that the server gave out, and what the lock answered. */
	frames: string[];
	answers: string[];
}

/** What a phone makes of a lock that it has paired. */
function lockDataOf({ keys, featureValue, adminPasscode }: PairedLock): string {
	return encodeLockData({
		lockMac: 'C4:54:12:32:3B:D8',
		lockName: 'M101T_d83b32',
		lockVersion: HEADER,
		aesKeyStr: aesKeyStr(fromHex(keys.aesKey)),
		lockKey: keys.unlockKey,
		lockFlagPos: 0,
		timezoneRawOffset: OFFSET,
		featureValue,
		adminPwd: keys.adminPs,
		noKeyPwd: adminPasscode,
		pwdInfo: toHex(SEED)
	});
}

describe.each(databases)('a door lock by the server’s relay on $name', ({ create }) => {
	let app: TestApp;
	let owner: Browser;
	let mia: Browser;
	let air: Air;
	let id: number;
	let lockData: string;
	beforeEach(async () => {
		const home = paired();
		air = home.air;
		vi.useFakeTimers({ now: air.utc, toFake: ['Date'] });
		app ??= await TestApp.open(create);
		owner ??= await app.owner();
		mia ??= await app.join(owner, 'Mia', 'member');
		await app.server.db.deleteFrom('door_lock').execute();
		lockData = lockDataOf(home.lock);
		const body = { lockData, name: 'Front door' };
		const { body: made } = await owner.ask('POST', '/api/door-locks', { body });
		id = made.id;
	});
	afterEach(() => vi.useRealTimers());
	afterAll(() => app.close());

	const step = (by: Browser, body: object, door = id) =>
		by.ask('POST', `/api/door-locks/${door}/relay`, { body });

	/** As a phone has it: asks, carries the frame, asks again with the answer. */
	const carry = async (by: Browser, action: string): Promise<Conversation> => {
		const answers: string[] = [];
		const frames: string[] = [];
		for (let at: number | undefined; ;) {
			const answer = await step(by, { action, at, answers });
			if (answer.status !== 200) return { answer, frames, answers };
			expect(RelayReply.parse(answer.body)).toEqual(answer.body);
			if (answer.body.result !== null) return { answer, frames, answers };
			at = answer.body.at;
			frames.push(...answer.body.commands);
			const { commands, opensAt } = answer.body;
			air.run(
				converse(
					commands.map((frame: string) => fromHex(frame)),
					opensAt
				),
				(event) => {
					if (event.kind === 'server-packet') answers.push(toHex(event.packet));
				}
			);
			if (action === 'log') answers.splice(0, answers.length - 1);
			vi.setSystemTime(air.utc);
		}
	};

	/** An eKey for Mia, straight into the table. */
	const giveMia = async (columns: object = {}) => {
		const { db } = app.server;
		await mia.ask('GET', '/api/door-locks');
		const { id: account_id } = await db
			.selectFrom('sifely_account')
			.select('id')
			.where('username', '=', 'mia@example.com')
			.executeTakeFirstOrThrow();
		await db.deleteFrom('ekey').where('account_id', '=', account_id).execute();
		const key = {
			id: 77,
			lock_id: id,
			account_id,
			sender_id: null,
			name: 'Mia',
			kind: 'common' as const,
			state: 'normal' as const,
			start_date: air.utc - HOUR,
			end_date: air.utc + HOUR,
			recurrence: null,
			key_right: 0,
			remote_enable: 2,
			remarks: '',
			used_at: null,
			created_at: air.utc - HOUR,
			ended_at: null,
			...columns
		};
		await db.insertInto('ekey').values(key).execute();
		return account_id;
	};
	const bolt = () => air.lock.view().bolt;
	const records = () =>
		app.server.db.selectFrom('door_record').selectAll().orderBy('lock_date').execute();

	test('a manager opens and locks; the phone sees frames and no key', async () => {
		const { answer, frames } = await carry(owner, 'unlock');
		expect(answer.body).toMatchObject({ result: 'success', commands: [], opensAt: null });
		expect([frames.length, bolt()]).toEqual([2, 'unlocked']);
		expect((await carry(owner, 'lock')).answer.body.result).toBe('success');
		expect(bolt()).toBe('locked');
		const { aesKeyStr, lockKey } = parseLockData(lockData);
		for (const secret of [aesKeyStr.replaceAll(',', ''), String(lockKey)])
			expect(JSON.stringify([frames, answer.body])).not.toContain(secret);
		const { doors } = (await owner.ask('GET', '/api/door-locks')).body;
		expect(DoorsReply.parse({ doors })).toEqual({ doors });
		expect(doors).toMatchObject([
			{ id, name: 'Front door', manages: true, opens: 'now', battery: { percent: 100 } }
		]);
		const audit = await app.server.db
			.selectFrom('audit')
			.select(['actor', 'detail'])
			.where('deed', '=', 'door-lock.open')
			.execute();
		expect(audit.map(({ detail }) => JSON.parse(detail).action)).toEqual(['unlock', 'lock']);
	});

	test('a holder opens inside the window, and is named; asked again, the same frames', async () => {
		const uid = await giveMia();
		const first = await step(mia, { action: 'unlock', answers: [] });
		expect(await step(mia, { action: 'unlock', at: first.body.at, answers: [] })).toMatchObject({
			body: first.body
		});
		expect((await carry(mia, 'unlock')).answer.body.result).toBe('success');
		expect(await records()).toMatchObject([
			{ uid, username: 'mia@example.com', type: 1, lock_date: expect.any(Number) }
		]);
		const opens = (await records())[0]!.lock_date;
		expect(Math.abs(opens - air.utc)).toBeLessThan(5000);
	});

	test.each([
		['not begun', { start_date: Date.now() + 1000 * HOUR, end_date: Date.now() + 2000 * HOUR }],
		['over', { start_date: 5, end_date: 9 }],
		['frozen', { state: 'frozen' }],
		['reset', { state: 'reset' }],
		['used', { end_date: 1, used_at: 5 }],
		[
			'another day',
			{
				recurrence: JSON.stringify({ weekDays: [2], startDay: 0, endDay: 0 }),
				start_date: 0,
				end_date: 86_399_000
			}
		]
	])('a holder whose eKey is %s gets no frame', async (_, columns) => {
		await giveMia(columns);
		const { answer, frames } = await carry(mia, 'unlock');
		expect([answer.status, answer.body.error.code, frames]).toEqual([403, 'not-now', []]);
		const { doors } = (await mia.ask('GET', '/api/door-locks')).body;
		expect(doors[0].opens).not.toBe('now');
	});

	test('a recurring eKey opens on its day, in its hours', async () => {
		// 10:00 on a Sunday by the lock's clock.
		const recurrence = JSON.stringify({ weekDays: [1], startDay: 0, endDay: 0 });
		const day = Math.floor(air.local / (24 * HOUR)) * 24 * HOUR - OFFSET;
		await giveMia({ recurrence, start_date: day + 9 * HOUR, end_date: day + 11 * HOUR });
		expect((await carry(mia, 'unlock')).answer.body.result).toBe('success');
		await giveMia({ recurrence, start_date: day + 11 * HOUR, end_date: day + 12 * HOUR });
		expect((await carry(mia, 'unlock')).answer.body.error.code).toBe('not-now');
	});

	test('an eKey for one opening opens once; a link that dropped does not use it up', async () => {
		await giveMia({ end_date: 1 });
		air.fateOf = (packet) => (packet > 6 ? 'cut-before' : 'passes');
		const { at } = (await step(mia, { action: 'unlock', answers: [] })).body;
		const answers: string[] = [];
		for (let i = 0; i < 2; i++) {
			const { body } = await step(mia, { action: 'unlock', at, answers });
			const frames = body.commands.map((frame: string) => fromHex(frame));
			air.run(converse(frames, body.opensAt), (event) => {
				if (event.kind === 'server-packet') answers.push(toHex(event.packet));
			});
		}
		expect(bolt()).toBe('locked');
		// Begun anew, by the same opening only.
		expect((await step(mia, { action: 'unlock', answers: [], at: at - 1 })).status).toBe(403);
		expect((await step(mia, { action: 'unlock', answers: [], at })).status).toBe(200);
		await app.server.db.updateTable('ekey').set({ used_at: null }).where('id', '=', 77).execute();
		air.fateOf = () => 'passes';
		air.disconnect();
		const { answer, answers: last } = await carry(mia, 'unlock');
		expect(answer.body.result).toBe('success');
		expect((await step(mia, { action: 'unlock', answers: [] })).status).toBe(403);
		const same = { action: 'unlock', at: answer.body.at, answers: [] };
		expect((await step(mia, same)).status).toBe(403);
		// But the end of it may be asked for again: that answer was lost.
		expect((await step(mia, { ...same, answers: last })).body).toEqual(answer.body);
	});

	test('what the lock refuses is the result', async () => {
		const stale = encodeLockData({ ...parseLockData(lockData), lockFlagPos: 3 });
		const { db, secret } = app.server;
		const { owner_id: uid, company_id: companyId } = await db
			.selectFrom('door_lock')
			.selectAll()
			.executeTakeFirstOrThrow();
		const caller = { appId: '', companyId, uid };
		await updateLockData({ db, secret }, caller, { lockId: id, lockData: stale });
		const { answer, frames } = await carry(owner, 'unlock');
		expect(answer.body).toMatchObject({ result: 'invalid-key', opensAt: null });
		expect([frames.length, bolt()]).toEqual([1, 'locked']);
	});

	test('an opening that took too long begins again; what is no answer is waited past', async () => {
		const { body } = await step(owner, { action: 'unlock', answers: [] });
		const late = { action: 'unlock', at: body.at - 200, answers: [] };
		expect((await step(owner, late)).body.error.code).toBe('conflict');
		const wrong = { action: 'unlock', at: body.at, answers: ['zz'] };
		expect((await step(owner, wrong)).body.error.code).toBe('bad-input');
		// No frame of a lock: wait for another.
		const noise = { action: 'unlock', at: body.at, answers: ['00'.repeat(20)] };
		expect((await step(owner, noise)).body).toMatchObject({ commands: [], result: null });
	});

	test('the log is read through a phone that cannot read it, each record once', async () => {
		await giveMia();
		await carry(mia, 'unlock');
		await carry(owner, 'lock');
		expect((await carry(mia, 'log')).answer.body.result).toBe('success');
		const rows = await records();
		expect(rows.map(({ type_from_lock }) => type_from_lock)).toEqual(
			expect.arrayContaining([1, 26])
		);
		const count = rows.length;
		await app.server.db.updateTable('door_lock').set({ log_cursor: 0 }).execute();
		expect((await carry(owner, 'log')).answer.body.result).toBe('success');
		expect(await records()).toHaveLength(count);
	});

	test('who has no eKey sees nothing, and absent answers alike', async () => {
		expect((await mia.ask('GET', '/api/door-locks')).body).toEqual({ doors: [] });
		const absent = await step(mia, { action: 'unlock', answers: [] }, 5);
		expect(absent.status).toBe(404);
		expect((await step(mia, { action: 'unlock', answers: [] })).body).toEqual(absent.body);
		const again = { body: { lockData: 'x', name: 'x' } };
		expect((await owner.ask('POST', '/api/door-locks', again)).status).toBe(400);
		const admin = await app.join(owner, `Ada${Math.random()}`.replace('.', ''), 'admin');
		const taken = { body: { lockData, name: 'x' } };
		expect((await admin.ask('POST', '/api/door-locks', taken)).status).toBe(409);
	});

	test('its owner signs in to the open API with a password of its own', async () => {
		const password = 'another long password';
		expect((await owner.ask('PUT', '/api/sifely-account', { body: { password } })).status).toBe(
			200
		);
		const { id: companyId } = (await owner.me()).company;
		const secrets = await addApp(app.server.db, companyId, 'cli');
		const form = (params: object) => ({
			body: new URLSearchParams({ ...secrets, date: String(Date.now()), ...params }).toString(),
			headers: { 'content-type': 'application/x-www-form-urlencoded' }
		});
		const { email } = (await owner.me()).user;
		const signIn = form({ username: email, password: md5Of(password) });
		const { body } = await app.ask('POST', '/sifely/oauth2/token', signIn);
		const list = form({ accessToken: body.access_token });
		const { body: locks } = await app.ask('POST', '/sifely/v3/lock/list', list);
		expect(locks.list).toMatchObject([{ lockId: id, lockAlias: 'Front door' }]);
	});
});

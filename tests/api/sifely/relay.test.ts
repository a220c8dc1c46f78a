import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { DoorsReply } from '../../../src/lib/api/app/doors.ts';
import { toHex, type Bytes } from '../../../src/lib/protocol/bytes.ts';
import {
	movedData,
	randomData,
	refusalAnswer,
	successAnswer
} from '../../../src/lib/protocol/ttlock/answers.ts';
import { OPCODE } from '../../../src/lib/protocol/ttlock/commands.ts';
import { sealAnswer } from '../../../src/lib/protocol/ttlock/frame.ts';
import {
	encodeLockData,
	parseAesKeyStr,
	parseLockData
} from '../../../src/lib/protocol/ttlock/grant.ts';
import { logPage } from '../../../src/lib/protocol/ttlock/records.ts';
import { updateLockData } from '../../../src/lib/server/sifely/lock-keys.ts';
import { HEADER, HOUR, OFFSET } from '../../pair/ttlock/air.ts';
import { databases } from '../../setup/databases.ts';
import type { Browser } from '../app.ts';
import { Porch } from './porch.ts';

describe.each(databases)('a door lock by the server’s relay on $name', ({ create }) => {
	let porch: Porch;
	beforeAll(async () => {
		porch = await Porch.open(create);
	});
	beforeEach(() => porch.pair());
	afterEach(() => vi.useRealTimers());
	afterAll(() => porch.app.close());

	test('a manager opens and locks; the phone sees frames and no key', async () => {
		const { answer, frames } = await porch.carry(porch.owner, 'unlock');
		expect(answer.body).toMatchObject({ result: 'success', commands: [], opensAt: null });
		expect([frames.length, porch.bolt]).toEqual([2, 'unlocked']);
		expect((await porch.carry(porch.owner, 'lock')).answer.body.result).toBe('success');
		expect(porch.bolt).toBe('locked');
		const { aesKeyStr, lockKey } = parseLockData(porch.lockData);
		for (const secret of [aesKeyStr.replaceAll(',', ''), String(lockKey)])
			expect(JSON.stringify([frames, answer.body])).not.toContain(secret);
		const { doors } = (await porch.owner.ask('GET', '/api/door-locks')).body;
		expect(DoorsReply.parse({ doors, total: 1 })).toEqual({ doors, total: 1 });
		expect(doors).toMatchObject([
			{ id: porch.id, name: 'Front door', manages: true, opens: 'now', battery: { percent: 100 } }
		]);
		const audit = await porch.app.server.db
			.selectFrom('audit')
			.select(['actor', 'detail'])
			.where('deed', '=', 'door-lock.open')
			.execute();
		expect(audit.map(({ detail }) => JSON.parse(detail).action)).toEqual(['unlock', 'lock']);
	});

	test('a holder opens inside the window, and is named; asked again, the same frames', async () => {
		const uid = await porch.give(porch.mia);
		const first = await porch.step(porch.mia, { action: 'unlock', answers: [] });
		expect(
			await porch.step(porch.mia, { action: 'unlock', at: first.body.at, answers: [] })
		).toMatchObject({
			body: first.body
		});
		expect((await porch.carry(porch.mia, 'unlock')).answer.body.result).toBe('success');
		expect(await porch.records()).toMatchObject([
			{ uid, username: 'mia@example.com', type: 1, lock_date: expect.any(Number) }
		]);
		const opens = (await porch.records())[0]!.lock_date;
		expect(Math.abs(opens - porch.air.utc)).toBeLessThan(5000);
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
		await porch.give(porch.mia, columns);
		const { answer, frames } = await porch.carry(porch.mia, 'unlock');
		expect([answer.status, answer.body.error.code, frames]).toEqual([403, 'not-now', []]);
		const { doors } = (await porch.mia.ask('GET', '/api/door-locks')).body;
		expect(doors[0].opens).not.toBe('now');
	});

	test('a recurring eKey opens on its day, in its hours', async () => {
		// 10:00 on a Sunday by the lock's clock.
		const recurrence = JSON.stringify({ weekDays: [1], startDay: 0, endDay: 0 });
		const day = Math.floor(porch.air.local / (24 * HOUR)) * 24 * HOUR - OFFSET;
		await porch.give(porch.mia, {
			recurrence,
			start_date: day + 9 * HOUR,
			end_date: day + 11 * HOUR
		});
		expect((await porch.carry(porch.mia, 'unlock')).answer.body.result).toBe('success');
		await porch.give(porch.mia, {
			recurrence,
			start_date: day + 11 * HOUR,
			end_date: day + 12 * HOUR
		});
		expect((await porch.carry(porch.mia, 'unlock')).answer.body.error.code).toBe('not-now');
	});

	test('an eKey for one opening opens once; a link that dropped does not use it up', async () => {
		await porch.give(porch.mia, { end_date: 1 });
		porch.air.fateOf = (packet) => (packet > 6 ? 'cut-before' : 'passes');
		const { at } = (await porch.step(porch.mia, { action: 'unlock', answers: [] })).body;
		const answers: string[] = [];
		for (let i = 0; i < 2; i++) {
			const { body } = await porch.step(porch.mia, { action: 'unlock', at, answers });
			porch.write(body, answers);
		}
		expect(porch.bolt).toBe('locked');
		// Begun anew, by the same opening only.
		expect(
			(await porch.step(porch.mia, { action: 'unlock', answers: [], at: at - 1 })).status
		).toBe(403);
		expect((await porch.step(porch.mia, { action: 'unlock', answers: [], at })).status).toBe(200);
		await porch.app.server.db
			.updateTable('ekey')
			.set({ used_at: null })
			.where('id', '=', 77)
			.execute();
		porch.air.fateOf = () => 'passes';
		porch.air.disconnect();
		const { answer, answers: last } = await porch.carry(porch.mia, 'unlock');
		expect(answer.body.result).toBe('success');
		expect((await porch.step(porch.mia, { action: 'unlock', answers: [] })).status).toBe(403);
		const same = { action: 'unlock', at: answer.body.at, answers: [] };
		expect((await porch.step(porch.mia, same)).status).toBe(403);
		// But the end of it may be asked for again: that answer was lost.
		expect((await porch.step(porch.mia, { ...same, answers: last })).body).toEqual(answer.body);
	});

	test('a lock that refuses does not make an eKey for one opening unused', async () => {
		await porch.give(porch.mia, { end_date: 1 });
		const answers: string[] = [];
		const first = (await porch.step(porch.mia, { action: 'unlock', answers })).body;
		porch.write(first, answers);
		const same = { action: 'unlock', at: first.at };
		expect((await porch.step(porch.mia, { ...same, answers })).body.opensAt).toBe(0);
		const refusal = refusalAnswer(OPCODE.unlock, 'no-power');
		const key = parseAesKeyStr(parseLockData(porch.lockData).aesKeyStr);
		answers.push(toHex(sealAnswer(HEADER, refusal, key)));
		expect((await porch.step(porch.mia, { ...same, answers })).body.result).toBe('no-power');
		expect((await porch.step(porch.mia, { ...same, answers: [] })).status).toBe(200);
		vi.setSystemTime(first.at * 1000 + 61_000);
		expect((await porch.step(porch.mia, { ...same, answers: [] })).status).toBe(403);
		expect((await porch.step(porch.mia, { action: 'unlock', answers: [] })).status).toBe(403);
	});

	test('what the lock refuses is the result', async () => {
		const stale = encodeLockData({ ...parseLockData(porch.lockData), lockFlagPos: 3 });
		const { db, secret } = porch.app.server;
		const { owner_id: uid, company_id: companyId } = await db
			.selectFrom('door_lock')
			.selectAll()
			.executeTakeFirstOrThrow();
		const caller = { appId: '', companyId, uid };
		await updateLockData({ db, secret }, caller, { lockId: porch.id, lockData: stale });
		const { answer, frames } = await porch.carry(porch.owner, 'unlock');
		expect(answer.body).toMatchObject({ result: 'invalid-key', opensAt: null });
		expect([frames.length, porch.bolt]).toEqual([1, 'locked']);
	});

	test('an opening that took too long begins again; what is no answer is waited past', async () => {
		const { body } = await porch.step(porch.owner, { action: 'unlock', answers: [] });
		const late = { action: 'unlock', at: body.at - 200, answers: [] };
		expect((await porch.step(porch.owner, late)).body.error.code).toBe('conflict');
		const wrong = { action: 'unlock', at: body.at, answers: ['zz'] };
		expect((await porch.step(porch.owner, wrong)).body.error.code).toBe('bad-input');
		// No frame of a lock: wait for another.
		const noise = { action: 'unlock', at: body.at, answers: ['00'.repeat(20)] };
		expect((await porch.step(porch.owner, noise)).body).toMatchObject({
			commands: [],
			result: null
		});
	});

	test.each([
		['frozen', { state: 'frozen' }],
		['reset', { state: 'reset' }],
		['over', { start_date: 5, end_date: 9 }],
		['used', { end_date: 1, used_at: 5 }]
	])('no log from whose eKey is %s', async (_, columns) => {
		await porch.give(porch.mia, columns);
		const { answer, frames } = await porch.carry(porch.mia, 'log');
		expect([answer.status, answer.body.error?.code, frames]).toEqual([403, 'not-now', []]);
	});

	test('the log is read through a phone that cannot read it, each record once', async () => {
		await porch.give(porch.mia);
		await porch.carry(porch.mia, 'unlock');
		await porch.carry(porch.owner, 'lock');
		expect((await porch.carry(porch.mia, 'log')).answer.body.result).toBe('success');
		const rows = await porch.records();
		expect(rows.map(({ type_from_lock }) => type_from_lock)).toEqual(
			expect.arrayContaining([1, 26])
		);
		const count = rows.length;
		await porch.app.server.db.updateTable('door_lock').set({ log_cursor: 0 }).execute();
		expect((await porch.carry(porch.owner, 'log')).answer.body.result).toBe('success');
		expect(await porch.records()).toHaveLength(count);
	});

	/** What a holder's phone can make up who has the lock's AES key for openings without network. */
	function forged(opcode: number, data: Bytes): string {
		const key = parseAesKeyStr(parseLockData(porch.lockData).aesKeyStr);
		return toHex(sealAnswer(HEADER, successAnswer(opcode, data), key));
	}

	const cursors = () => porch.app.server.db.selectFrom('door_lock').select('log_cursor').execute();

	async function opensOf(by: Browser): Promise<string[]> {
		const { doors } = (await by.ask('GET', '/api/door-locks')).body;
		return doors.map(({ opens }: { opens: string }) => opens);
	}

	test('a holder’s phone tells of nobody else, and does not move where the log is read on', async () => {
		const other = await porch.join('member');
		const victim = await porch.give(other, { id: 90, start_date: 0, end_date: 1 });
		const mine = await porch.give(porch.mia);
		const time = porch.air.local + 60_000;
		const record = (uid: number, recordId: number) => ({
			...{ action: 1, time, battery: 50 },
			detail: { kind: 'key' as const, uid, recordId, keyId: null }
		});
		const page = logPage({ next: 4321, records: [record(victim, 5), record(mine, 6)] });
		const log = { action: 'log', answers: [forged(OPCODE.getLogs, page)] };
		const { body } = await porch.step(porch.mia, log);
		expect(body.commands).toHaveLength(1);
		const moved = movedData({ battery: 3, record: { uid: victim, recordId: 9, time } });
		const answers = [forged(OPCODE.checkUserTime, randomData(7)), forged(OPCODE.unlock, moved)];
		const opened = await porch.step(porch.mia, { action: 'unlock', answers });
		expect(opened.body.result).toBe('success');
		expect(await porch.records()).toMatchObject([{ uid: mine }]);
		expect(await opensOf(other)).toEqual(['now']);
		expect(await cursors()).toEqual([{ log_cursor: 0 }]);
		// Who manages the lock is believed.
		await porch.step(porch.owner, log);
		expect(await porch.records()).toHaveLength(2);
		expect(await opensOf(other)).toEqual(['used']);
		expect(await cursors()).toEqual([{ log_cursor: 4321 }]);
	});

	test('an opening is not of later than now', async () => {
		const now = Math.floor(porch.air.utc / 1000);
		const ahead = (seconds: number) =>
			porch.step(porch.owner, { action: 'unlock', at: now + seconds, answers: [] });
		expect((await ahead(10)).body.error.code).toBe('conflict');
		expect((await ahead(4)).status).toBe(200);
	});
});

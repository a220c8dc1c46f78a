import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { DoorReply } from '../../../src/lib/api/app/door-detail.ts';
import { toHex } from '../../../src/lib/protocol/bytes.ts';
import { refusalAnswer } from '../../../src/lib/protocol/ttlock/answers.ts';
import { OPCODE } from '../../../src/lib/protocol/ttlock/commands.ts';
import { sealAnswer } from '../../../src/lib/protocol/ttlock/frame.ts';
import { parseAesKeyStr, parseLockData } from '../../../src/lib/protocol/ttlock/grant.ts';
import { HEADER } from '../../pair/ttlock/air.ts';
import { databases } from '../../setup/databases.ts';
import { Porch } from './porch.ts';

describe.each(databases)('a door lock kept in order from our own pages, on $name', ({ create }) => {
	let porch: Porch;
	beforeAll(async () => {
		porch = await Porch.open(create);
	});
	beforeEach(() => porch.pair());
	afterEach(() => vi.useRealTimers());
	afterAll(() => porch.app.close());

	const detail = async () => DoorReply.parse((await porch.ask(porch.owner, 'GET', '')).body).door;
	const result = async (action: string, more: object = {}) =>
		(await porch.carry(porch.owner, action, more)).answer.body.result;
	const settings = () => porch.air.saved.flash.settings;

	test('what it is and how it is set is known when it was asked', async () => {
		expect((await detail()).said).toBeNull();
		expect(await result('read-status')).toBe('success');
		expect(await detail()).toMatchObject({
			battery: { percent: 100 },
			said: {
				model: 'M101T',
				hardware: '1.0',
				firmware: '6.0.3',
				isUnlocked: false,
				autoLock: { seconds: 5, min: 1, max: 900 },
				sound: true
			}
		});
		expect(Math.abs((await detail()).said!.clockOff!)).toBeLessThan(2000);
	});

	test('its clock is set right; how far it was off is seen before', async () => {
		porch.air.cutPower();
		await result('read-status');
		expect((await detail()).said!.clockOff).toBeLessThan(-1000 * 24 * 3_600_000);
		expect(await result('set-clock')).toBe('success');
		expect((await detail()).said!.clockOff).toBe(0);
		await result('read-status');
		expect(Math.abs((await detail()).said!.clockOff!)).toBeLessThan(5000);
	});

	test('auto-lock, sound and passage mode, at the lock and here', async () => {
		expect(await result('set-auto-lock', { seconds: 30 })).toBe('success');
		expect(await result('set-sound', { on: false })).toBe('success');
		const passage = { weekDays: [1, 3], from: 480, until: 1020 };
		expect(await result('set-passage', { passage })).toBe('success');
		expect(settings()).toMatchObject({ autoLock: 30, sound: false });
		expect(settings().passage).toMatchObject([
			{ repeats: 'weekly', day: 1, from: 480, until: 1020 },
			{ day: 3 }
		]);
		expect(await detail()).toMatchObject({
			passage,
			said: { autoLock: { seconds: 30 }, sound: false }
		});
		const always = { weekDays: [7, 6, 5, 4, 3, 2, 1], from: 0, until: 0 };
		await result('set-passage', { passage: always });
		expect(settings().passage).toMatchObject([{ day: 0, from: 0, until: 0 }]);
		await result('set-passage', { passage: null });
		expect([settings().passage, (await detail()).passage]).toEqual([[], null]);
	});

	test.each([
		['set-auto-lock', { seconds: -1 }],
		['set-auto-lock', { seconds: 70_000 }],
		['set-sound', { on: 1 }],
		['set-passage', { passage: { weekDays: [], from: 0, until: 0 } }],
		['set-passage', { passage: { weekDays: [8], from: 0, until: 0 } }],
		['set-passage', { passage: { weekDays: [1], from: 600, until: 500 } }],
		['set-passage', {}],
		['tell-passcode', { passcode: 2 ** 31 }],
		['log', { answers: Array.from({ length: 301 }, () => '00'.repeat(20)) }],
		['open-sesame', {}]
	])('%s with %j is refused before anything is sent', async (action, more) => {
		const { status, body } = await porch.step(porch.owner, { action, answers: [], ...more });
		expect([status, body.error.code]).toEqual([400, 'bad-input']);
	});

	test('what the lock refuses is the result, and nothing is said to be set', async () => {
		expect(await result('set-auto-lock', { seconds: 5000 })).toBe('invalid-data');
		expect((await detail()).said).toBeNull();
		expect(settings().autoLock).toBe(5);
	});

	/** What begins in the second of a reset is taken for a part of it. */
	function later(): void {
		porch.air.wait(2000);
		vi.setSystemTime(porch.air.utc);
	}

	test('a reset of all eKeys ends them at the lock; a lock that is not proven to do it keeps them', async () => {
		await porch.give(porch.mia);
		const before = parseLockData(porch.lockData);
		expect(await result('reset-ekeys')).toBe('success');
		expect(porch.air.saved.flash.lockFlagPos).toBe(1);
		expect((await porch.carry(porch.mia, 'unlock')).answer.body.error.code).toBe('not-now');
		expect((await porch.carry(porch.owner, 'unlock')).answer.body.result).toBe('success');
		// Its answer lost: the lock is ahead, and the same again ends there.
		const { db } = porch.app.server;
		const door = db.selectFrom('door_lock').select('lock_data');
		const { lock_data } = await door.executeTakeFirstOrThrow();
		later();
		expect(await result('reset-ekeys')).toBe('success');
		await db.updateTable('door_lock').set({ lock_data }).execute();
		expect((await porch.carry(porch.owner, 'unlock')).answer.body.result).toBe('invalid-key');
		later();
		expect(await result('reset-ekeys')).toBe('success');
		expect(porch.air.saved.flash.lockFlagPos).toBe(2);
		expect((await porch.carry(porch.owner, 'unlock')).answer.body.result).toBe('success');
		// One that knows no such thing.
		const { body } = await porch.step(porch.owner, { action: 'reset-ekeys', answers: [] });
		const key = parseAesKeyStr(before.aesKeyStr);
		const no = toHex(sealAnswer(HEADER, refusalAnswer(OPCODE.checkAdmin, 'invalid-key'), key));
		const step = { action: 'reset-ekeys', at: body.at, answers: [no] };
		expect((await porch.step(porch.owner, step)).body.result).toBe('invalid-key');
		expect((await porch.carry(porch.owner, 'unlock')).answer.body.result).toBe('success');
	});

	test('a reset gives the lock back, and it is here no more', async () => {
		expect(await result('reset')).toBe('success');
		expect(porch.air.saved.flash.settingMode).toBe(true);
		expect((await porch.ask(porch.owner, 'GET', '')).status).toBe(404);
	});

	test('a reset whose answer was lost is known to be one, and done again it ends', async () => {
		const answers: string[] = [];
		for (let i = 0, at; i < 3; i++) {
			const { body } = await porch.step(porch.owner, { action: 'reset', at, answers });
			at = body.at;
			porch.write(body, answers);
		}
		expect(porch.air.saved.flash.settingMode).toBe(true);
		expect((await detail()).maybeResetAt).not.toBeNull();
		porch.air.wait(2000);
		expect(await result('reset')).toBe('success');
		expect((await porch.ask(porch.owner, 'GET', '')).status).toBe(404);
	});

	test.each(['set-clock', 'read-status', 'read-passcodes', 'reset', 'reset-ekeys'])(
		'%s is for who manages the lock',
		async (action) => {
			await porch.give(porch.mia);
			const { status } = await porch.step(porch.mia, { action, answers: [] });
			expect(status).toBe(403);
			await porch.give(porch.mia, { key_right: 1 });
			const { body } = await porch.step(porch.mia, { action, answers: [] });
			const owners = action.startsWith('reset');
			expect(body.error?.code).toBe(owners ? 'forbidden' : undefined);
		}
	);

	test('the last step of a reset of all eKeys counts once, however often it is sent', async () => {
		const { answer, answers } = await porch.carry(porch.owner, 'reset-ekeys');
		await porch.give(porch.mia);
		const again = { action: 'reset-ekeys', at: answer.body.at, answers };
		expect((await porch.step(porch.owner, again)).body).toEqual(answer.body);
		expect((await porch.carry(porch.mia, 'unlock')).answer.body.result).toBe('success');
		later();
		expect(await result('reset-ekeys')).toBe('success');
		expect(porch.air.saved.flash.lockFlagPos).toBe(2);
	});
});

import { describe, expect, it, test } from 'vitest';
import {
	changePassage,
	changePasscodes,
	readAdminPasscode,
	readAutoLock,
	readClock,
	readDeviceInfo,
	readFeatures,
	readPasscodes,
	readStatus,
	readSwitch,
	writeAdminPasscode,
	writeAutoLock,
	writeClock,
	writeSwitch
} from '../../../src/lib/protocol/ttlock/exchanges.ts';
import { addressOf, open, type Exchange } from '../../../src/lib/protocol/ttlock/programs.ts';
import type { PasscodeWrite } from '../../../src/lib/protocol/ttlock/passcodes.ts';
import {
	inquire,
	listAll,
	perform,
	readLog,
	release
} from '../../../src/lib/protocol/ttlock/upkeep.ts';
import { DAY, HOUR, paired, type Air } from './air.ts';

const AT = 1_795_345_200;

/** One exchange as the owner. */
function ask<T>(at: ReturnType<typeof paired>, exchange: Exchange<T>) {
	const { reached, ...end } = at.air.run(perform(at.admin, [exchange]));
	expect(end).toEqual({ end: 'finished' });
	return reached[0]!;
}

function period(air: Air, code: string): PasscodeWrite {
	return { op: 'add', type: 'period', code, start: air.local - HOUR, end: air.local + HOUR };
}

describe('the owner', () => {
	it('reads and sets clock, auto-lock, sound, passcode of the owner and passage mode', () => {
		const at = paired();
		expect(ask(at, readStatus())).toEqual({
			kind: 'done',
			value: { battery: 100, unlocked: false }
		});
		expect(ask(at, readClock())).toEqual({ kind: 'done', value: at.air.local });
		expect(ask(at, writeClock(at.air.local + DAY))).toMatchObject({ kind: 'done' });
		expect(ask(at, readClock())).toEqual({ kind: 'done', value: at.air.local + DAY });
		expect(ask(at, writeAutoLock(30))).toEqual({ kind: 'done', value: true });
		expect(ask(at, readAutoLock())).toMatchObject({
			value: { seconds: 30, range: { min: 1, max: 900 } }
		});
		expect(ask(at, writeAutoLock(5_000))).toEqual({ kind: 'refused', result: 'invalid-data' });
		expect(ask(at, writeSwitch('sound', false))).toEqual({ kind: 'done', value: true });
		expect(ask(at, readSwitch('sound'))).toMatchObject({ value: { on: false } });
		expect(ask(at, writeAdminPasscode('112233'))).toEqual({ kind: 'done', value: true });
		expect(ask(at, readAdminPasscode())).toMatchObject({ value: { code: '112233' } });
		const rule = { repeats: 'weekly', day: 7, month: 0, from: 540, until: 1080 } as const;
		expect(ask(at, changePassage({ op: 'add', rule }))).toMatchObject({ kind: 'done' });
		expect(ask(at, changePassage({ op: 'query', sequence: 0 }))).toMatchObject({
			value: { page: { next: null, rules: [rule] } }
		});
		expect(ask(at, changePassage({ op: 'clear' }))).toMatchObject({ kind: 'done' });
		expect(ask(at, readDeviceInfo('model'))).toEqual({ kind: 'done', value: 'M101T' });
	});

	it('does many things in one connection, and sees which of them worked', () => {
		const { air, admin } = paired();
		const exchanges = ['1111', '2222', '1111', '3333'].map((code) =>
			changePasscodes(period(air, code))
		);
		const told: unknown[] = [];
		const { end, reached } = air.run(perform(admin, exchanges), (event) => told.push(event));
		expect(end).toBe('finished');
		expect(reached.map((one) => (one.kind === 'refused' ? one.result : one.kind))).toEqual([
			'done',
			'done',
			'passcode-exists',
			'done'
		]);
		expect(told).toMatchObject([
			{ kind: 'logged-in' },
			{ kind: 'performed', index: 0, of: 4, result: 'success' },
			{ index: 1 },
			{ index: 2, result: 'passcode-exists' },
			{ index: 3 }
		]);
	});

	it('adds, changes, lists, removes and clears passcodes', () => {
		const at = paired();
		const { air, admin } = at;
		for (let i = 0; i < 20; i++) ask(at, changePasscodes(period(air, String(4000 + i))));
		const { start, end } = { start: air.local, end: air.local + DAY };
		const change = {
			op: 'change',
			type: 'period',
			code: '4003',
			newCode: '98765',
			start,
			end
		} as const;
		expect(ask(at, changePasscodes(change))).toMatchObject({ kind: 'done' });
		expect(ask(at, changePasscodes({ op: 'remove', type: 'period', code: '4004' }))).toMatchObject({
			kind: 'done'
		});
		expect(ask(at, changePasscodes({ op: 'remove', type: 'period', code: '4004' }))).toEqual({
			kind: 'refused',
			result: 'passcode-not-found'
		});
		const { passcodes } = air.run(listAll(admin));
		expect(passcodes).toHaveLength(19);
		expect(passcodes.at(-1)).toMatchObject({ code: '98765', original: '4003', start, end });
		ask(at, changePasscodes({ op: 'clear' }));
		expect(air.run(listAll(admin))).toEqual({ end: 'finished', passcodes: [] });
		expect(air.saved.flash.log.records.at(-1)).toMatchObject({ action: 8 });
	});

	it('is told when the store is full', () => {
		const { air, admin } = paired();
		const exchanges = Array.from({ length: 251 }, (_, i) =>
			changePasscodes(period(air, String(10_000 + i)))
		);
		const { reached } = air.run(perform(admin, exchanges));
		expect(reached[249]!.kind).toBe('done');
		expect(reached[250]).toEqual({ kind: 'refused', result: 'passcodes-full' });
		expect(air.run(listAll(admin)).passcodes).toHaveLength(250);
	});

	it('gives the lock back', () => {
		const { air, admin } = paired();
		expect(air.run(release(admin))).toEqual({ end: 'released' });
		expect(air.connected).toBe(false);
		expect(air.advertisement.settingMode).toBe(true);
	});

	it('does not know whether a lock was given back whose link dropped', () => {
		const { air, admin } = paired();
		air.fateOf = (packet, direction) =>
			direction === 'in' && !air.saved.flash.owner && packet > 1 ? 'cut-before' : 'passes';
		expect(air.run(release(admin))).toEqual({ end: 'maybe' });
		expect(air.advertisement.settingMode).toBe(true);
	});
});

describe('who is not the owner', () => {
	const guestOf = (at: ReturnType<typeof paired>) => addressOf(at.admin);
	test.each([
		['passcodes', changePasscodes({ op: 'clear' })],
		['the list of passcodes', readPasscodes(0)],
		['auto-lock', writeAutoLock(9)],
		['the owner’s passcode', readAdminPasscode()],
		['the clock', writeClock(0 + Date.UTC(2030, 0, 1))]
	] as [string, Exchange<unknown>][])('may not have %s', (_, exchange) => {
		const at = paired();
		const { reached } = at.air.run(inquire(guestOf(at), [exchange]));
		expect(reached).toEqual([{ kind: 'refused', result: 'no-permission' }]);
	});
	it('may read status, features, clock and log', () => {
		const at = paired();
		const { reached } = at.air.run(
			inquire<unknown>(guestOf(at), [readStatus(), readFeatures(), readClock()])
		);
		expect(reached.map(({ kind }) => kind)).toEqual(['done', 'done', 'done']);
	});
	test.each([
		[{ adminPwd: 1 }, 'wrong-admin'],
		[{ lockKey: 1 }, 'wrong-random'],
		[{ lockFlagPos: 9 }, 'invalid-key']
	])('with %o is no owner', (change, result) => {
		const { air, admin } = paired();
		const outcome = air.run(perform({ ...admin, ...change }, [readStatus()]));
		expect(outcome).toEqual({ end: 'refused', result, reached: [] });
	});
});

describe('the log', () => {
	function opened(times: number) {
		const at = paired();
		for (let i = 0; i < times; i++) {
			at.air.run(open(at.admin, AT + i));
			at.air.disconnect();
			at.air.wait(6_000);
		}
		return at;
	}
	/** Reads on from a cursor. */
	function read({ air, admin }: ReturnType<typeof paired>, from: number | 'unread') {
		const ids: number[] = [];
		let restarted = false;
		const outcome = air.run(readLog(addressOf(admin), from), (event) => {
			if (event.kind === 'from-the-start') restarted = true;
			if (event.kind !== 'records') return;
			for (const { detail } of event.records) if (detail.kind === 'key') ids.push(detail.recordId);
		});
		return { ids, restarted, outcome };
	}

	it('is read from a cursor on, any number of times', () => {
		const at = opened(10);
		const all = read(at, 0);
		expect(all.ids).toEqual(Array.from({ length: 10 }, (_, i) => AT + i));
		const { cursor } = all.outcome;
		expect(read(at, cursor as number).ids).toEqual([]);
		at.air.run(open(at.admin, AT + 50));
		expect(read(at, cursor as number).ids).toEqual([AT + 50]);
		expect(read(at, cursor as number)).toMatchObject({ ids: [AT + 50], restarted: false });
	});
	it('is read as unread once, and the lock stops advertising it', () => {
		const at = opened(3);
		expect(at.air.advertisement.hasNewRecords).toBe(true);
		expect(read(at, 'unread').ids).toEqual([AT, AT + 1, AT + 2]);
		expect(read(at, 'unread').ids).toEqual([]);
		at.air.disconnect();
		expect(at.air.advertisement.hasNewRecords).toBe(false);
		expect(read(at, 0).ids).toEqual([AT, AT + 1, AT + 2]);
	});
	it('keeps 500 records; a cursor that fell out begins at the oldest', () => {
		const at = opened(300);
		expect(at.air.saved.flash.log.records).toHaveLength(500);
		const { restarted, ids, outcome } = read(at, 3);
		expect(restarted).toBe(true);
		expect(ids.at(-1)).toBe(AT + 299);
		expect(ids.length).toBeLessThanOrEqual(250);
		expect(outcome.end).toBe('finished');
	});
	it('loses no record when packets are lost or damaged on the way', () => {
		const at = opened(20);
		for (const every of [7, 11, 13]) {
			at.air.fateOf = (packet) =>
				packet % every === 0 ? (packet % 2 ? 'lost' : 'damaged') : 'passes';
			expect(read(at, 0).ids).toEqual(Array.from({ length: 20 }, (_, i) => AT + i));
		}
	});
	it('says where it stopped when the link drops', () => {
		const at = opened(10);
		at.air.packets = 0;
		at.air.fateOf = (packet) => (packet === 25 ? 'cut-before' : 'passes');
		const { ids, outcome } = read(at, 0);
		expect(outcome.end).toBe('gone');
		at.air.fateOf = () => 'passes';
		const rest = read(at, outcome.cursor as number).ids;
		expect([...ids, ...rest]).toEqual(Array.from({ length: 10 }, (_, i) => AT + i));
	});
});

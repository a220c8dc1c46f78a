import { expect, it, test } from 'vitest';
import {
	randomPasscode,
	randomPasscodeKey,
	roundPasscode
} from '../../../src/lib/protocol/ttlock/random-passcodes.ts';
import { changePasscodes, readPasscodes } from '../../../src/lib/protocol/ttlock/exchanges.ts';
import type { PasscodeWrite } from '../../../src/lib/protocol/ttlock/passcodes.ts';
import { perform } from '../../../src/lib/protocol/ttlock/upkeep.ts';
import { VirtualDoorLock } from '../../../src/lib/virtual/ttlock/door-lock.ts';
import { Air, DAY, HOUR, paired, SEED } from '../../pair/ttlock/air.ts';

const KEY = randomPasscodeKey(SEED);
type Wish = Parameters<typeof roundPasscode>[0];

/** What the server gives, which has never spoken to the lock since it was paired. */
const given = (wish: Wish) => randomPasscode(KEY, roundPasscode(wish));

/** Types a code at a locked door. */
function opens(air: Air, code: string): boolean {
	air.happen({ kind: 'turn', by: 'inside', to: 'lock' });
	air.type(code);
	return air.lock.view().bolt === 'unlocked';
}
function door() {
	const { air, admin } = paired();
	const write = (passcode: PasscodeWrite) => {
		const { reached } = air.run(perform(admin, [changePasscodes(passcode)]));
		air.disconnect();
		return reached[0]!;
	};
	return { air, admin, write, last: () => air.saved.flash.log.records.at(-1)!.action };
}

test('the owner’s passcode opens; a lock of nobody opens to none', () => {
	const { air } = door();
	expect(opens(air, '7654321')).toBe(true);
	expect(opens(new Air(), '123456')).toBe(false);
});

test('a custom passcode opens in its window', () => {
	const { air, write, last } = door();
	const { local } = air;
	write({ op: 'add', type: 'period', code: '2468', start: local + HOUR, end: local + 2 * HOUR });
	expect(opens(air, '2468')).toBe(false);
	air.wait(HOUR);
	expect(opens(air, '2468')).toBe(true);
	expect(last()).toBe(4);
	air.wait(HOUR);
	expect(opens(air, '2468')).toBe(false);
	expect(last()).toBe(11);
	write({ op: 'add', type: 'once', code: '1357', start: local, end: local + DAY });
	expect([opens(air, '1357'), opens(air, '1357')]).toEqual([true, false]);
});

test('a one-time code opens once, within six hours', () => {
	const { air } = door();
	const codes = [0, 1, 2].map((index) => given({ type: 'once', start: air.local, index }));
	expect(opens(air, codes[0]!)).toBe(true);
	expect(opens(air, codes[0]!)).toBe(false);
	air.wait(6 * HOUR - 60_000);
	expect(opens(air, codes[1]!)).toBe(true);
	air.wait(60_000);
	expect(opens(air, codes[2]!)).toBe(false);
});

test('a permanent code used within a day opens for ever, and is void else', () => {
	const { air } = door();
	const [used, unused] = [0, 1].map((index) =>
		given({ type: 'permanent', start: air.local, index })
	) as [string, string];
	air.wait(23 * HOUR);
	expect(opens(air, used)).toBe(true);
	air.wait(2 * HOUR);
	expect([opens(air, used), opens(air, unused)]).toEqual([true, false]);
	air.wait(900 * DAY);
	expect([opens(air, used), opens(air, unused)]).toEqual([true, false]);
});

test('a code for a period stops when its window ends', () => {
	const { air } = door();
	const code = given({ type: 'period', start: air.local, end: air.local + 2 * DAY });
	const years = given({ type: 'period', start: air.local, end: Date.UTC(2028, 10, 22, 10) });
	const early = given({ type: 'period', start: air.local + HOUR, end: air.local + DAY });
	expect([opens(air, early), opens(air, code), opens(air, years)]).toEqual([false, true, true]);
	air.wait(2 * DAY - 60_000);
	expect(opens(air, code)).toBe(true);
	air.wait(60_000);
	expect([opens(air, code), opens(air, years)]).toEqual([false, true]);
});

test('a cyclic code opens on its days, in its hours', () => {
	const { air, admin } = door();
	const day = Math.floor(air.local / DAY) * DAY;
	const sunday = given({ type: 'sunday', start: day + 8 * HOUR, end: day + 17 * HOUR });
	const workday = given({ type: 'workday', start: day + 8 * HOUR, end: day + 17 * HOUR });
	expect([opens(air, sunday), opens(air, workday)]).toEqual([true, false]);
	air.wait(DAY);
	expect([opens(air, sunday), opens(air, workday)]).toEqual([false, true]);
	air.wait(8 * HOUR);
	expect(opens(air, workday)).toBe(false);
	const { reached } = air.run(perform(admin, [readPasscodes(0)]));
	expect(reached[0]).toMatchObject({
		value: { passcodes: [{ type: 'cyclic', code: sunday, cycle: 14 * 256 + 17 }, {}] }
	});
});

test('the delete code takes all used random codes with it, and no others', () => {
	const { air, write, last } = door();
	const permanent = given({ type: 'permanent', start: air.local });
	const unused = given({ type: 'permanent', start: air.local, index: 1 });
	write({ op: 'add', type: 'permanent', code: '4711', start: air.local, end: null });
	expect(opens(air, permanent)).toBe(true);
	expect(opens(air, given({ type: 'delete', start: air.local }))).toBe(false);
	expect(last()).toBe(10);
	expect(opens(air, permanent)).toBe(false);
	expect([opens(air, unused), opens(air, '4711')]).toEqual([true, true]);
});

test('a random code that was used can be removed or changed; one that never was cannot', () => {
	const { air, write } = door();
	const code = given({ type: 'permanent', start: air.local });
	expect(write({ op: 'remove', type: 'permanent', code })).toEqual({
		kind: 'refused',
		result: 'passcode-not-found'
	});
	expect(opens(air, code)).toBe(true);
	const { start, end } = { start: air.local, end: air.local + DAY };
	const change = { op: 'change', type: 'permanent', code, newCode: '5555', start, end } as const;
	expect(write(change)).toMatchObject({ kind: 'done' });
	expect([opens(air, code), opens(air, '5555')]).toEqual([false, true]);
	write({ op: 'remove', type: 'permanent', code: '5555' });
	expect(opens(air, '5555')).toBe(false);
	const second = given({ type: 'permanent', start: air.local, index: 1 });
	expect(opens(air, second)).toBe(true);
	write({ op: 'remove', type: 'permanent', code: second });
	expect(opens(air, second)).toBe(false);
});

test('five wrong codes make the keypad dead for five minutes, also when power goes or the page', () => {
	const { air } = door();
	for (let i = 0; i < 5; i++) expect(opens(air, '1111')).toBe(false);
	expect(air.saved.flash.log.records.slice(-2).map(({ action }) => action)).toEqual([7, 48]);
	expect(air.lock.view().lockedOut).toBe(true);
	expect(opens(air, '7654321')).toBe(false);
	air.wait(200_000);
	air.lock = new VirtualDoorLock(air.saved);
	expect(opens(air, '7654321')).toBe(false);
	air.happen({ kind: 'power-cut' });
	air.wait(200_000);
	expect(opens(air, '7654321')).toBe(false);
	air.wait(120_000);
	expect(air.lock.view().lockedOut).toBe(false);
	expect(opens(air, '7654321')).toBe(true);
});

test('a right code gives the tries back', () => {
	const { air } = door();
	for (let round = 0; round < 3; round++) {
		for (let i = 0; i < 4; i++) opens(air, '1111');
		expect(opens(air, '7654321')).toBe(true);
	}
});

it('shows what is typed, forgets it after a while, and takes it back at a star', () => {
	const { air } = door();
	for (const key of '7654') air.happen({ kind: 'key', key });
	expect(air.lock.view()).toMatchObject({ typed: 4, light: 'lit' });
	expect(air.advertisement.touched).toBe(true);
	air.wait(11_000);
	expect(air.lock.view()).toMatchObject({ typed: 0, light: 'off' });
	air.type('321');
	expect(air.lock.view().bolt).toBe('locked');
	for (const key of '99*7654321#') air.happen({ kind: 'key', key });
	air.wait(400);
	expect(air.lock.view()).toMatchObject({ bolt: 'unlocked', light: 'green' });
});

test('its state goes through JSON', () => {
	const { air } = door();
	opens(air, given({ type: 'permanent', start: air.local }));
	const saved = JSON.parse(JSON.stringify(air.saved));
	expect(saved).toEqual(air.saved);
	air.lock = new VirtualDoorLock(saved);
	air.wait(6_000);
	expect(air.lock.view().bolt).toBe('locked');
});

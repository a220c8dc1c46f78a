import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RECORD_ACTION as ACTION } from '../../src/lib/protocol/noke/records.ts';
import { opening, removeKey } from '../../src/lib/protocol/noke/writes.ts';
import { Bench, newest, NOW, results } from './bench.ts';
import { benchWith, click, isOpen, left, opens } from './quick-click-bench.ts';

const CODE = '0110100';

describe('a quick click', () => {
	it('opens from sleep, and the log names its position', () => {
		const bench = benchWith(click(7, CODE));
		bench.enter(CODE);
		expect(bench.lock.view()).toMatchObject({ shackle: 'open', engaged: false, light: 'green' });
		expect(newest(bench)).toEqual([ACTION.unlockedByQuickClick, 7]);
		expect(bench.saved.flash.log.records.at(-1)?.time).toBeGreaterThan(NOW);
	});

	it('opens nothing before the pause, nor before it is committed', () => {
		const bench = new Bench().connect();
		bench.send(click(1, CODE), 0);
		bench.enter(CODE);
		expect(isOpen(bench)).toBe(false);
		const other = benchWith(click(1, '000'));
		for (let i = 0; i < 3; i++) other.tap();
		other.event({ kind: 'tick' }, 1_999);
		expect(other.lock.view()).toMatchObject({ shackle: 'closed', turning: false });
		other.event({ kind: 'tick' }, 1);
		expect(other.lock.view().turning).toBe(true);
	});

	it('opens to exactly its own presses, whatever they are', () => {
		const code = fc
			.array(fc.constantFrom('0', '1'), { minLength: 3, maxLength: 24 })
			.map((presses) => presses.join(''));
		fc.assert(
			fc.property(code, code, fc.integer({ min: 1, max: 100 }), (held, entered, position) => {
				const bench = benchWith(click(position, held));
				bench.enter(entered);
				expect(isOpen(bench)).toBe(entered === held);
				bench.event({ kind: 'close' });
				expect(opens(bench, held)).toBe(true);
			}),
			{ numRuns: 60 }
		);
	});

	it('knows a long press by 400 ms', () => {
		const timed = (held: number) => {
			const bench = benchWith(click(1, '001'));
			bench.tap(0);
			bench.tap(399);
			bench.tap(held);
			bench.event({ kind: 'tick' }, 2_000);
			return bench.lock.view().turning;
		};
		expect([timed(399), timed(400), timed(10_000)]).toEqual([false, true, true]);
	});

	it('takes no pause for the time that the button is down', () => {
		const bench = benchWith(click(1, '010'));
		bench.tap();
		bench.event({ kind: 'press' }, 1_999);
		bench.event({ kind: 'release' }, 3_000);
		bench.now += 1_000;
		bench.tap();
		bench.event({ kind: 'tick' }, 2_000);
		expect(bench.lock.view().turning).toBe(true);
	});

	it('is no entry with fewer than three presses, or more than 24', () => {
		const bench = benchWith(click(1, '0'.repeat(24)), click(2, '000'));
		for (const few of ['0', '00']) bench.enter(few);
		expect(bench.saved.flash.entries.wrong).toBe(0);
		bench.enter('0'.repeat(25));
		expect(isOpen(bench)).toBe(false);
		expect(bench.lock.view().light).toBe('red');
		expect(bench.saved.flash.entries.wrong).toBe(0);
		expect(opens(bench, '0'.repeat(24))).toBe(true);
	});

	it.each([1, 8])('does not open to a stream that has every code in it, %i times', (times) => {
		const bench = benchWith(click(1, '010'), click(2, '1101'));
		for (const press of '0000101101001111000'.repeat(times)) {
			bench.tap(press === '1' ? 500 : 100);
			bench.now += 1_000;
		}
		bench.event({ kind: 'tick' }, 2_000);
		expect(isOpen(bench)).toBe(false);
		expect(bench.saved.flash.entries.wrong).toBe(times === 1 ? 1 : 0);
	});

	it('is forgotten half way when the lock falls asleep or the motor turns', () => {
		const bench = benchWith(click(1, '000'));
		bench.event({ kind: 'press' });
		bench.event({ kind: 'tick' }, 20_000);
		expect(bench.lock.view()).toMatchObject({ awake: false, light: 'off' });
		bench.event({ kind: 'release' });
		expect(bench.lock.view().awake).toBe(false);
		bench.connect();
		bench.tap();
		bench.tap();
		bench.send(opening('unlock', 7), 1);
		bench.tap();
		bench.event({ kind: 'tick' }, 2_000);
		expect(bench.lock.view().turning).toBe(false);
		bench.event({ kind: 'write', bytes: bench.packets(opening('unlock', 8), 1)[0]! });
		bench.tap();
		bench.runMotor();
		bench.tap();
		bench.tap();
		bench.event({ kind: 'tick' }, 2_000);
		expect(bench.lock.view().turning).toBe(false);
		bench.enter('000');
		expect(newest(bench)).toEqual([ACTION.unlockedByQuickClick, 1]);
	});

	it('opens while a phone is connected, and leaves alone what that has staged', () => {
		const bench = benchWith(click(1, CODE, 5)).connect();
		bench.send(removeKey(9), 1);
		bench.enter(CODE);
		expect(isOpen(bench)).toBe(true);
		// The write before the entry counts as staged: a set-up of one write more is complete.
		expect(results(bench.commitAfter([removeKey(9)], [click(2, '000')], 1)).at(-1)).toBe('success');
		expect(left(bench)).toEqual({ 1: 4, 2: 255 });
	});

	it('shows the press: green, then blue once it is long', () => {
		const bench = benchWith(click(1, '000'));
		bench.event({ kind: 'press' });
		expect(bench.lock.view().light).toBe('green');
		bench.event({ kind: 'tick' }, 399);
		expect(bench.lock.view().light).toBe('green');
		bench.event({ kind: 'tick' }, 1);
		expect(bench.lock.view().light).toBe('blue');
		bench.event({ kind: 'release' });
		expect(bench.lock.view().light).toBe('blinking');
	});

	it('a button without quick clicks only wakes', () => {
		const bench = benchWith();
		bench.event({ kind: 'press' });
		expect(bench.lock.view().light).toBe('blinking');
		for (let i = 0; i < 20; i++) bench.enter('000');
		expect(bench.saved.flash.entries).toEqual({ wrong: 0, lockOuts: 0, lockedOut: false });
	});
});

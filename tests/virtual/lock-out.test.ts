import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { setQuickClick } from '../../src/lib/protocol/noke/quick-clicks.ts';
import { RECORD_ACTION as ACTION } from '../../src/lib/protocol/noke/records.ts';
import { opening } from '../../src/lib/protocol/noke/writes.ts';
import { Bench, newest, results, saves } from './bench.ts';

const CODE = '0110';
const MINUTE = 60_000;

/** A lock at epoch 1 with one quick click, asleep. */
function ready(uses = 255): Bench {
	const bench = new Bench().connect();
	bench.commit([setQuickClick(1, { code: CODE, uses, capped: false })], 0);
	bench.event({ kind: 'disconnect' });
	return bench;
}

function guess(bench: Bench, times: number): void {
	for (let i = 0; i < times; i++) bench.enter('0000');
}

/** Whether the right code opens now; pushes the shackle home again. */
function opens(bench: Bench): boolean {
	bench.enter(CODE);
	const { shackle } = bench.lock.view();
	bench.event({ kind: 'close' });
	return shackle === 'open';
}

/** Milliseconds until the button takes codes again, found out by waiting. */
function waited(bench: Bench): number {
	const from = bench.now;
	for (let second = 0; bench.lock.view().lockedOut && second < 7_200; second++)
		bench.event({ kind: 'tick' }, 1_000);
	return Math.round((bench.now - from) / 1_000) * 1_000;
}

describe('guessing', () => {
	it('is over for a minute at the fifth wrong entry, with an alarm', () => {
		const bench = ready();
		guess(bench, 4);
		expect(bench.lock.view().lockedOut).toBe(false);
		guess(bench, 1);
		expect(bench.lock.view()).toMatchObject({ lockedOut: true, light: 'red' });
		expect(newest(bench)).toEqual([ACTION.alarmTriggered, 1]);
		expect(opens(bench)).toBe(false);
		bench.event({ kind: 'tick' }, 30_000);
		bench.event({ kind: 'press' });
		expect(bench.lock.view().light).toBe('red');
		expect(waited(bench)).toBeGreaterThan(20_000);
		expect(opens(bench)).toBe(true);
	});

	it('counts no entries while it is over', () => {
		const bench = ready();
		guess(bench, 5);
		guess(bench, 8);
		expect(bench.saved.flash.entries).toEqual({ wrong: 0, lockOuts: 1, lockedOut: true });
		expect(bench.saved.lockedOutUntil).toBeLessThanOrEqual(bench.now + MINUTE);
	});

	it('is over for twice as long each time, up to an hour', () => {
		const bench = ready();
		const times = Array.from({ length: 8 }, () => {
			guess(bench, 5);
			return waited(bench) / MINUTE;
		});
		expect(times).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
	});

	it.each([255, 200])('begins anew after a right entry of a code with %i uses', (uses) => {
		const bench = ready(uses);
		guess(bench, 5);
		waited(bench);
		guess(bench, 4);
		expect(opens(bench)).toBe(true);
		guess(bench, 4);
		expect(opens(bench)).toBe(true);
		guess(bench, 5);
		expect(waited(bench)).toBe(MINUTE);
	});

	it('is what pressing a used-up code is', () => {
		const bench = ready(1);
		expect(opens(bench)).toBe(true);
		for (let i = 0; i < 5; i++) expect(opens(bench)).toBe(false);
		expect(bench.lock.view().lockedOut).toBe(true);
	});

	it('locks out no phone', () => {
		const bench = ready();
		guess(bench, 5);
		expect(results(bench.connect().send(opening('unlock', 7), 1))).toEqual(['success']);
		expect(bench.lock.view()).toMatchObject({ shackle: 'open', lockedOut: true });
	});

	it('opens nothing faster than the lock-out allows, whoever tries what', () => {
		const entry = fc.array(fc.constantFrom('0', '1'), { minLength: 3, maxLength: 6 });
		fc.assert(
			fc.property(fc.array(entry, { minLength: 30, maxLength: 60 }), (entries) => {
				const bench = ready();
				let looked = 0;
				for (const presses of entries) {
					const code = presses.join('');
					// A lock-out may end amid an entry; the presses after that are one.
					if (code.endsWith(CODE)) continue;
					if (!bench.lock.view().lockedOut) looked++;
					bench.enter(code);
					expect(bench.lock.view().shackle).toBe('closed');
				}
				// Five before the first lock-out; after a minute of entries at 4 s each, five more.
				expect(looked).toBeLessThanOrEqual(5 + 5 * Math.floor(entries.length / 15));
			}),
			{ numRuns: 20 }
		);
	});
});

describe('a power cut', () => {
	it('forgets no wrong entry', () => {
		const bench = ready();
		for (let i = 0; i < 5; i++) {
			guess(bench, 1);
			bench.cutPower();
		}
		expect(bench.lock.view().lockedOut).toBe(true);
		expect(opens(bench)).toBe(false);
	});

	it('begins the lock-out anew', () => {
		const bench = ready();
		guess(bench, 5);
		waited(bench);
		guess(bench, 5);
		bench.event({ kind: 'tick' }, MINUTE);
		bench.cutPower();
		expect(waited(bench)).toBe(2 * MINUTE);
		bench.cutPower();
		expect(bench.lock.view().lockedOut).toBe(false);
		guess(bench, 5);
		expect(waited(bench)).toBe(4 * MINUTE);
	});

	it('at any durable write of a lock-out finds it begun, or four wrong entries', () => {
		const bench = ready();
		guess(bench, 4);
		const start = bench.saved;
		const steps = [start, ...saves(bench.enter('0000'))];
		const found = steps.map((step) => {
			bench.cutPower(step);
			const alarms = bench.saved.flash.log.records.filter(
				({ action }) => action === ACTION.alarmTriggered
			);
			const { wrong, lockedOut } = bench.saved.flash.entries;
			// The alarm and what it is about become durable at once.
			expect(alarms).toHaveLength(lockedOut ? 1 : 0);
			return lockedOut ? 'begun' : wrong;
		});
		expect(new Set(found)).toEqual(new Set([4, 'begun']));
	});

	it('is none when only the page that plays the lock was away', () => {
		const bench = ready();
		guess(bench, 5);
		const { lock, now } = bench;
		bench.lock = new (lock.constructor as new (saved: unknown) => typeof lock)(
			JSON.parse(JSON.stringify(bench.saved))
		);
		bench.now = now + 59_000;
		expect(bench.lock.view().lockedOut).toBe(true);
		bench.event({ kind: 'tick' }, 1_000);
		expect(opens(bench)).toBe(true);
	});
});

import { describe, expect, test } from 'vitest';
import { lacking, type LockReadiness } from '../../src/lib/client/readiness.ts';
import { until } from '../../src/lib/ui/time.ts';
import { explain, readySummary, readyWords } from '../../src/lib/ui/readiness.ts';

const NOW = new Date(2026, 10, 24, 14, 2).getTime();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const THURSDAY = new Date(2026, 10, 26, 14, 0).getTime();
const ready = (until = THURSDAY): LockReadiness => ({ state: 'ready', until });

const online = { now: NOW, off: false };
const offline = { now: NOW, off: true };

describe('the words for one lock', () => {
	test.each([
		[ready(), 'Ready until Thu 14:00', 'Ready offline until Thu 14:00'],
		[ready(NOW + 40 * MINUTE), 'Ready for 40 more minutes', 'Ready for 40 more minutes'],
		[ready(NOW + 10_000), 'Ready for 1 more minute', 'Ready for 1 more minute'],
		[ready(NOW + HOUR), 'Ready for 1 more hour', 'Ready for 1 more hour'],
		[ready(NOW + 3 * HOUR - 1), 'Ready for 3 more hours', 'Ready for 3 more hours'],
		[ready(NOW + 3 * HOUR), 'Ready until 17:02', 'Ready offline until 17:02'],
		[{ state: 'waits' }, 'Needs signal once', 'Key waits for the lock'],
		[{ state: 'not-asked' }, 'Needs signal once', 'Opens online only, so far'],
		[{ state: 'revoked' }, 'Needs signal: key revoked', 'Opens online only: key revoked'],
		[
			{ state: 'lease-over', ended: NOW - HOUR },
			'Go online once: key ended today 13:02',
			'Go online once: key ended today 13:02'
		],
		[
			{ state: 'clock-back' },
			'Go online once: clock moved back',
			'Go online once: clock moved back'
		],
		[
			{ state: 'evicted' },
			'Go online once: Chrome removed the key',
			'Go online once: Chrome removed the key'
		]
	] as [LockReadiness, string, string][])('%j: %s', (readiness, without, withNetwork) => {
		expect(readyWords(readiness, offline).line).toBe(without);
		expect(readyWords(readiness, online).line).toBe(withNetwork);
	});

	test('only what lasts is green, and only what needs somebody is coloured', () => {
		expect(readyWords(ready(), online).tone).toBe('ready');
		expect(readyWords(ready(NOW + HOUR), online).tone).toBe('wait');
		expect(readyWords({ state: 'not-asked' }, online).tone).toBe('plain');
		expect(readyWords({ state: 'not-asked' }, offline).tone).toBe('wait');
		expect(readyWords({ state: 'evicted' }, online).tone).toBe('wait');
	});

	test('a row says why where a list says what', () => {
		expect(readyWords(ready(), online)).toMatchObject({
			title: 'Ready offline',
			value: 'until Thu 14:00'
		});
		expect(readyWords({ state: 'revoked' }, offline)).toMatchObject({
			title: 'Needs signal',
			value: 'key revoked'
		});
	});

	test('the sentences name the lock and what mends it', () => {
		expect(explain(ready(), 'Depot gate', NOW)).toContain('opens Depot gate without signal until');
		expect(explain({ state: 'waits' }, 'Depot gate', NOW)).toContain('next opening with signal');
		expect(explain({ state: 'clock-back' }, 'Depot gate', NOW)).toContain('Set the clock right');
	});
});

test('the end of a key is told as close as it matters, and never as another day', () => {
	const in_ = (days: number, hour = 0) => new Date(2026, 10, 24 + days, hour, 30).getTime();
	expect(until(in_(0, 23), NOW)).toBe('23:30');
	expect(until(in_(1), NOW)).toBe('Wed 00:30');
	expect(until(in_(6, 23), NOW)).toBe('Mon 23:30');
	expect(until(in_(7), NOW)).toBe('Tue 1 Dec');
	expect(until(in_(60), NOW)).toBe('Sat 23 Jan 2027');
});

describe('the words for all locks', () => {
	const fine = { persisted: true, trouble: false };
	const lock = (mac: string, mayOpen = true) => ({ mac, name: `Lock ${mac}`, mayOpen });
	const locks = [lock('a'), lock('b'), lock('c'), lock('shut', false)];
	const summary = (
		states: Record<string, LockReadiness>,
		phone: { persisted: boolean | null; trouble: boolean } = fine,
		moment = online
	) => {
		const of = ({ mac }: { mac: string }): LockReadiness => states[mac] ?? { state: 'not-asked' };
		return readySummary(locks, of, phone, moment);
	};
	const all = { a: ready(), b: ready(), c: ready() };

	test('count the locks that this person may open', () => {
		expect(summary({ a: ready(), b: ready() })).toEqual({
			ready: 2,
			of: 3,
			title: '2 of 3 ready offline',
			note: 'Lock c needs signal once'
		});
		const revoked = { ...all, c: { state: 'revoked' } } as const;
		expect(summary(revoked).note).toBe('Lock c lost its key');
		expect(summary({ a: ready() }, fine, offline)).toMatchObject({
			title: 'You can open 1 of 3',
			note: '2 need signal once'
		});
	});

	test('tell first what cannot wait', () => {
		expect(summary(all).note).toBe('All until Thu 14:00');
		expect(summary({}).note).toBe('See what is missing');
		expect(summary(all, { ...fine, persisted: false }).note).toContain('Chrome may remove');
		const soon = { ...all, b: ready(NOW + 70 * MINUTE) };
		expect(summary(soon).note).toBe('Lock b only until 15:12');
		const gone: LockReadiness = { state: 'evicted' };
		expect(summary({ ...soon, a: gone }).note).toBe('Go online once: Chrome removed the key');
		expect(summary(all, { ...fine, trouble: true }).note).toContain('storage of this phone');
	});

	test('a key is asked for only where one is lacking', () => {
		const of = (mac: string): LockReadiness =>
			mac === 'a'
				? { state: 'waits' }
				: mac === 'b'
					? { state: 'revoked' }
					: { state: 'not-asked' };
		expect(lacking(locks, of).map(({ mac }) => mac)).toEqual(['c']);
	});
});

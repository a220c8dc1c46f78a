import { expect, test } from 'vitest';
import type { Me } from '../../src/lib/api/app/people.ts';
import { heardOf, isByMe, latest } from '../../src/lib/client/latest.ts';

const mac = 'F1:E2:D3:C4:B5:A6';
const ADA = 'ada@example.com';
const lock = {
	mac,
	lastKnown: { state: 'open', at: 1000 },
	battery: { millivolts: 2900, at: 1000 },
	lastOpened: { at: 1000, trackingKey: 'bob@example.com' }
} as const;
const SILENT = { endedAs: null, openedAt: null, battery: null };

test.each([
	['it said nothing', SILENT, lock.lastKnown],
	['it opened since', { ...SILENT, openedAt: 2000 }, { state: 'open', at: 2000 }],
	[
		'it closed since',
		{ ...SILENT, endedAs: { state: 'closed', at: 3000 }, openedAt: 2000 },
		{ state: 'closed', at: 3000 }
	],
	[
		'the server knows more',
		{ ...SILENT, endedAs: { state: 'closed', at: 900 }, openedAt: 800 },
		lock.lastKnown
	]
] as const)('a lock is known by the newest that was heard: %s', (_, talk, known) => {
	expect(latest(lock, heardOf(mac, talk, ADA)).lastKnown).toEqual(known);
	expect(latest(lock, undefined)).toBe(lock);
});

test('its battery and who opened it last are the newest too, each by itself', () => {
	const read = heardOf(mac, { ...SILENT, battery: { millivolts: 2500, at: 1500 } }, ADA);
	expect(latest(lock, read)).toEqual({ ...lock, battery: { millivolts: 2500, at: 1500 } });
	const opened = heardOf(mac, { ...SILENT, openedAt: 2000 }, ADA);
	expect(latest(lock, opened)).toMatchObject({
		battery: lock.battery,
		lastOpened: { at: 2000, trackingKey: ADA }
	});
});

test('what the server never heard of is known by what the lock said here', () => {
	const unknown = { mac, lastKnown: null, battery: null, lastOpened: null };
	const talk = { ...SILENT, endedAs: { state: 'closed', at: 5 }, openedAt: 4 } as const;
	expect(latest(unknown, heardOf(mac, talk, null)).lastKnown).toEqual({ state: 'closed', at: 5 });
	expect(latest(unknown, heardOf(mac, SILENT, null))).toEqual(unknown);
});

test('an opening is by me under the name that the activity has for me, and no other', () => {
	const user = { id: 'a', name: 'Ada', email: ADA };
	const me: Me = { user, company: null, firstRun: false, demoEnds: null };
	const by = (trackingKey: string | null) => ({ lastOpened: { at: 1, trackingKey } });
	expect(isByMe(by(ADA), me)).toBe(true);
	expect(isByMe(by('Ada'), me)).toBe(false);
	expect(isByMe(by('Ada'), { ...me, demoEnds: 9 })).toBe(true);
	expect(isByMe(by(null), { ...me, user: null })).toBe(false);
	expect(isByMe({ lastOpened: null }, undefined)).toBe(false);
});

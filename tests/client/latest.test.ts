import { expect, test } from 'vitest';
import { latest } from '../../src/lib/client/latest.ts';

const lock = { lastKnown: { state: 'open', at: 1000 } } as const;

test.each([
	['nothing was said', undefined, lock.lastKnown],
	['it opened since', { endedAs: null, openedAt: 2000 }, { state: 'open', at: 2000 }],
	[
		'it closed since',
		{ endedAs: { state: 'closed', at: 3000 }, openedAt: 2000 },
		{ state: 'closed', at: 3000 }
	],
	[
		'the server knows more',
		{ endedAs: { state: 'closed', at: 900 }, openedAt: 800 },
		lock.lastKnown
	]
] as const)('a lock is known by the newest that was heard: %s', (_, talk, known) => {
	expect(latest(lock, talk).lastKnown).toEqual(known);
});

test('what the server never heard of is known by what the lock said here', () => {
	const talk = { endedAs: { state: 'closed', at: 5 }, openedAt: 4 } as const;
	expect(latest({ lastKnown: null }, talk).lastKnown).toEqual({ state: 'closed', at: 5 });
	expect(latest({ lastKnown: null }, { endedAs: null, openedAt: null }).lastKnown).toBeNull();
});

import { describe, expect, test } from 'vitest';
import type { LockKey } from '../../src/lib/api/app/offline.ts';
import {
	keyWords,
	revokeWords,
	slotCounts
} from '../../src/routes/(app)/(company)/locks/[mac]/manage/keys.ts';

const NOW = new Date(2026, 10, 24, 14, 2).getTime();
const at = (hour: number, day = 24) => new Date(2026, 10, day, hour, 31).getTime();

function key(change: Partial<LockKey> = {}): LockKey {
	return {
		slot: 1,
		issue: 1,
		state: 'waiting',
		holder: 'phone',
		trackingKey: 'mara@example.org',
		phone: {
			id: 'phone-1-xxxxxxxx',
			name: 'Pixel 9',
			userId: 'mara',
			userName: 'Mara Kask',
			lastContactAt: at(12),
			persisted: true
		},
		issuedAt: at(9),
		provenAt: null,
		revokedAt: null,
		offAt: null,
		wipedAt: null,
		until: at(9, 30),
		...change
	};
}

const onLock = key({ state: 'on-lock', provenAt: at(10) });
const revoking = key({ state: 'revoking', provenAt: at(10), revokedAt: at(13) });

describe('a key in words', () => {
	test('names its holder', () => {
		expect(keyWords(key(), NOW)).toMatchObject({ holder: 'Mara Kask', on: 'Pixel 9' });
		const gone = key({ phone: null });
		expect(keyWords(gone, NOW)).toMatchObject({ holder: 'mara@example.org', on: 'Phone' });
		const core = key({ holder: 'key', trackingKey: 'crew-7', phone: null });
		expect(keyWords(core, NOW)).toMatchObject({ holder: 'crew-7', on: 'Core API' });
	});

	test('says no more than the lock has proven', () => {
		expect(keyWords(key(), NOW)).toMatchObject({
			tone: 'plain',
			state: 'Waits for the lock',
			since: 'issued today 09:31'
		});
		expect(keyWords(onLock, NOW)).toMatchObject({
			tone: 'ready',
			state: 'On the lock',
			since: 'since today 10:31, until Mon 09:31'
		});
		expect(keyWords({ ...onLock, until: null }, NOW).since).toBe('since today 10:31');
		expect(keyWords(revoking, NOW)).toMatchObject({
			tone: 'wait',
			state: 'Revoked, still opens, waiting for the lock',
			since: 'revoked today 13:31, phone last heard today 12:31'
		});
		expect(keyWords({ ...revoking, wipedAt: at(13) }, NOW).since).toContain(
			'deleted on the phone today 13:31'
		);
		const off = { ...revoking, state: 'off' as const, offAt: at(13) + 60_000 };
		expect(keyWords(off, NOW)).toMatchObject({
			tone: 'ready',
			state: 'Proven off the lock today 13:32',
			since: 'revoked today 13:31'
		});
	});

	test('a key that no opening carried needed no proof', () => {
		const never = key({ state: 'off', revokedAt: at(13), offAt: at(13) });
		expect(keyWords(never, NOW)).toMatchObject({ tone: 'plain', state: 'Never came to the lock' });
		// This one was under way: the lock had to prove it off.
		expect(keyWords({ ...never, offAt: at(14) }, NOW).state).toContain('Proven off');
	});
});

describe('what revoking means', () => {
	test('a key on the lock opens until the lock has heard of it, or ends', () => {
		const [opens, copy, right] = revokeWords(onLock, 'Pump house 3', NOW);
		expect(opens).toContain('still opens Pump house 3 until its next opening with signal');
		expect(opens).toContain('ends Mon 09:31, by the lock’s own clock');
		expect(copy).toContain('last heard today 12:31');
		expect(right).toContain('Mara Kask may open Pump house 3 with signal as before');
	});

	test('a key without an end says so, and one of the Core API is nobody’s phone', () => {
		const core = key({ state: 'on-lock', holder: 'key', phone: null, until: null });
		expect(revokeWords(core, 'Pump house 3', NOW)).toEqual([
			expect.stringContaining('The key has no end of its own.')
		]);
	});

	test('a key that waits may be under way', () => {
		expect(revokeWords(key(), 'Pump house 3', NOW)[0]).toContain('not on its way');
	});
});

test('slots are counted by what they hold', () => {
	const off = key({ state: 'off', offAt: at(13) });
	expect(slotCounts([key(), onLock, { ...onLock, slot: 3 }, revoking, off], 96)).toEqual({
		onLock: 2,
		waiting: 1,
		revoking: 1,
		free: 96
	});
});

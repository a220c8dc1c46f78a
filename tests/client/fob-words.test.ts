import { describe, expect, test } from 'vitest';
import type { OwedRight } from '../../src/lib/api/app/debt.ts';
import type { Fob } from '../../src/lib/api/app/fobs.ts';
import {
	age,
	copyWords,
	headline,
	holderOf,
	kindOf,
	listText,
	opensWords,
	wayOut
} from '../../src/routes/(app)/(company)/debt/words.ts';
import { fobWords, onFobWords, onLockWords } from '../../src/routes/(app)/(company)/fobs/words.ts';

const MAC = 'C0:FF:EE:00:00:12';
const ISSUED = 1_764_000_000_500;
const FOB: Fob = {
	mac: MAC,
	name: 'Fob 12',
	serial: '',
	environment: 'production',
	battery: null,
	syncedAt: null,
	lostAt: null,
	locks: 1,
	synced: 0,
	pending: 1,
	revoking: 0,
	stillOpens: 0
};

describe('what is said of a fob', () => {
	const now = ISSUED;
	const lock = {
		mac: MAC,
		name: 'Gate',
		place: '',
		slot: 1,
		onFob: 'synced',
		onLock: 'on-lock',
		issuedAt: now,
		syncedAt: now,
		revokedAt: null,
		provenAt: now,
		offAt: null
	} as const;

	test('never more than was proven', () => {
		const text = (fob: Partial<Fob>) => fobWords({ ...FOB, ...fob }, now).text;
		expect(text({})).toBe('1 change for its next sync');
		expect(text({ pending: 0 })).toBe('Never synced');
		expect(text({ pending: 0, stillOpens: 2 })).toBe('Revoked, still opens 2 locks');
		expect(text({ lostAt: now, stillOpens: 1 })).toMatch(/^Lost since .*, still opens 1 lock$/);
		expect(text({ pending: 0, syncedAt: now })).toMatch(/^Synced /);
		const revoked = {
			...lock,
			onLock: 'revoking',
			onFob: 'revoke_pending',
			revokedAt: now
		} as const;
		expect(onLockWords(revoked, now)).toMatchObject({
			tone: 'wait',
			text: expect.stringMatching(/still opens$/)
		});
		expect(onFobWords(revoked, now).text).toBe('Still on the fob, goes with its next sync');
		expect(onFobWords({ ...revoked, onLock: 'off' }, now).text).toContain('opens nothing');
		expect(onFobWords({ ...lock, onFob: 'pending' }, now).text).toContain('a new key');
		const never = { ...lock, onLock: 'off', provenAt: null, offAt: now } as const;
		expect(onLockWords(never, now).text).toBe('Never came to the lock');
	});
});

describe('what is said of a right that still opens', () => {
	const now = ISSUED;
	const right: OwedRight = {
		kind: 'fob',
		reason: 'revoked',
		name: 'Fob 12',
		on: null,
		lost: false,
		since: now - 3 * 86_400_000,
		until: null,
		wipedAt: null,
		heardAt: now
	};

	test('who holds it, and what became of the copy', () => {
		const said = (change: Partial<OwedRight>) => {
			const one = { ...right, ...change };
			return `${holderOf(one)}, ${kindOf(one)}: ${copyWords(one, now).text}`;
		};
		expect(said({})).toMatch(/^Fob 12, fob: Fob last synced today/);
		expect(said({ lost: true, heardAt: null })).toBe('Fob 12, lost: Fob never synced');
		expect(said({ wipedAt: now })).toMatch(/: Off the fob today/);
		const phone = { kind: 'phone', name: 'Jon Aas', on: 'Pixel 9' } as const;
		expect(said({ ...phone, wipedAt: now })).toMatch(/^Jon Aas, phone key on Pixel 9: Phone wiped/);
		expect(said({ ...phone, heardAt: null })).toMatch(/: Phone not known$/);
		expect(said({ kind: 'key', name: 'k' })).toBe('k, offline key: Held by an integration');
		expect(said({ kind: 'quick-click', name: '0110' })).toBe(
			'·––·, quick click: No phone involved'
		);
		expect(said({ kind: 'quick-click', name: 'Night crew' })).toMatch(/^Night crew, quick click:/);
		expect(said({ reason: 'replaced' })).toBe('Fob 12, fob, old value: A new key takes its place');
		expect(said({ kind: 'unknown', reason: 'unknown', name: '' })).toBe(
			'Anything issued before, : Restored from a backup'
		);
	});

	test('an end by the clock of the lock is no proof', () => {
		expect(opensWords(right, now)).toBe('Still opens');
		expect(opensWords({ ...right, until: now + 1 }, now)).toBe('Still opens');
		expect(opensWords({ ...right, until: now - 1 }, now)).toMatch(/^Ended .*, not proven$/);
	});

	test('how much there is, for how long, and what clears it', () => {
		expect(headline({ rights: 1, locks: 1 })).toBe('1 revoked right still opens 1 lock');
		expect(headline({ rights: 1200, locks: 3 })).toBe('1,200 revoked rights still open 3 locks');
		expect(headline({ rights: 0, locks: 0 })).toBe('Nothing to visit');
		expect(wayOut({ rights: 0, locks: 0 })).toBe('Every revocation is proven.');
		expect(wayOut({ rights: 2, locks: 1 })).toContain('its lock. One opening with signal');
		expect(wayOut({ rights: 5, locks: 3 })).toContain('clears all 5');
		const ago = (waits: number) => age(now - waits, now);
		expect([10_000, 5 * 3_600_000, 6.5 * 86_400_000].map(ago)).toEqual(['1 min', '5 h', '6 days']);
		const stop = { mac: MAC, name: 'Kiosk 5', place: 'Upper site', since: now, rights: [right] };
		expect(
			listText([
				{ ...stop, openings: 2 },
				{ ...stop, place: '', openings: 1 }
			])
		).toBe('Kiosk 5, Upper site (open it twice)\nKiosk 5');
	});
});

import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { fromBase64, toBase64 } from '../../../src/lib/protocol/base64.ts';
import { PERMANENT } from '../../../src/lib/protocol/ttlock/dates.ts';
import {
	aesKeyStr,
	encodeCredential,
	encodeLockData,
	mintAdminGrant,
	mintOfflineGrant,
	parseAesKeyStr,
	parseCredential,
	parseLockData,
	type LockData
} from '../../../src/lib/protocol/ttlock/grant.ts';
import { judge, windowOf, type Validity } from '../../../src/lib/protocol/ttlock/offline.ts';
import { DAY, HEADER, HOUR, LOCAL, OFFSET } from '../../pair/ttlock/air.ts';

describe('lockData and eKeys', () => {
	const LOCK: LockData = {
		lockMac: 'C4:54:12:32:3B:D8',
		lockName: 'Haustür ☂',
		lockVersion: HEADER,
		aesKeyStr: aesKeyStr(Uint8Array.from({ length: 16 }, (_, i) => i)),
		lockKey: 344382141,
		lockFlagPos: 2,
		timezoneRawOffset: OFFSET,
		featureValue: 'C4D1B1',
		adminPwd: 970456745,
		noKeyPwd: '7654321',
		pwdInfo: null
	};
	it('lockData goes both ways, whatever the lock is called', () => {
		expect(parseLockData(encodeLockData(LOCK))).toEqual(LOCK);
		const bad = [
			...[{}, null, 5, { ...LOCK, lockKey: '1' }, { ...LOCK, aesKeyStr: '00' }],
			{ ...LOCK, aesKeyStr: [LOCK.aesKeyStr] },
			{ ...LOCK, featureValue: 5 },
			{ ...LOCK, lockVersion: { ...HEADER, scene: 256 } },
			{ ...LOCK, lockVersion: { ...HEADER, groupId: -1 } }
		];
		for (const one of bad)
			expect(() => parseLockData(toBase64(new TextEncoder().encode(JSON.stringify(one))))).toThrow(
				expect.objectContaining({ code: 'bad-field' })
			);
		const more = { ...LOCK, note: 'x', lockVersion: { ...HEADER, note: 'x' } };
		expect(parseLockData(encodeLockData(more))).toEqual(LOCK);
		expect(() => parseLockData('no base64')).toThrow();
		expect(() => parseLockData('bm8ganNvbg==')).toThrow();
	});
	it('base64 goes both ways', () => {
		fc.assert(
			fc.property(fc.uint8Array(), (bytes) => {
				const text = Buffer.from(bytes).toString('base64');
				expect(toBase64(bytes)).toBe(text);
				expect(fromBase64(text)).toEqual(Uint8Array.from(bytes));
			})
		);
	});
	it('a common user’s grant has no admin number in it', () => {
		const grant = mintOfflineGrant(LOCK, {
			uid: 7,
			startDate: 1_000,
			endDate: 2_000,
			recurrence: null
		});
		expect(grant).toMatchObject({
			aesKey: '000102030405060708090a0b0c0d0e0f',
			uid: 7,
			lockFlagPos: 2
		});
		expect(JSON.stringify(grant)).not.toContain('970456745');
		expect(mintAdminGrant(LOCK, 1).adminPwd).toBe(970456745);
		expect(() => mintAdminGrant({ ...LOCK, adminPwd: null }, 1)).toThrow();
		expect(parseAesKeyStr(LOCK.aesKeyStr)).toHaveLength(16);
	});
	it('credentials of any length go both ways', () => {
		fc.assert(
			fc.property(fc.stringMatching(/^\d{4,12}$/), fc.nat(255), (digits, seed) => {
				expect(parseCredential(encodeCredential(digits, seed))).toBe(digits);
			})
		);
		expect(() => parseCredential('bm90IGEgY3JlZGVudGlhbA==')).toThrow();
	});

	const key = (change: Partial<Validity>) => ({
		...{ startDate: 0, endDate: 0, recurrence: null, timezoneRawOffset: OFFSET },
		...change
	});
	const utc = LOCAL - OFFSET;
	test.each([
		['permanent', key({}), utc, 'holds'],
		['before', key({ startDate: utc, endDate: utc + HOUR }), utc - 1, 'not-yet'],
		['in', key({ startDate: utc, endDate: utc + HOUR }), utc + HOUR, 'holds'],
		['after', key({ startDate: utc, endDate: utc + HOUR }), utc + HOUR + 1, 'expired'],
		['once', key({ startDate: utc, endDate: 1 }), utc + 99 * DAY, 'holds'],
		['once, early', key({ startDate: utc, endDate: 1 }), utc - 1, 'not-yet']
	] as const)('%s', (_, one, at, verdict) => {
		expect(judge(one, at)).toBe(verdict);
	});
	it('a key for one opening is used up', () => {
		expect(judge(key({ endDate: 1 }), utc, true)).toBe('used');
	});
	it('a recurring key holds on its days, in its hours, on the lock’s clock', () => {
		// Sunday is 1 here; LOCAL is a Sunday, ten o'clock.
		const recurring = (weekDays: number[], from: number, until: number) =>
			key({
				startDate: utc + (from - 10) * HOUR,
				endDate: utc + (until - 10) * HOUR,
				recurrence: { weekDays, startDay: utc - 10 * HOUR, endDay: utc + 30 * DAY }
			});
		const office = recurring([1], 9, 17);
		expect(judge(office, utc)).toBe('holds');
		expect(judge(office, utc - 2 * HOUR)).toBe('outside-hours');
		expect(judge(office, utc + DAY)).toBe('outside-hours');
		expect(judge(office, utc + 7 * DAY)).toBe('holds');
		expect(judge(office, utc + 35 * DAY)).toBe('expired');
		expect(judge(office, utc - DAY)).toBe('not-yet');
		expect(judge(recurring([2, 3, 4, 5, 6], 9, 17), utc)).toBe('outside-hours');
		expect(windowOf(office)).toEqual({ start: LOCAL - 10 * HOUR, end: LOCAL + 30 * DAY });
	});
	it('the lock is told its own time, and permanence for what only the app can judge', () => {
		expect(windowOf(key({ startDate: utc, endDate: utc + HOUR }))).toEqual({
			start: LOCAL,
			end: LOCAL + HOUR
		});
		expect(windowOf(key({}))).toEqual(PERMANENT);
		expect(windowOf(key({ startDate: utc }))).toEqual(PERMANENT);
		expect(windowOf(key({ startDate: utc, endDate: 1 }))).toEqual({
			start: LOCAL,
			end: PERMANENT.end
		});
		expect(windowOf(key({ endDate: Date.UTC(2200, 0, 1), startDate: utc })).end).toBe(
			PERMANENT.end
		);
	});
});

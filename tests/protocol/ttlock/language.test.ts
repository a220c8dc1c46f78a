import { describe, expect, it, test } from 'vitest';
import fc from 'fast-check';
import {
	parseAnswer,
	refusalAnswer,
	RESULTS,
	type Refusal
} from '../../../src/lib/protocol/ttlock/answers.ts';
import { addAdmin, checkAdmin, checkRandom } from '../../../src/lib/protocol/ttlock/commands.ts';
import { dateBytes, PERMANENT, readDate } from '../../../src/lib/protocol/ttlock/dates.ts';
import {
	FEATURE,
	featureValueOf,
	hasFeature,
	wordsOf,
	type Feature
} from '../../../src/lib/protocol/ttlock/features.ts';
import { parseWritePassage, writePassage } from '../../../src/lib/protocol/ttlock/passage.ts';
import {
	parsePasscodePage,
	parseWritePasscode,
	PASSCODE_TYPE,
	passcodePage,
	writePasscode,
	type PasscodeType,
	type PasscodeWrite,
	type StoredPasscode
} from '../../../src/lib/protocol/ttlock/passcodes.ts';
import {
	buildName,
	isNameOf,
	kindOf,
	namesOf,
	parseAdvertisement,
	parseName
} from '../../../src/lib/protocol/ttlock/profile.ts';
import { logPage, parseLogPage, type LogRecord } from '../../../src/lib/protocol/ttlock/records.ts';
import {
	passcodeSeed,
	parseSetPasscodeSeed,
	setAutoLock,
	setPasscodeSeed
} from '../../../src/lib/protocol/ttlock/writes.ts';
import { LOCAL } from '../../pair/ttlock/air.ts';

const minute = fc.integer({
	min: Date.UTC(2000, 0, 1) / 60_000,
	max: Date.UTC(2100, 0, 1) / 60_000 - 1
});
const local5 = minute.map((minutes) => minutes * 60_000);
const code = fc.stringMatching(/^\d{4,9}$/);
const u32 = fc.integer({ min: 0, max: 0xffffffff });

describe('names and advertisements', () => {
	it('a name ends with the last three bytes of the MAC, the last first', () => {
		expect(buildName('C4:54:12:32:3B:D8', 'M101T')).toBe('M101T_d83b32');
		expect(parseName('M101T_d83b32')).toEqual({ hardwareType: 'M101T', macEnd: '32:3B:D8' });
		expect(namesOf('C4:54:12:32:3B:D8', 'S_X')).toEqual(['S_X_d83b32']);
		expect(namesOf('C4:54:12:32:3B:D8')).toEqual([]);
		expect(isNameOf('M101T_d83b32', 'c4:54:12:32:3b:d8')).toBe(true);
		expect(isNameOf('M101T_d83b33', 'C4:54:12:32:3B:D8')).toBe(false);
		expect(isNameOf('NOKE4I', 'C4:54:12:32:3B:D8')).toBe(false);
		expect(() => parseName('_d83b32')).toThrow(expect.objectContaining({ code: 'bad-name' }));
	});
	it('other families keep their fields elsewhere, and some tell no state', () => {
		const other = Uint8Array.of(0, 0, 5, 4, 0, 7, 5, 50, 0, 0, 0, 0, 0, 6, 5, 4, 3, 2, 1);
		expect(parseAdvertisement(0x1234, other)).toMatchObject({
			protocolType: 5,
			protocolVersion: 4,
			scene: 7,
			unlocked: true,
			settingMode: true,
			battery: 50,
			mac: '01:02:03:04:05:06'
		});
		other[3] = 1;
		expect(parseAdvertisement(0x1234, other)).toMatchObject({ stateful: false, unlocked: false });
		expect(parseAdvertisement(0xffff, other).role).toBe('firmware-update');
		expect(parseAdvertisement(0x1912, other).role).toBe('firmware-update');
		expect(parseAdvertisement(0x1234, other).role).toBe('wristband');
		expect(() => parseAdvertisement(0x0305, new Uint8Array(12))).toThrow();
	});
	it('a scene says what a lock is', () => {
		expect([0, 3, 4, 5, 7, 8, 9, 10, 11, 200].map(kindOf)).toEqual([
			...['door-lock', 'door-lock', 'glass-door', 'safe', 'parking'],
			...['padlock', 'cylinder', 'other', 'safe', 'other']
		]);
	});
});

describe('dates', () => {
	it('are decimal bytes and go both ways', () => {
		fc.assert(
			fc.property(local5, (local) => {
				expect(readDate(dateBytes(local, 5), 0, 5)).toBe(local);
				expect(readDate(dateBytes(local + 7_000, 6), 0, 6)).toBe(local + 7_000);
			})
		);
		expect([...dateBytes(PERMANENT.start, 5), ...dateBytes(PERMANENT.end, 5)]).toEqual([
			...[0, 1, 31, 14, 0],
			...[99, 11, 30, 14, 0]
		]);
	});
	test.each([
		['month 0', [26, 0, 1, 0, 0]],
		['month 13', [26, 13, 1, 0, 0]],
		['31 April', [26, 4, 31, 0, 0]],
		['29 February 2026', [26, 2, 29, 0, 0]],
		['hour 24', [26, 1, 1, 24, 0]],
		['minute 60', [26, 1, 1, 0, 60]],
		['BCD', [0x26, 0x11, 0x22, 9, 0]],
		['too few', [26, 1, 1, 0]]
	])('%s is none', (_, bytes) => {
		expect(readDate(Uint8Array.from(bytes), 0, 5)).toBeNull();
	});
	it('outside 2000 to 2099 cannot be sent', () => {
		expect(() => dateBytes(Date.UTC(1999, 11, 31), 5)).toThrow();
		expect(() => dateBytes(Date.UTC(2100, 0, 1), 5)).toThrow();
	});
});

describe('what is sent', () => {
	test.each([
		['a zero', () => addAdmin({ adminPs: 0, unlockKey: 1 })],
		['too great a number', () => addAdmin({ adminPs: 1, unlockKey: 1e9 })],
		['a lockFlagPos beyond 24 bits', () => checkAdmin(1, { lockFlagPos: 2 ** 24, uid: 0 })],
		['a sum beyond 32 bits', () => checkRandom(2 ** 32)],
		['a negative time', () => setAutoLock(-1)],
		['letters for digits', () => writePasscode({ op: 'remove', type: 'period', code: '12a4' })],
		['three digits', () => writePasscode({ op: 'remove', type: 'period', code: '123' })],
		[
			'no end',
			() => writePasscode({ op: 'add', type: 'once', code: '1234', start: LOCAL, end: null })
		],
		['a short seed', () => passcodeSeed(2026, new Uint8Array(79))],
		['a cut seed', () => setPasscodeSeed(new Uint8Array(60))]
	])('%s is our own mistake', (_, build) => {
		expect(build).toThrow(expect.objectContaining({ name: 'ProtocolError' }));
	});
	it('every passcode write goes both ways', () => {
		const type = fc.constantFrom(...(Object.keys(PASSCODE_TYPE) as PasscodeType[]));
		const write: fc.Arbitrary<PasscodeWrite> = fc.oneof(
			fc.constant({ op: 'clear' } as const),
			fc.record({ op: fc.constant('remove' as const), type, code }),
			fc.record({
				...{ op: fc.constant('change' as const), type, code },
				...{ newCode: code, start: local5, end: local5 }
			}),
			fc.record({ op: fc.constant('add' as const), type, code, start: local5, end: local5 })
		);
		fc.assert(
			fc.property(write, (one) => {
				const lasting = one.op === 'add' && one.type === 'permanent' ? { ...one, end: null } : one;
				expect(parseWritePasscode(writePasscode(lasting).data)).toEqual(lasting);
			})
		);
	});
	it('every rule of the passage mode goes both ways', () => {
		const rule = fc.record({
			repeats: fc.constant('weekly' as const),
			day: fc.integer({ min: 0, max: 7 }),
			month: fc.constant(0),
			from: fc.integer({ min: 0, max: 1439 }),
			until: fc.integer({ min: 0, max: 1440 })
		});
		fc.assert(
			fc.property(rule, (one) => {
				const write = { op: 'add', rule: one } as const;
				expect(parseWritePassage(writePassage(write).data)).toEqual(write);
			})
		);
	});
	it('a seed has codes and secrets in their ranges', () => {
		fc.assert(
			fc.property(fc.uint8Array({ minLength: 80, maxLength: 80 }), (entropy) => {
				const seed = passcodeSeed(2026, entropy);
				expect(seed).toHaveLength(61);
				expect(parseSetPasscodeSeed(seed)).toEqual(seed);
			})
		);
		expect(parseSetPasscodeSeed(new Uint8Array(61).fill(0xff))).toBeNull();
	});
});

describe('what a lock says', () => {
	test.each(Object.keys(RESULTS).filter((name) => name !== 'success'))('refusal %s', (name) => {
		const plain = refusalAnswer(0x55, name as Refusal);
		expect(parseAnswer(plain)).toMatchObject({ opcode: 0x55, result: name });
	});
	it('an unknown reason, or none, is a refusal too', () => {
		expect(parseAnswer(Uint8Array.of(0x55, 0, 0x77))?.result).toBe('unknown');
		expect(parseAnswer(Uint8Array.of(0x55, 0))?.result).toBe('failed');
		expect(parseAnswer(Uint8Array.of(0x55, 7, 0x0e))?.result).toBe('ekey-expired');
		expect(parseAnswer(Uint8Array.of(0x55))).toBeNull();
	});
	const details: fc.Arbitrary<Pick<LogRecord, 'action' | 'detail'>> = fc.oneof(
		fc.record({
			action: fc.constantFrom(1, 26, 28, 41, 52),
			detail: fc.record({
				kind: fc.constant('key' as const),
				uid: u32,
				recordId: u32,
				keyId: fc.constant(null)
			})
		}),
		fc.record({
			action: fc.constant(37),
			detail: fc.record({ kind: fc.constant('key' as const), uid: u32, recordId: u32, keyId: u32 })
		}),
		fc.record({
			action: fc.constantFrom(4, 5, 11, 38),
			detail: fc.record({ kind: fc.constant('passcode' as const), code, newCode: code })
		}),
		fc.record({
			action: fc.constant(7),
			detail: fc.record({
				kind: fc.constant('passcode' as const),
				code,
				newCode: fc.constant(null)
			})
		}),
		fc.constant({ action: 8, detail: { kind: 'cleared', at: LOCAL } } as const),
		fc.constant({ action: 17, detail: { kind: 'number', number: '0123456789abcdef' } } as const),
		fc.constant({ action: 20, detail: { kind: 'number', number: '0123456789ab' } } as const),
		fc.constant({ action: 30, detail: { kind: 'sensor', battery: 50 } } as const),
		fc.constant({
			action: 55,
			detail: { kind: 'fob', mac: '01:02:03:04:05:06', keyId: '00000007', battery: 9 }
		} as const),
		fc.constant({ action: 45, detail: { kind: 'none' } } as const),
		fc.constant({ action: 200, detail: { kind: 'other', bytes: Uint8Array.of(1, 2) } } as const)
	);
	it('every log page goes both ways', () => {
		const record = fc
			.tuple(details, local5, fc.integer({ min: 0, max: 100 }))
			.map(([detail, time, battery]): LogRecord => ({ ...detail, time, battery }));
		fc.assert(
			fc.property(fc.array(record, { minLength: 1, maxLength: 6 }), (records) => {
				const page = { next: 41, records };
				expect(parseLogPage(logPage(page), true)).toEqual(page);
			})
		);
		expect(parseLogPage(logPage({ next: null, records: [] }))).toEqual({ next: null, records: [] });
	});
	it('a known record in a strange form is kept as it is, or refused when strict', () => {
		const strange = { action: 1, time: LOCAL, battery: 5, detail: { kind: 'none' } } as const;
		const data = logPage({ next: 2, records: [strange] });
		expect(parseLogPage(data)?.records[0]?.detail).toMatchObject({ kind: 'other' });
		expect(parseLogPage(data, true)).toBeNull();
	});
	it('every page of passcodes goes both ways', () => {
		const stored: fc.Arbitrary<StoredPasscode> = fc
			.record({
				type: fc.constantFrom(...(Object.keys(PASSCODE_TYPE) as PasscodeType[])),
				...{
					code,
					original: code,
					start: local5,
					end: local5,
					cycle: fc.integer({ min: 0, max: 0xffff })
				}
			})
			.map((one) => ({
				...one,
				end: one.type === 'once' || one.type === 'period' ? one.end : null,
				cycle: one.type === 'cyclic' ? one.cycle : null
			}));
		fc.assert(
			fc.property(fc.array(stored, { maxLength: 6 }), fc.option(fc.nat(999)), (passcodes, next) => {
				expect(parsePasscodePage(passcodePage({ next, passcodes }))).toEqual({ next, passcodes });
			})
		);
		expect(parsePasscodePage(new Uint8Array(2))).toEqual({ next: null, passcodes: [] });
	});
});

it('feature words and featureValue say the same', () => {
	const value = featureValueOf([0x0044d1f7, 0x5]);
	const has = (Object.keys(FEATURE) as Feature[]).filter((name) => hasFeature(value, name));
	expect(has.map((name) => FEATURE[name])).toEqual([
		0, 1, 2, 4, 5, 6, 7, 8, 12, 14, 15, 18, 22, 32, 34
	]);
	expect(wordsOf(has)).toEqual([0x0044d1f7, 0x5]);
});

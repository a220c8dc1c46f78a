import { describe, expect, it, test } from 'vitest';
import { concat, fromHex, type Bytes } from '../../../src/lib/protocol/bytes.ts';
import type { Program, Reply } from '../../../src/lib/protocol/program.ts';
import {
	deviceInfoData,
	featuresData,
	parseAnswer,
	parseNothing,
	randomData,
	RESULTS,
	successAnswer,
	vendorWord,
	type Refusal,
	type ResultName
} from '../../../src/lib/protocol/ttlock/answers.ts';
import { getAesKey, OPCODE, type Command } from '../../../src/lib/protocol/ttlock/commands.ts';
import {
	changePassage,
	changePasscodes,
	readLogs
} from '../../../src/lib/protocol/ttlock/exchanges.ts';
import {
	openAnswer,
	parseFrame,
	Reassembler,
	sealAnswer,
	sealCommand
} from '../../../src/lib/protocol/ttlock/frame.ts';
import { DEFAULT_AES_KEY } from '../../../src/lib/protocol/ttlock/grant.ts';
import type { AdminGrant } from '../../../src/lib/protocol/ttlock/offline.ts';
import { pair } from '../../../src/lib/protocol/ttlock/pairing.ts';
import { CUSTOM_CAPACITY } from '../../../src/lib/protocol/ttlock/passcodes.ts';
import {
	addressOf,
	open,
	resultOf,
	type Exchange,
	type Reached
} from '../../../src/lib/protocol/ttlock/programs.ts';
import {
	inquire,
	listAll,
	perform,
	readLog,
	release
} from '../../../src/lib/protocol/ttlock/upkeep.ts';
import { getStatus } from '../../../src/lib/protocol/ttlock/writes.ts';
import { VirtualDoorLock } from '../../../src/lib/virtual/ttlock/door-lock.ts';
import { Air, HEADER, HOUR, paired, wishOf } from './air.ts';

const AT = 1_795_345_200;
type Home = ReturnType<typeof paired>;

/** One raw command, whatever it is answered with. */
function raw(command: Command): Exchange<true> {
	return { command, parse: parseNothing, repeatable: false };
}

/** What the last of some exchanges was refused with, as the owner. */
function asOwner({ air, admin }: Home, ...exchanges: Exchange<unknown>[]): ResultName {
	const last = air.run(perform(admin, exchanges)).reached.at(-1);
	return resultOf(last as Extract<Reached<unknown>, { kind: 'done' | 'refused' }>);
}

/** The same without logging in. */
function asAnyone({ air, admin }: Home, ...exchanges: Exchange<unknown>[]): ResultName {
	const last = air.run(inquire(addressOf(admin), exchanges)).reached.at(-1);
	return resultOf(last as Extract<Reached<unknown>, { kind: 'done' | 'refused' }>);
}

function asGuest({ air, admin }: Home, change: Partial<AdminGrant>): ResultName | null {
	const { refused, opening } = air.run(open({ ...admin, ...change }, AT));
	return refused ?? opening;
}

function loggedIn({ air, admin }: Home, change: Partial<AdminGrant>): ResultName {
	const end = air.run(perform({ ...admin, ...change }, []));
	return end.end === 'refused' ? end.result : 'success';
}

function passcode(home: Home, code: string): Exchange<unknown> {
	const [start, end] = [home.air.local, home.air.local + HOUR];
	return changePasscodes({ op: 'add', type: 'period', code, start, end });
}

function passage(from: number): Exchange<unknown> {
	const rule = { repeats: 'weekly', day: 1, month: 0, from, until: from + 1 } as const;
	return changePassage({ op: 'add', rule });
}

/** How each refusal comes about at a lock that was paired, and what the phone makes of it. */
const HAPPENS: Partial<Record<Refusal, (home: Home) => ResultName | null>> = {
	'crc-error': ({ air, admin }) => {
		const key = fromHex(admin.aesKey);
		const bytes = sealCommand(HEADER, getStatus(), key);
		bytes[14]! ^= 4;
		air.connect();
		const said = air.lock.receive({ kind: 'write', bytes }, air.now);
		const pieces = said.map((output) => ('notify' in output ? output.notify : new Uint8Array(0)));
		return parseAnswer(openAnswer(parseFrame(concat(...pieces))!, key)!)!.result;
	},
	'no-permission': (home) => asAnyone(home, passcode(home, '246810')),
	'wrong-admin': (home) => loggedIn(home, { adminPwd: 1 }),
	'no-storage': (home) => asOwner(home, ...Array.from({ length: 33 }, (_, at) => passage(at))),
	'in-setting-mode': ({ air, admin }) => {
		air.happen({ kind: 'reset-button' });
		return asGuest({ air, admin } as Home, { aesKey: DEFAULT_AES_KEY });
	},
	'no-admin': ({ air, admin, lock }) => {
		const { flash } = air.saved;
		const ownerless = { ...flash, owner: null, settingMode: false };
		air.lock = new VirtualDoorLock({ ...air.saved, flash: ownerless });
		return asGuest({ air, admin, lock }, { aesKey: DEFAULT_AES_KEY });
	},
	'not-in-setting-mode': ({ air }) => {
		const address = { header: HEADER, aesKey: fromHex(DEFAULT_AES_KEY) };
		const [key] = air.run(inquire(address, [raw(getAesKey())])).reached;
		return key?.kind === 'refused' ? key.result : null;
	},
	'wrong-random': (home) => asGuest(home, { lockKey: 5 }),
	'no-power': (home) => {
		home.air.happen({ kind: 'power-cut', battery: 2 });
		return asGuest(home, {});
	},
	'invalid-key': (home) => asGuest(home, { lockFlagPos: 4 }),
	'ekey-expired': (home) =>
		asGuest(home, { startDate: home.air.utc - 2 * HOUR, endDate: home.air.utc - HOUR }),
	'ekey-not-yet-valid': (home) =>
		asGuest(home, { startDate: home.air.utc + HOUR, endDate: home.air.utc + 2 * HOUR }),
	'passcode-length': (home) =>
		asOwner(home, raw({ opcode: OPCODE.setAdminPasscode, data: Uint8Array.of(1, 2, 3) })),
	'wrong-aes-key': (home) => asGuest(home, { aesKey: '00'.repeat(16) }),
	failed: (home) => asGuest(home, { lockVersion: { ...HEADER, groupId: 2 } }),
	'passcode-exists': (home) => asOwner(home, passcode(home, '246810'), passcode(home, '246810')),
	'passcode-not-found': (home) =>
		asOwner(home, changePasscodes({ op: 'remove', type: 'period', code: '1357' })),
	'passcodes-full': (home) => {
		const codes = Array.from({ length: CUSTOM_CAPACITY + 1 }, (_, i) => String(100_000 + i));
		return asOwner(home, ...codes.map((code) => passcode(home, code)));
	},
	'parameter-length': (home) =>
		asAnyone(home, raw({ opcode: OPCODE.getLogs, data: Uint8Array.of(1) })),
	'invalid-command': (home) =>
		asOwner(home, raw({ opcode: OPCODE.deadLock, data: Uint8Array.of(1) })),
	'invalid-data': (home) => asOwner(home, raw({ opcode: OPCODE.passcode, data: Uint8Array.of(9) })),
	'record-not-found': (home) => asAnyone(home, readLogs(77, true))
};

/** Given by locks that have what these doors have not: cards, Wi-Fi, a dead bolt, a gateway that freezes. */
const FOREIGN: readonly Refusal[] = [
	'was-reset',
	'passcodes-were-reset',
	'passcode-index',
	'passcode-is-delete-code',
	'card-not-found',
	'fingerprint-exists',
	'fingerprint-not-found',
	'frozen',
	'dead-bolt',
	'wifi-name',
	'wifi-password'
];

describe('every reason of a lock reaches the phone by its name', () => {
	it('is played here, or given by other locks only', () => {
		const all = Object.keys(RESULTS).filter((name) => name !== 'success');
		expect([...Object.keys(HAPPENS), ...FOREIGN].toSorted()).toEqual(all.toSorted());
	});

	test.each(Object.entries(HAPPENS))('%s', (name, happens) => {
		const home = paired();
		const before = home.air.saved.flash;
		expect(happens(home)).toBe(name);
		// What was refused has not opened, and the lock still has its owner, unless somebody took it away.
		expect(home.air.lock.view().bolt).toBe('locked');
		if (!['in-setting-mode', 'no-admin'].includes(name))
			expect(home.air.saved.flash.owner).toEqual(before.owner);
	});
});

/** Has a conversation with a lock that answers one command with this byte, and all before it rightly. */
function refusedAt<Event extends { kind: string }, Outcome>(
	program: Program<Event, Outcome>,
	at: { opcode: number; code: number; key: Bytes }
): { outcome: Outcome; told: string[] } {
	const reassembler = new Reassembler();
	const told: string[] = [];
	let answer: Bytes | undefined;
	let step = program.next();
	for (let steps = 0; !step.done; steps++) {
		if (steps > 500) throw new Error('it does not end');
		const { value } = step;
		let reply: Reply | undefined;
		if ('tell' in value) told.push(value.tell.kind);
		else if ('receive' in value) [reply, answer] = [answer ?? 'silent', undefined];
		else
			for (const received of reassembler.feed(value.send)) {
				if (received.kind !== 'frame') continue;
				const { command } = received.frame;
				const plain =
					command === at.opcode
						? Uint8Array.of(command, 0, at.code)
						: successAnswer(command, dataOf(command, at.key));
				const isFactory = command === OPCODE.greet || command === OPCODE.getAesKey;
				answer = sealAnswer(HEADER, plain, isFactory ? fromHex(DEFAULT_AES_KEY) : at.key);
			}
		step = program.next(reply);
	}
	return { outcome: step.value, told };
}

function dataOf(opcode: number, key: Bytes): Bytes {
	if (opcode === OPCODE.getAesKey) return key;
	if (opcode === OPCODE.checkUserTime || opcode === OPCODE.checkAdmin) return randomData(7);
	if (opcode === OPCODE.addAdmin) return vendorWord();
	if (opcode === OPCODE.getFeatures) return featuresData({ battery: 90, words: [0] });
	if (opcode === OPCODE.getDeviceInfo) return deviceInfoData('1.0');
	return new Uint8Array(0);
}

describe('whatever byte a lock refuses with', () => {
	const { admin, lock } = paired();
	const key = fromHex(lock.keys.aesKey);
	const CODES = Array.from({ length: 256 }, (_, code) => code);
	const nameOf = (code: number): ResultName => {
		const known = Object.entries(RESULTS).find(([, one]) => one.code === code);
		return (known?.[0] as ResultName | undefined) ?? 'unknown';
	};

	it('an opening ends, named, and is never told open', () => {
		for (const code of CODES) {
			const asked = refusedAt(open(admin, AT), { opcode: OPCODE.checkUserTime, code, key });
			expect(asked.outcome).toMatchObject({
				refused: nameOf(code),
				opening: null,
				end: 'finished'
			});
			expect(asked.told).not.toContain('writing');
			const moved = refusedAt(open(admin, AT), { opcode: OPCODE.unlock, code, key });
			expect(moved.outcome).toMatchObject({
				refused: null,
				opening: nameOf(code),
				end: 'finished'
			});
			expect(moved.told).not.toContain('opened');
			// Written once, unless the lock says that it came damaged.
			expect(moved.told.filter((kind) => kind === 'writing')).toHaveLength(1);
		}
	});

	it('upkeep, lists, log and release end, named', () => {
		for (const code of CODES) {
			const refused = { end: 'refused', result: nameOf(code) };
			const login = { opcode: OPCODE.checkAdmin, code, key };
			expect(refusedAt(perform(admin, []), login).outcome).toMatchObject(refused);
			expect(refusedAt(release(admin), login).outcome).toMatchObject(refused);
			const reset = { opcode: OPCODE.reset, code, key };
			expect(refusedAt(release(admin), reset).outcome).toEqual(refused);
			const list = { opcode: OPCODE.listPasscodes, code, key };
			expect(refusedAt(listAll(admin), list).outcome).toEqual({ ...refused, passcodes: [] });
			const log = { opcode: OPCODE.getLogs, code, key };
			// The cursor that was asked with is kept for the next time; a stale one began anew.
			expect(refusedAt(readLog(addressOf(admin), 0), log).outcome).toEqual({
				...refused,
				cursor: 0
			});
			expect(refusedAt(readLog(addressOf(admin), 9), log).told).toContain('from-the-start');
		}
	});

	it('a pairing ends, named, and says whose the lock is', () => {
		for (const code of CODES) {
			const air = new Air();
			const at = (opcode: number) => refusedAt(pair(wishOf(air)), { opcode, code, key }).outcome;
			const asked = at(OPCODE.getAesKey);
			if (asked.end !== 'foreign')
				expect(asked).toEqual({ end: 'refused', step: 'key', result: nameOf(code), owned: 'no' });
			expect(at(OPCODE.addAdmin)).toEqual({
				end: 'refused',
				step: 'owner',
				result: nameOf(code),
				// A copy of the frame may have been taken before.
				owned: ['crc-error', 'not-in-setting-mode'].includes(nameOf(code)) ? 'maybe' : 'no'
			});
			// Ours by then: what else it refuses is left out.
			expect(at(OPCODE.setPasscodeSeed)).toMatchObject({
				end: 'paired',
				lock: { randomPasscodes: false }
			});
		}
	});
});

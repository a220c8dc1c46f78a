import { expect, it, test } from 'vitest';
import { concat, fromHex, toHex, type Bytes } from '../../../src/lib/protocol/bytes.ts';
import { parseAnswer } from '../../../src/lib/protocol/ttlock/answers.ts';
import { OPCODE, type Command } from '../../../src/lib/protocol/ttlock/commands.ts';
import {
	openAnswer,
	Reassembler,
	sealCommand,
	type Header
} from '../../../src/lib/protocol/ttlock/frame.ts';
import { open } from '../../../src/lib/protocol/ttlock/programs.ts';
import {
	getClock,
	getFeatures,
	getStatus,
	setAutoLock
} from '../../../src/lib/protocol/ttlock/writes.ts';
import { changePassage } from '../../../src/lib/protocol/ttlock/exchanges.ts';
import { perform } from '../../../src/lib/protocol/ttlock/upkeep.ts';
import { factoryState, VirtualDoorLock } from '../../../src/lib/virtual/ttlock/door-lock.ts';
import { DAY, HEADER, HOUR, LOCAL, numbers, paired } from '../../pair/ttlock/air.ts';

const STRICT = { header: HEADER };

/** Writes bytes in one go and reads every answer. */
function say(at: ReturnType<typeof paired>, bytes: Bytes): (string | undefined)[] {
	const { air, admin } = at;
	if (!air.connected) air.connect();
	const reassembler = new Reassembler();
	const heard: (string | undefined)[] = [];
	for (const output of air.lock.receive({ kind: 'write', bytes }, air.now)) {
		if (!('notify' in output)) continue;
		expect(output.notify.length).toBeLessThanOrEqual(20);
		for (const received of reassembler.feed(output.notify)) {
			if (received.kind !== 'frame') continue;
			const plain = openAnswer(received.frame, fromHex(admin.aesKey));
			heard.push(plain ? parseAnswer(plain)?.result : 'unreadable');
		}
	}
	return heard;
}
function frame(
	at: ReturnType<typeof paired>,
	command: Command,
	header: Header = STRICT.header
): Bytes {
	return sealCommand(header, command, fromHex(at.admin.aesKey));
}

test('a damaged frame is told as such; the same bytes again are understood', () => {
	const at = paired();
	const good = frame(at, getStatus());
	const bad = good.slice();
	bad[14]! ^= 4;
	expect(say(at, bad)).toEqual(['crc-error']);
	expect(say(at, good)).toEqual(['success']);
});

test('frames joined, split and with noise between them are all heard', () => {
	const at = paired();
	const [one, two] = [frame(at, getStatus()), frame(at, getClock())];
	expect(say(at, concat(one, two))).toEqual(['success', 'success']);
	expect(
		say(at, concat(Uint8Array.of(0x7f, 1, 0x7f, 0x5a), one, Uint8Array.of(0x0d, 0x0a), two))
	).toEqual(['success', 'success']);
	const heard = [...concat(one, two)].flatMap((byte) => say(at, Uint8Array.of(byte)));
	expect(heard).toEqual(['success', 'success']);
});

test('half a frame is forgotten after a while, so that the next one counts', () => {
	const at = paired();
	const status = frame(at, getStatus());
	expect(say(at, status.slice(0, 12))).toEqual([]);
	at.air.wait(2_500);
	expect(say(at, status)).toEqual(['success']);
});

test('any scene will do, unless the lock is strict; another family never', () => {
	const lax = paired();
	expect(say(lax, frame(lax, getStatus(), { ...HEADER, scene: 1 }))).toEqual(['success']);
	expect(say(lax, frame(lax, getStatus(), { ...HEADER, groupId: 2 }))).toEqual(['failed']);
	expect(say(lax, frame(lax, getStatus(), { ...HEADER, protocolVersion: 4 }))).toEqual(['failed']);
	const strict = paired({ strict: true });
	expect(say(strict, frame(strict, getStatus(), { ...HEADER, scene: 1 }))).toEqual(['failed']);
	expect(say(strict, frame(strict, getStatus()))).toEqual(['success']);
});

test('unknown commands and wrong lengths are refused by name', () => {
	const at = paired();
	const refusals: [number, number, string][] = [
		[0x77, 0, 'invalid-command'],
		[OPCODE.card, 1, 'invalid-command'],
		[OPCODE.unlock, 7, 'wrong-random'],
		[OPCODE.checkUserTime, 16, 'invalid-data'],
		[OPCODE.checkAdmin, 10, 'parameter-length'],
		[OPCODE.getLogs, 1, 'parameter-length'],
		[OPCODE.getStatus, 3, 'invalid-data'],
		[OPCODE.passcode, 1, 'no-permission']
	];
	for (const [opcode, length, result] of refusals)
		expect([opcode, say(at, frame(at, { opcode, data: new Uint8Array(length).fill(1) }))]).toEqual([
			opcode,
			[result]
		]);
});

test('one connection at a time, ended after ten seconds of silence', () => {
	const { air, admin } = paired();
	air.connect();
	const entropy = new Uint8Array(16);
	expect(air.lock.receive({ kind: 'connect', entropy }, air.now)).toEqual([{ refused: 'taken' }]);
	air.wait(9_900);
	expect(air.connected).toBe(true);
	air.wait(200);
	expect(air.connected).toBe(false);
	expect(air.run(open(admin, 1)).opening).toBe('success');
	expect(() =>
		new VirtualDoorLock(air.saved).receive({ kind: 'connect', entropy: new Uint8Array(3) }, 0)
	).toThrow(expect.objectContaining({ code: 'bad-length' }));
});

it('says nothing before notifications are on, and what was proven ends with the link', () => {
	const at = paired();
	const { air, admin } = at;
	air.lock.receive({ kind: 'connect', entropy: new Uint8Array(16).fill(9) }, air.now);
	const unheard = air.lock.receive({ kind: 'write', bytes: frame(at, getFeatures()) }, air.now);
	expect(unheard).toEqual([]);
	air.lock.receive({ kind: 'disconnect' }, air.now);
	air.run(perform(admin, []));
	expect(say(at, frame(at, setAutoLock(9)))).toEqual(['success']);
	air.disconnect();
	expect(say(at, frame(at, setAutoLock(9)))).toEqual(['no-permission']);
});

it('stays open in the hours of its passage mode, and locks when they are over', () => {
	const { air, admin } = paired();
	const rule = { repeats: 'weekly', day: 7, month: 0, from: 9 * 60, until: 12 * 60 } as const;
	air.run(perform(admin, [changePassage({ op: 'add', rule })]));
	air.run(open(admin, 1));
	air.disconnect();
	air.wait(HOUR);
	expect(air.lock.view().bolt).toBe('unlocked');
	air.wait(HOUR + 60_000);
	expect(air.lock.view().bolt).toBe('locked');
});

it('notes what is done by hand', () => {
	const { air } = paired();
	for (const by of ['inside', 'key'] as const) {
		air.happen({ kind: 'turn', by, to: 'unlock' });
		air.happen({ kind: 'turn', by, to: 'lock' });
	}
	expect(air.saved.flash.log.records.map(({ action }) => action)).toEqual([32, 47, 27, 36]);
});

it('has its clock wrong after a power cut, and is otherwise as it was', () => {
	const { air, admin } = paired();
	air.happen({ kind: 'power-cut', battery: 80 });
	expect(air.lock.view()).toMatchObject({
		clock: { local: Date.UTC(2000, 1, 1) },
		battery: 80,
		settingMode: false
	});
	expect(air.run(open(admin, 1)).opening).toBe('success');
});

it('plays doors only', () => {
	const identity = {
		mac: 'C4:54:12:32:3B:D8',
		hardwareType: 'P1',
		firmware: '1',
		clock: LOCAL,
		at: 0
	};
	expect(() => factoryState({ ...identity, scene: 7 })).toThrow(
		expect.objectContaining({ code: 'bad-hardware' })
	);
});

it('takes 100,000 random pieces without a throw, and still opens', () => {
	const { air, admin } = paired();
	const random = numbers(21);
	for (let i = 0; i < 100_000; i++) {
		if (i % 1_000 === 0) {
			air.disconnect();
			air.connect();
		}
		const bytes = Uint8Array.from({ length: 1 + random(24) }, () => random(256));
		if (random(3) === 0) bytes.set([0x7f, 0x5a, 5, 3].slice(0, bytes.length));
		for (const output of air.lock.receive({ kind: 'write', bytes }, air.now))
			if ('save' in output) throw new Error(`noise was saved: ${toHex(bytes)}`);
	}
	air.disconnect();
	air.wait(DAY);
	expect(air.run(open(admin, 1)).opening).toBe('success');
}, 30_000);

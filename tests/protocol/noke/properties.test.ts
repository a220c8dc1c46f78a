import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../src/lib/protocol/bytes.ts';
import {
	openServerPacket,
	parseAcknowledgement,
	parseAnswer,
	serverPacket
} from '../../../src/lib/protocol/noke/answers.ts';
import {
	isAuthentic,
	masterCommand,
	parseFirstBlock,
	SLOTS
} from '../../../src/lib/protocol/noke/commands.ts';
import { addLock, CREDENTIALS, parseAddLock } from '../../../src/lib/protocol/noke/fob.ts';
import {
	mix,
	openAnswer,
	openCommand,
	sealAnswer,
	sealCommand
} from '../../../src/lib/protocol/noke/frame.ts';
import { mintOfflineGrant } from '../../../src/lib/protocol/noke/grant.ts';
import {
	offlineUnlockPacket,
	scheduledUnlockPacket
} from '../../../src/lib/protocol/noke/offline.ts';
import {
	parseQuickClick,
	parseSetQuickClick,
	QUICK_CLICKS,
	quickClickBody,
	setQuickClick
} from '../../../src/lib/protocol/noke/quick-clicks.ts';
import { parseRecord, recordBody } from '../../../src/lib/protocol/noke/records.ts';
import {
	FOR_EVER,
	getLogs,
	opening,
	parseGetLogs,
	parseSetKey,
	parseSetUp,
	parseSetSettings,
	setKey,
	setSettings,
	setUp
} from '../../../src/lib/protocol/noke/writes.ts';

const exactly = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const [block, session] = [exactly(16), exactly(20)];
const byte = fc.integer({ min: 0, max: 255 });
const u32 = fc.integer({ min: 0, max: 0xffffffff });
const code = (name: string) => expect.objectContaining({ code: name });

/** Bits of the presses in a body of type 77 that its length does not cover. */
function excess(body: Uint8Array): number {
	const presses = body[3]! + 256 * body[4]! + 65536 * body[5]!;
	return Math.floor(presses / 2 ** body[2]!);
}

describe('what comes from the air never throws', () => {
	it('as an answer, of any length', () => {
		fc.assert(
			fc.property(fc.oneof(session, fc.uint8Array({ maxLength: 40 })), (packet) => {
				expect(parseAnswer(packet).kind).toMatch(/^(result|shutdown|server|ignored)$/);
				if (packet.length !== 20) expect(parseAnswer(packet)).toEqual({ kind: 'ignored' });
			})
		);
	});

	it('as a packet for the server, which no stranger can make', () => {
		const random = fc.oneof(session, fc.uint8Array({ maxLength: 40 }));
		fc.assert(
			fc.property(block, u32, session, random, (key, epoch, state, packet) => {
				packet[0] = 0x50;
				expect(openServerPacket({ key, epoch }, state, packet)).toBeNull();
			})
		);
	});

	it('as the body of an acknowledgement or a record', () => {
		fc.assert(
			fc.property(exactly(9), (body) => {
				expect(parseAcknowledgement(body).epoch).toBeGreaterThanOrEqual(0);
				expect([...recordBody(parseRecord(body))]).toEqual([...body]);
				const left = parseQuickClick(body);
				if (left) expect(quickClickBody(left)).toEqual(body);
				else expect(body[2]! < 3 || body[2]! > 24 || excess(body) > 0).toBe(true);
			})
		);
	});

	it('as the data of a command', () => {
		const data = fc.oneof(exactly(32), exactly(16), fc.uint8Array({ maxLength: 64 }));
		fc.assert(
			fc.property(byte, byte, data, (opcode, argument, bytes) => {
				const command = { opcode, argument, data: bytes };
				const slot = parseSetKey(command);
				if (slot) expect(setKey(argument, slot).data).toEqual(bytes);
				const wanted = parseSetUp(command);
				if (wanted) expect(setUp(argument, wanted).data).toEqual(bytes);
				const cursor = parseGetLogs(command);
				if (cursor !== null) expect(getLogs(cursor).data).toEqual(bytes);
				const click = parseSetQuickClick(command);
				if (click) expect(setQuickClick(argument, click).data).toEqual(bytes);
				const settings = parseSetSettings(command);
				if (settings) expect(setSettings(settings).data).toEqual(bytes);
				const credential = parseAddLock(command);
				if (credential) expect(addLock(argument, credential).data).toEqual(bytes);
			})
		);
	});
});

describe('building and parsing are inverse', () => {
	it('for blocks in both directions', () => {
		fc.assert(
			fc.property(exactly(4), block, block, session, (head, plain, key, state) => {
				expect(openCommand(sealCommand(head, plain, key, state), key, state)).toEqual(plain);
				expect(openAnswer(sealAnswer(head, plain, key, state), key, state)).toEqual(plain);
			})
		);
	});

	it('for server packets', () => {
		const header = fc.record({ type: byte, id: byte, ordinal: byte });
		fc.assert(
			fc.property(block, u32, session, header, exactly(9), (key, epoch, state, head, body) => {
				const packet = serverPacket({ key, epoch }, state, head, body);
				expect(openServerPacket({ key, epoch }, state, packet)).toEqual({ ...head, body });
			})
		);
	});

	it('for windows of slots', () => {
		const slot = fc.integer({ min: 1, max: SLOTS });
		fc.assert(
			fc.property(slot, block, u32, u32, (number, key, a, b) => {
				const [from, until] = [Math.min(a, b), Math.max(a, b)];
				expect(parseSetKey(setKey(number, { key, from, until }))).toEqual({ key, from, until });
				if (from !== until)
					expect(parseSetKey(setKey(number, { key, from: until, until: from }))).toBeNull();
				expect(parseSetKey(setKey(0, { key, from, until }))).toBeNull();
				expect(parseSetKey(setKey(SLOTS + 1, { key, from, until }))).toBeNull();
			})
		);
	});
});

const presses = fc
	.array(fc.constantFrom('0', '1'), { minLength: 3, maxLength: 24 })
	.map((all) => all.join(''));

describe('quick clicks', () => {
	it('reach the lock press for press', () => {
		const uses = fc.integer({ min: 1, max: 255 });
		const position = fc.integer({ min: 1, max: QUICK_CLICKS });
		fc.assert(
			fc.property(position, presses, uses, fc.boolean(), (at, code, count, capped) => {
				const click = { code, uses: count, capped };
				const command = setQuickClick(at, click);
				expect(parseSetQuickClick(command)).toEqual(click);
				expect(command.data[1]! & 1).toBe(Number(code[0]));
				for (const wrong of [0, QUICK_CLICKS + 1])
					expect(parseSetQuickClick({ ...command, argument: wrong })).toBeNull();
			})
		);
	});

	it('are refused with any byte that says something else', () => {
		const { data } = setQuickClick(7, { code: '0110', uses: 3, capped: true });
		const changed = (at: number, value: number) => {
			const bytes = data.slice();
			bytes[at] = value;
			return { opcode: 0xa6, argument: 7, data: bytes };
		};
		for (const [at, value] of [
			[0, 2],
			[0, 25],
			[1, 0x16],
			[3, 1],
			[4, 0],
			[5, 2],
			[6, 1],
			[15, 1]
		] as const)
			expect(parseSetQuickClick(changed(at, value)), `${at}`).toBeNull();
	});

	it.each(['', '01', '0'.repeat(25), '012', '01 1', '٠٠٠'])('%j is no code', (text) => {
		expect(() => setQuickClick(1, { code: text, uses: 1, capped: false })).toThrow(
			code('bad-field')
		);
	});
});

describe('fob credentials', () => {
	it('reach the fob as they are', () => {
		const number = fc.integer({ min: 1, max: SLOTS });
		fc.assert(
			fc.property(number, block, exactly(6), number, (position, key, address, slot) => {
				const mac = toHex(address).toUpperCase().match(/../g)!.join(':');
				const command = addLock(position, { key, mac, slot });
				expect(command.data.slice(16, 22)).toEqual(address);
				expect(parseAddLock(command)).toEqual({ key, mac, slot });
				for (const wrong of [0, CREDENTIALS + 1])
					expect(parseAddLock({ ...command, argument: wrong })).toBeNull();
			})
		);
	});

	it('want a MAC of six octets', () => {
		const key = new Uint8Array(16);
		expect(() => addLock(1, { key, mac: 'F1:E2:D3:C4:B5', slot: 1 })).toThrow(code('bad-length'));
		expect(() => addLock(1, { key, mac: 'ZZ:E2:D3:C4:B5:A6', slot: 1 })).toThrow(code('bad-hex'));
	});
});

describe('offline keys', () => {
	it('reach the lock with their time, under their own key alone', () => {
		const slot = fc.integer({ min: 1, max: SLOTS });
		fc.assert(
			fc.property(block, slot, session, u32, block, (key, number, state, at, other) => {
				const grant = mintOfflineGrant(key, number);
				const packet = offlineUnlockPacket({ ...grant, session: state, at });
				const first = parseFirstBlock(openCommand(packet, key, state), 0)!;
				expect(first).toMatchObject({ opcode: 0xa2, argument: number, time: at });
				expect(isAuthentic(key, first, new Uint8Array(0), 0, 0)).toBe(true);
				expect(isAuthentic(other, first, new Uint8Array(0), 0, 0)).toBe(
					toHex(other) === toHex(key)
				);
			})
		);
	});

	it('refuse what is not theirs', () => {
		const grant = mintOfflineGrant(fromHex('00'.repeat(16)), 1);
		const state = new Uint8Array(20);
		for (const at of [-1, 0.5, NaN, 2 ** 32])
			expect(() => offlineUnlockPacket({ ...grant, session: state, at })).toThrow(
				code('bad-field')
			);
		for (const slot of [0, SLOTS + 1])
			expect(() => mintOfflineGrant(state.subarray(4), slot)).toThrow(code('bad-field'));
		const wrong = [
			{ ...grant, offlineKey: '00' },
			{ ...grant, unlockCommand: `${grant.unlockCommand}00` },
			{ ...grant, session: state.subarray(1) }
		];
		for (const input of wrong)
			expect(() => scheduledUnlockPacket({ session: state, ...input })).toThrow(code('bad-length'));
	});
});

describe('our own misuse is found before anything is sent', () => {
	const master = { key: new Uint8Array(16), epoch: 1 };
	const at = { id: 1, time: 0, session: new Uint8Array(20) };

	it.each([0, 256, -1, NaN])('command id %d', (id) => {
		expect(() => masterCommand(master, opening('unlock', 0), { ...at, id })).toThrow(
			code('bad-field')
		);
	});

	it.each([-1, 256])('argument %d', (argument) => {
		expect(() => masterCommand(master, opening('unlock', argument), at)).toThrow(code('bad-field'));
	});

	it('data that fills no block', () => {
		const command = { opcode: 0xb0, argument: 1, data: new Uint8Array(15) };
		expect(() => masterCommand(master, command, at)).toThrow(code('bad-field'));
	});

	it('a key, a session or a body of another length', () => {
		expect(() => mix(new Uint8Array(15), at.session)).toThrow(code('bad-length'));
		expect(() => mix(master.key, new Uint8Array(15))).toThrow(code('bad-length'));
		const header = { type: 0x75, id: 1, ordinal: 0 };
		expect(() => serverPacket(master, at.session, header, new Uint8Array(8))).toThrow(
			code('bad-length')
		);
	});
});

it('a slot for ever is one whose window is everything', () => {
	const key = new Uint8Array(16);
	expect(parseSetKey(setKey(1, { key, from: 0, until: FOR_EVER }))?.until).toBe(0xffffffff);
});

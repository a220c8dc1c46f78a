import { describe, expect, it } from 'vitest';
import { forward, mac } from '../../../src/lib/protocol/aes.ts';
import { ascii, fromHex, toHex, type Bytes } from '../../../src/lib/protocol/bytes.ts';
import {
	acknowledgementBody,
	openServerPacket,
	parseAcknowledgement,
	parseAnswer,
	RESULTS,
	resultPacket,
	serverPacket,
	shutdownPacket
} from '../../../src/lib/protocol/noke/answers.ts';
import {
	digestOfWrites,
	firstBlock,
	isAuthentic,
	masterCommand,
	OPCODE,
	parseFirstBlock,
	type Command
} from '../../../src/lib/protocol/noke/commands.ts';
import {
	addLock,
	clearLocks,
	parseAddLock,
	removeLock
} from '../../../src/lib/protocol/noke/fob.ts';
import { mix, openCommand } from '../../../src/lib/protocol/noke/frame.ts';
import { deriveKey, mintOfflineGrant } from '../../../src/lib/protocol/noke/grant.ts';
import {
	offlineUnlockPacket,
	scheduledUnlockPacket
} from '../../../src/lib/protocol/noke/offline.ts';
import {
	clearQuickClick,
	getQuickClicks,
	parseQuickClick,
	parseSetQuickClick,
	quickClickBody,
	setQuickClick
} from '../../../src/lib/protocol/noke/quick-clicks.ts';
import { parseRecord, recordBody } from '../../../src/lib/protocol/noke/records.ts';
import * as writes from '../../../src/lib/protocol/noke/writes.ts';
import { makeScheme } from '../../vectors/make-scheme.ts';
import { readScheme } from '../../vectors/read.ts';

const scheme = readScheme();

it('the examples are what the independent implementation makes', () => {
	expect(scheme).toEqual(JSON.parse(JSON.stringify(makeScheme())));
});

describe('primitives', () => {
	it.each(scheme.mixes)('mix: $key', ({ key, session, expect: want }) => {
		expect(toHex(mix(fromHex(key), fromHex(session)))).toBe(want);
	});

	it.each(scheme.macs)('MAC of "$message"', ({ key, message, authKey, expect: want }) => {
		expect(toHex(forward(fromHex(key), ascii('hasp lock scheme')))).toBe(authKey);
		expect(toHex(mac(fromHex(authKey), fromHex(message)))).toBe(want);
	});

	it.each(scheme.keys)(
		'K($generation, $epoch, $slot)',
		({ root, generation, epoch, slot, expect: want }) => {
			expect(toHex(deriveKey(fromHex(root), generation!, epoch!, slot!))).toBe(want);
		}
	);

	it.each(scheme.digests)('digest $expect', ({ key, writes: list, expect: want }) => {
		const commands = list.map((write) => ({ ...write, data: fromHex(write.data) }));
		expect(toHex(digestOfWrites(fromHex(key), commands))).toBe(want);
	});
});

/** The command built again from its fields by the builder of its opcode. */
function rebuilt(command: Command): Command {
	const { opcode, argument } = command;
	switch (opcode) {
		case OPCODE.setKey:
			return writes.setKey(argument, writes.parseSetKey(command)!);
		case OPCODE.setUp:
			return writes.setUp(argument, writes.parseSetUp(command)!);
		case OPCODE.getLogs:
			return writes.getLogs(writes.parseGetLogs(command)!);
		case OPCODE.removeKey:
			return writes.removeKey(argument);
		case OPCODE.reset:
			return writes.reset();
		case OPCODE.shutDown:
			return writes.shutDown();
		case OPCODE.setQuickClick:
			return setQuickClick(argument, parseSetQuickClick(command)!);
		case OPCODE.clearQuickClick:
			return clearQuickClick(argument);
		case OPCODE.getQuickClicks:
			return getQuickClicks();
		case OPCODE.setSettings:
			return writes.setSettings(writes.parseSetSettings(command)!);
		case OPCODE.engage:
			return writes.engage(argument);
		case OPCODE.firmwareUpdate:
			return writes.firmwareUpdate();
		case OPCODE.addLock:
			return addLock(argument, parseAddLock(command)!);
		case OPCODE.clearLocks:
			return clearLocks();
		case OPCODE.removeLock:
			return removeLock(argument);
		case OPCODE.setUpFob:
			return writes.setUpFob(argument, writes.parseSetUp(command)!);
		default:
			return writes.opening(opcode === OPCODE.unlock ? 'unlock' : 'unshackle', argument);
	}
}

describe.each(scheme.commands)('command: $name', ({ input, expect: want }) => {
	const { epoch, id, time, opcode, argument } = input;
	const [key, session] = [fromHex(input.masterKey), fromHex(input.session)];
	const command = { opcode, argument, data: fromHex(input.data) };

	it('is built', () => {
		expect(rebuilt(command)).toEqual(command);
		expect(toHex(firstBlock(key, command, { id, epoch, time }))).toBe(want.firstBlock);
		const packets = masterCommand({ key, epoch }, command, { id, time, session });
		expect(packets.map(toHex)).toEqual(want.packets);
	});

	it('is parsed', () => {
		const blocks = want.packets.map((packet) => openCommand(fromHex(packet), key, session));
		const first = parseFirstBlock(blocks[0]!, id)!;
		expect(toHex(first.authenticator)).toBe(want.authenticator);
		expect(first).toMatchObject({ opcode, argument, time });
		expect(blocks.slice(1).map(toHex).join('')).toBe(input.data);
		expect(isAuthentic(key, first, command.data, id, epoch)).toBe(true);
		expect(isAuthentic(key, first, command.data, id, epoch + 1)).toBe(false);
		expect(parseFirstBlock(blocks[0]!, (id % 255) + 1)).toBeNull();
	});
});

it('every opcode has an example', () => {
	const shown = new Set(scheme.commands.map(({ input }) => input.opcode));
	expect(shown).toEqual(new Set(Object.values(OPCODE)));
});

describe.each(scheme.grants)('offline grant of slot $input.slot', ({ input, expect: want }) => {
	const grant = mintOfflineGrant(fromHex(input.key), input.slot);
	const session = fromHex(input.session);

	it('is minted and used', () => {
		expect(grant).toEqual({ offlineKey: input.key, unlockCommand: want.unlockCommand });
		expect(toHex(offlineUnlockPacket({ ...grant, session, at: input.at }))).toBe(want.packet);
		expect(toHex(scheduledUnlockPacket({ ...grant, session }))).toBe(want.scheduledPacket);
	});
});

describe('app packets', () => {
	const names = Object.entries(RESULTS).map(([name, { code }]) => [code, name] as const);
	const nameOf = new Map<number, string>(names);

	it.each(scheme.appPackets)('result $input.result', ({ input, expect: want }) => {
		const result = nameOf.get(input.result) as keyof typeof RESULTS;
		expect(toHex(resultPacket(result, input.id))).toBe(want);
		expect(parseAnswer(fromHex(want))).toEqual({ kind: 'result', result, id: input.id });
	});

	it.each(scheme.shutdowns)('shutdown $expect', ({ input, expect: want }) => {
		expect(toHex(shutdownPacket(input))).toBe(want);
		expect(parseAnswer(fromHex(want))).toEqual({ kind: 'shutdown', ...input });
	});
});

describe.each(scheme.serverPackets)('server packet: $name', ({ input, expect: want }) => {
	const master = { key: fromHex(input.masterKey), epoch: input.epoch };
	const session = fromHex(input.session);
	const packet = fromHex(want.packet);

	it('is built', () => {
		const body: Bytes =
			'ack' in input
				? acknowledgementBody(input.ack)
				: 'record' in input
					? recordBody(input.record)
					: quickClickBody(input.quickClick);
		expect(toHex(body)).toBe(want.body);
		expect(toHex(serverPacket(master, session, input, body))).toBe(want.packet);
	});

	it('is opened by its own key and epoch alone', () => {
		const { type, id, ordinal } = input;
		const opened = openServerPacket(master, session, packet)!;
		expect(opened).toMatchObject({ type, id, ordinal: ordinal % 256 });
		if ('ack' in input) expect(parseAcknowledgement(opened.body)).toEqual(input.ack);
		if ('record' in input) expect(parseRecord(opened.body)).toEqual(input.record);
		if ('quickClick' in input) expect(parseQuickClick(opened.body)).toEqual(input.quickClick);
		const { key, epoch } = master;
		expect(openServerPacket({ key, epoch: epoch + 1 }, session, packet)).toBeNull();
		const other = Uint8Array.from(key, (byte) => byte ^ 1);
		expect(openServerPacket({ key: other, epoch }, session, packet)).toBeNull();
		expect(parseAnswer(packet)).toEqual({ kind: 'server', packet });
	});

	it('is refused when any bit of it is another', () => {
		for (let bit = 0; bit < 160; bit++) {
			const forged = packet.slice();
			forged[bit >> 3]! ^= 1 << (bit & 7);
			expect(openServerPacket(master, session, forged)).toBeNull();
		}
	});
});

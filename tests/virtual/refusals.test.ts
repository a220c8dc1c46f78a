import { describe, expect, it } from 'vitest';
import { firstBlock, masterCommand } from '../../src/lib/protocol/noke/commands.ts';
import { sealCommand } from '../../src/lib/protocol/noke/frame.ts';
import { mintOfflineGrant } from '../../src/lib/protocol/noke/grant.ts';
import { scheduledUnlockPacket } from '../../src/lib/protocol/noke/offline.ts';
import { RECORD_ACTION } from '../../src/lib/protocol/noke/records.ts';
import {
	FOR_EVER,
	getLogs,
	opening,
	removeKey,
	reset,
	setKey,
	shutDown
} from '../../src/lib/protocol/noke/writes.ts';
import {
	Bench,
	benchWithSlot5,
	master,
	notified,
	NOW,
	offline,
	results,
	slotKey
} from './bench.ts';

const unlock = opening('unlock', 7);
const AT = { id: 0, epoch: 0, time: NOW };

describe('before it listens', () => {
	it('drops writes while notifications are off', () => {
		const bench = benchWithSlot5().connect(false);
		expect(bench.write(bench.packets(unlock, 1)[0]!).outputs).toEqual([]);
		expect(bench.lock.view().shackle).toBe('closed');
		bench.event({ kind: 'subscribe', on: true });
		expect(results(bench.send(unlock, 1))).toEqual(['success']);
	});

	it('does not stay awake for writes that it drops', () => {
		const bench = benchWithSlot5().connect(false);
		const due = bench.lock.nextWake;
		bench.event({ kind: 'write', bytes: new Uint8Array(20) }, 5_000);
		expect(bench.lock.nextWake).toBe(due);
	});

	it('ignores a write without a link', () => {
		const bench = benchWithSlot5();
		bench.event({ kind: 'disconnect' });
		expect(bench.event({ kind: 'write', bytes: new Uint8Array(20) }).outputs).toEqual([]);
	});
});

describe('one packet at a time', () => {
	it('answers 62 to a second write before the first is answered, and opens once', () => {
		const bench = benchWithSlot5();
		const [first] = bench.packets(unlock, 1);
		const [second] = bench.packets(unlock, 1);
		expect(bench.event({ kind: 'write', bytes: first! }).results).toEqual([]);
		const hasty = bench.event({ kind: 'write', bytes: second! }, 50);
		expect(hasty.results).toEqual([{ kind: 'result', result: 'invalid-command', id: 2 }]);
		const opened = bench.runMotor();
		expect(opened.results).toEqual([{ kind: 'result', result: 'success', id: 1 }]);
		expect(opened.records.filter(({ action }) => action === RECORD_ACTION.unlocked)).toHaveLength(
			1
		);
	});

	it('answers every packet with exactly one app packet, the last of its answer', () => {
		const bench = benchWithSlot5();
		const commands = [unlock, removeKey(5), getLogs(0), opening('unshackle', 1), reset()];
		for (const packet of commands.flatMap((command) => bench.packets(command, 1))) {
			const said = bench.write(packet);
			expect(said.results).toHaveLength(1);
			expect(notified(said.outputs).at(-1)!.slice(0, 2)).toBe('51');
			expect(said.foreign).toBe(0);
		}
	});
});

describe('keys', () => {
	it('answers 61 to a stranger’s key, an empty slot and a wrong header', () => {
		const bench = benchWithSlot5();
		const { session } = bench;
		const stranger = { key: new Uint8Array(16).fill(9), epoch: 1 };
		const [packet] = masterCommand(stranger, unlock, { id: 1, time: NOW, session });
		expect(results(bench.write(packet!))).toEqual(['invalid-key']);
		expect(results(bench.write(offline(bench, NOW, 6, slotKey(6))))).toEqual(['invalid-key']);
		const [mine] = bench.packets(unlock, 1);
		for (const [at, value] of [
			[0, 0],
			[0, 3],
			[1, 1],
			[2, 0]
		] as const) {
			const changed = mine!.slice();
			changed[at] = value;
			if (at === 0 && value === 3) bench.send(removeKey(1), 1);
			expect(results(bench.write(changed)), `${at}`).toEqual(['invalid-key']);
			bench.connect();
		}
	});

	it('answers 61 under epoch 0 once it has moved on', () => {
		expect(results(benchWithSlot5().send(unlock, 0))).toEqual(['invalid-key']);
	});

	it('ends the link at the fifth wrong key in a row, with an alarm, and sleeps', () => {
		const bench = benchWithSlot5();
		const guess = () => bench.write(Uint8Array.of(2, 0, 1, 0, ...new Uint8Array(16)));
		for (let i = 0; i < 4; i++) expect(guess().disconnected).toBe(false);
		bench.send(removeKey(1), 1);
		for (let i = 0; i < 4; i++) expect(guess().disconnected).toBe(false);
		const last = guess();
		expect(results(last)).toEqual(['invalid-key']);
		expect(last.shutdown).toEqual({ kind: 'shutdown', open: false, timedOut: false });
		expect(last.disconnected).toBe(true);
		expect(bench.lock.view().awake).toBe(false);
		expect(bench.saved.flash.log.records.at(-1)?.action).toBe(RECORD_ACTION.alarmTriggered);
	});

	it.each([-1, 0, 1, 2, 3, 4])('lets a server in recovery find it at distance %i', (distance) => {
		const known = 2;
		// Also when it only asks, in commands of two parts.
		for (const command of [unlock, getLogs(0)]) {
			const bench = new Bench().connect();
			for (let epoch = 0; epoch < known + distance; epoch++) bench.commit([], epoch);
			bench.connect();
			const acks = [0, 1, -1, 2, 3, 4].flatMap((probe) => bench.send(command, known + probe).acks);
			expect(acks).toMatchObject([{ result: 0x60, epoch: known + distance }]);
			expect(bench.lock.view().connected).toBe(true);
		}
	});

	it('counts a command of several parts as one wrong key', () => {
		const bench = benchWithSlot5();
		const wrong = setKey(1, { key: slotKey(1), from: 0, until: FOR_EVER });
		for (let i = 0; i < 4; i++) expect(bench.send(wrong, 7).disconnected).toBe(false);
		const [first] = bench.packets(wrong, 7);
		expect(bench.write(first!).disconnected).toBe(true);
	});
});

describe('repetition', () => {
	it('refuses every recorded packet, now and in later sessions', () => {
		const bench = benchWithSlot5();
		const recorded = [...bench.packets(unlock, 1), offline(bench)];
		for (const packet of recorded) expect(results(bench.write(packet))).toEqual(['success']);
		for (const packet of recorded)
			expect(results(bench.write(packet))).toEqual(['invalid-command']);
		for (let i = 0; i < 50; i++) {
			bench.connect();
			for (const packet of recorded) expect(results(bench.write(packet))).toEqual(['invalid-key']);
		}
	});

	it('wants greater command ids, and greater times from a slot', () => {
		const bench = benchWithSlot5();
		const at = (id: number) => bench.sendAll(bench.packets(unlock, 1, NOW, id));
		expect(results(at(9))).toEqual(['success']);
		for (const id of [9, 8, 1]) expect(results(at(id))).toEqual(['invalid-command']);
		expect(results(at(255))).toEqual(['success']);
		const by = (time: number) => results(bench.write(offline(bench, time)));
		expect([by(100), by(100), by(99), by(0), by(101)].flat()).toEqual([
			'success',
			'invalid-command',
			'invalid-command',
			'invalid-command',
			'success'
		]);
	});

	it('takes a command without time once', () => {
		const bench = benchWithSlot5();
		const grant = mintOfflineGrant(slotKey(5), 5);
		const packet = scheduledUnlockPacket({ ...grant, session: bench.session });
		expect(results(bench.write(packet))).toEqual(['success']);
		expect(results(bench.write(packet))).toEqual(['invalid-command']);
	});

	it('does not open later what was refused for the hour', () => {
		const bench = benchWithSlot5({ from: NOW, until: NOW + 100 });
		bench.cutPower();
		bench.connect();
		const packet = offline(bench);
		expect(results(bench.write(packet))).toEqual(['out-of-schedule']);
		bench.send(removeKey(1), 1);
		expect(results(bench.write(packet))).toEqual(['invalid-command']);
	});
});

describe('rights', () => {
	it('a slot unlocks and nothing else', () => {
		const slot = { key: slotKey(5), slot: 5 };
		const opcodes = [0xa0, 0xa1, 0xa3, 0xa5, 0xa9, 0xb0, 0xb2];
		for (const opcode of opcodes) {
			const bench = benchWithSlot5();
			const said = bench.write(underSlot(bench, slot, opcode, 5));
			expect(results(said), opcode.toString(16)).toEqual(['invalid-permission']);
			expect(bench.lock.view()).toMatchObject({ shackle: 'closed', connected: true });
		}
		const bench = benchWithSlot5();
		expect(results(bench.write(underSlot(bench, slot, 0xa2, 6)))).toEqual(['invalid-data']);
		expect(results(bench.write(underSlot(bench, slot, 0xcc, 5)))).toEqual(['invalid-command']);
	});

	it.each(['2U', '3P'])('a %s answers 62 to unshackle', (hardwareType) => {
		const said = benchWithSlot5(undefined, hardwareType).send(opening('unshackle', 3), 1);
		expect(results(said)).toEqual(['invalid-command']);
		expect(said.acks[0]).toMatchObject({ opcode: 0xb2, result: 0x62, argument: 3 });
	});

	it('the master key that was before opens nothing', () => {
		const bench = benchWithSlot5();
		bench.commit([], 1);
		for (const command of [unlock, opening('unshackle', 1), getLogs(0), shutDown()]) {
			const said = bench.send(command, 1);
			expect(results(said).at(-1)).toBe('invalid-key');
			expect(said.acks).toEqual([]);
		}
		expect(bench.lock.view()).toMatchObject({ shackle: 'closed', connected: true });
		expect(master(2).epoch).toBe(2);
	});
});

/** A command in one packet under a slot's key, made by hand: no client of ours sends it. */
function underSlot(
	bench: Bench,
	{ key, slot }: { key: Uint8Array; slot: number },
	opcode: number,
	argument: number
) {
	const block = firstBlock(key, { opcode, argument, data: new Uint8Array(0) }, AT);
	return sealCommand(Uint8Array.of(4, slot, 0, 0), block, key, bench.session);
}

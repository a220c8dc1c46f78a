import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	FOR_EVER,
	getLogs,
	opening,
	removeKey,
	reset,
	setKey,
	shutDown
} from '../../src/lib/protocol/noke/writes.ts';
import { benchWithSlot5, offline, results, slotKey } from './bench.ts';

const unlock = opening('unlock', 7);

describe('malformed', () => {
	it('answers 65 to any length but 20', () => {
		const bench = benchWithSlot5();
		for (const length of [0, 1, 3, 19, 21, 64, 512]) {
			const said = bench.write(new Uint8Array(length).fill(2));
			expect(said.results).toEqual([{ kind: 'result', result: 'invalid-data', id: 0 }]);
		}
		expect(bench.lock.view().connected).toBe(true);
	});

	it.each([
		['slot 0', setKey(0, { key: slotKey(1), from: 0, until: 1 })],
		['slot 101', setKey(101, { key: slotKey(1), from: 0, until: 1 })],
		['from after until', setKey(1, { key: slotKey(1), from: 2, until: 1 })],
		['reserved bytes', { opcode: 0xb0, argument: 1, data: new Uint8Array(32).fill(1) }],
		['half the data', { opcode: 0xb0, argument: 1, data: new Uint8Array(16) }],
		['removed slot 0', removeKey(0)],
		['removed slot 101', removeKey(101)],
		['data on a removal', { opcode: 0xa3, argument: 1, data: new Uint8Array(16) }],
		['reset with an argument', { ...reset(), argument: 1 }],
		['shutdown with an argument', { ...shutDown(), argument: 1 }],
		['unlock with data', { ...unlock, data: new Uint8Array(16) }],
		['unshackle with data', { ...opening('unshackle', 1), data: new Uint8Array(16) }],
		['get logs with reserved bytes', { ...getLogs(1), data: new Uint8Array(16).fill(1) }],
		['get logs without data', { ...getLogs(1), data: new Uint8Array(0) }],
		['set up without data', { opcode: 0xa1, argument: 0, data: new Uint8Array(0) }]
	])('answers 65 to %s', (_, command) => {
		const bench = benchWithSlot5();
		const said = bench.send(command, 1);
		expect(results(said).at(-1)).toBe('invalid-data');
		expect(bench.lock.view().shackle).toBe('closed');
	});

	it('answers 65 to more parts than any command has', () => {
		const bench = benchWithSlot5();
		const [packet] = bench.packets({ ...unlock, data: new Uint8Array(48) }, 1);
		expect(results(bench.write(packet!))).toEqual(['invalid-data']);
		expect(results(bench.send(unlock, 1))).toEqual(['success']);
	});

	it('forgets a command whose parts do not follow one another', () => {
		const bench = benchWithSlot5();
		const command = setKey(1, { key: slotKey(1), from: 0, until: FOR_EVER });
		const [first, second, third] = bench.packets(command, 1);
		expect(results(bench.write(first!))).toEqual(['success']);
		expect(results(bench.write(third!))).toEqual(['invalid-key']);
		expect(results(bench.write(second!))).toEqual(['invalid-key']);
		expect(results(bench.sendAll([first!, second!]))).toEqual(['success', 'success']);
		expect(results(bench.write(new Uint8Array(3)))).toEqual(['invalid-data']);
		expect(results(bench.write(third!))).toEqual(['invalid-key']);
		expect(results(bench.sendAll([first!, second!, third!])).at(-1)).toBe('success');
	});

	it('answers 62 to opcodes that are not in the table', () => {
		for (const opcode of [0x00, 0xa4, 0xa6, 0xaa, 0xb1, 0xc0, 0xff]) {
			const said = benchWithSlot5().send({ opcode, argument: 0, data: new Uint8Array(0) }, 1);
			expect(results(said)).toEqual(['invalid-command']);
		}
	});

	it('never opens, throws or stays without an answer, whatever is written', () => {
		const writes = fc.array(
			fc.oneof(fc.uint8Array({ minLength: 20, maxLength: 20 }), fc.uint8Array())
		);
		fc.assert(
			fc.property(writes, (packets) => {
				const bench = benchWithSlot5();
				for (const packet of packets) {
					const linked = bench.lock.view().connected;
					expect(bench.write(packet).results).toHaveLength(linked ? 1 : 0);
				}
				expect(bench.lock.view().shackle).toBe('closed');
			}),
			{ numRuns: 60 }
		);
	});

	it('never opens on a packet of which one bit is another', () => {
		for (let bit = 0; bit < 160; bit++) {
			const bench = benchWithSlot5();
			const forged = (bit % 2 ? offline(bench) : bench.packets(unlock, 1)[0]!).slice();
			forged[bit >> 3]! ^= 1 << (bit & 7);
			// A part of a longer command that never comes is taken, and nothing more.
			expect(bench.write(forged).acks).toEqual([]);
			expect(bench.lock.view().shackle).toBe('closed');
		}
	});
});

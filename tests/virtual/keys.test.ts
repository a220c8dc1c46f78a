import { describe, expect, it } from 'vitest';
import { digestOfWrites } from '../../src/lib/protocol/noke/commands.ts';
import { mintOfflineGrant } from '../../src/lib/protocol/noke/grant.ts';
import { offlineUnlockPacket } from '../../src/lib/protocol/noke/offline.ts';
import {
	FOR_EVER,
	opening,
	removeKey,
	reset,
	setKey,
	setUp
} from '../../src/lib/protocol/noke/writes.ts';
import type { SavedState } from '../../src/lib/virtual/noke/state.ts';
import { activeKeys } from '../../src/lib/virtual/noke/store.ts';
import { Bench, master, NOW, results, slotKey } from './bench.ts';

const unlock = opening('unlock', 7);
const always = (slot: number) => setKey(slot, { key: slotKey(slot), from: 0, until: FOR_EVER });

function openWith(bench: Bench, slot: number): string[] {
	const grant = mintOfflineGrant(slotKey(slot), slot);
	const packet = offlineUnlockPacket({ ...grant, session: bench.session, at: NOW });
	return results(bench.write(packet));
}

function saves(outputs: readonly object[]): SavedState[] {
	return outputs.flatMap((output) => ('save' in output ? [output.save as SavedState] : []));
}

describe('staging', () => {
	it('opens nothing and closes nothing before the commit', () => {
		const bench = new Bench().connect();
		bench.commit([always(1)], 0);
		bench.connect();
		bench.send(always(2), 1);
		bench.send(removeKey(1), 1);
		expect(openWith(bench, 2)).toEqual(['invalid-key']);
		expect(openWith(bench, 1)).toEqual(['success']);
	});

	it('is forgotten with the session', () => {
		const bench = new Bench().connect();
		bench.send(always(1), 0);
		bench.connect();
		expect(results(bench.commit([], 0)).at(-1)).toBe('success');
		expect(openWith(bench, 1)).toEqual(['invalid-key']);
	});

	it('keeps the order of the writes', () => {
		const bench = new Bench().connect();
		bench.commit([always(1), always(2), reset(), always(3), always(4), removeKey(4)], 0);
		const slots = [1, 2, 3, 4].map((slot) => openWith(bench, slot)[0]);
		expect(slots).toEqual(['invalid-key', 'invalid-key', 'success', 'invalid-key']);
	});

	it('fills all hundred slots at once', () => {
		const bench = new Bench().connect();
		const all = Array.from({ length: 100 }, (_, i) => always(i + 1));
		expect(results(bench.commit(all, 0)).every((result) => result === 'success')).toBe(true);
		expect(openWith(bench, 100)).toEqual(['success']);
	});
});

describe('commit', () => {
	it('goes on in the same session under the new key alone', () => {
		const bench = new Bench().connect();
		const said = bench.commit([always(1)], 0);
		expect(said.acks).toMatchObject([{ type: 0x74, opcode: 0xa1, result: 0x60, epoch: 1 }]);
		expect(results(bench.send(unlock, 0))).toEqual(['invalid-key']);
		expect(results(bench.send(unlock, 1))).toEqual(['success']);
	});

	it.each([
		['a count that is another', 2, master(1).epoch, [always(1)]],
		['a digest of other writes', 1, 1, [always(2)]],
		['an epoch that is not greater', 1, 0, [always(1)]]
	])('is refused with %s, and the stage is emptied', (_, count, epoch, digested) => {
		const bench = new Bench().connect();
		bench.send(always(1), 0);
		const digest = digestOfWrites(master(0).key, digested);
		const said = bench.send(setUp(count, { masterKey: master(1).key, epoch, digest }), 0);
		expect(results(said).at(-1)).toBe('invalid-data');
		expect(said.acks).toMatchObject([{ type: 0x74, result: 0x65, epoch: 0 }]);
		const none = digestOfWrites(master(0).key, []);
		const empty = setUp(0, { masterKey: master(1).key, epoch: 1, digest: none });
		expect(results(bench.send(empty, 0)).at(-1)).toBe('success');
		expect(openWith(bench, 1)).toEqual(['invalid-key']);
	});

	it('may skip epochs, never go back', () => {
		const bench = new Bench().connect();
		expect(results(bench.commit([], 0, 5)).at(-1)).toBe('success');
		expect(results(bench.commit([], 5, 4)).at(-1)).toBe('invalid-data');
		expect(results(bench.commit([], 5, 5)).at(-1)).toBe('invalid-data');
		expect(results(bench.commit([], 5, 6)).at(-1)).toBe('success');
	});

	it('answers only when the pointer is flipped', () => {
		const bench = new Bench().connect();
		const { outputs } = bench.commit([], 0);
		const kinds = outputs.map((output) => Object.keys(output)[0]);
		expect(kinds.slice(-5)).toEqual(['save', 'save', 'save', 'notify', 'notify']);
	});

	it('leaves one set whole when the power goes at any durable write', () => {
		const before = new Bench().connect();
		before.commit([always(1)], 0);
		before.connect();
		before.send(reset(), 1);
		before.send(always(2), 1);
		const digest = digestOfWrites(master(1).key, [reset(), always(2)]);
		const last = setUp(2, { masterKey: master(2).key, epoch: 2, digest });
		const start = before.saved;
		const steps = [start, ...saves(before.send(last, 1).outputs)];
		expect(steps.length).toBeGreaterThanOrEqual(4);
		const epochs = steps.map((step) => {
			const { epoch, slots } = activeKeys(step.flash);
			expect(Object.keys(slots)).toEqual(epoch === 1 ? ['1'] : ['2']);
			before.cutPower(step);
			before.connect();
			expect(openWith(before, epoch)).toEqual(['success']);
			expect(results(before.send(unlock, epoch))).toEqual(['success']);
			return epoch;
		});
		expect(epochs).toEqual([1, 1, 1, 2]);
	});

	it('falls back to the other bank when the one in use has rotted', () => {
		const bench = new Bench().connect();
		bench.commit([], 0);
		const { flash } = bench.saved;
		const rotten = flash.banks.map((bank, i) =>
			bank && i === flash.pointer ? { ...bank, sum: bank.sum + 1 } : bank
		) as unknown as SavedState['flash']['banks'];
		expect(activeKeys({ ...flash, banks: rotten }).epoch).toBe(0);
		const none = { ...flash, banks: [null, null] as const };
		expect(() => activeKeys(none)).toThrow(expect.objectContaining({ code: 'damaged' }));
	});
});

describe('the previous master key', () => {
	it('recognises the writes that were lost on the way back, and the opening follows', () => {
		const bench = new Bench().connect();
		bench.commit([always(1)], 0);
		bench.connect();
		const again = bench.commit([always(1)], 0);
		expect(new Set(results(again))).toEqual(new Set(['success']));
		expect(again.acks).toMatchObject([{ type: 0x74, result: 0x60, epoch: 1 }]);
		expect(saves(again.outputs)).toEqual([]);
		expect(results(bench.send(unlock, 1))).toEqual(['success']);
	});

	it('changes nothing', () => {
		const bench = new Bench().connect();
		bench.commit([always(1)], 0);
		bench.connect();
		expect(results(bench.commit([reset(), always(3)], 0)).at(-1)).toBe('success');
		expect(openWith(bench, 3)).toEqual(['invalid-key']);
		expect(openWith(bench, 1)).toEqual(['success']);
	});

	it('gets 61 for a commit that is not the one the lock has', () => {
		const bench = new Bench().connect();
		bench.commit([], 0);
		bench.connect();
		for (const [key, epoch] of [
			[9, 1],
			[1, 9]
		] as const) {
			const digest = digestOfWrites(master(0).key, []);
			const said = bench.send(setUp(0, { masterKey: master(key).key, epoch, digest }), 0);
			expect(results(said).at(-1)).toBe('invalid-key');
			expect(said.acks).toEqual([]);
		}
		const short = { opcode: 0xa1, argument: 0, data: new Uint8Array(0) };
		expect(results(bench.send(short, 0))).toEqual(['invalid-key']);
		const odd = setKey(101, { key: slotKey(1), from: 0, until: 1 });
		expect(results(bench.send(odd, 0)).at(-1)).toBe('success');
	});

	it('is gone after the next commit', () => {
		const bench = new Bench().connect();
		bench.commit([], 0);
		bench.commit([], 1);
		bench.connect();
		expect(results(bench.send(removeKey(1), 0))).toEqual(['invalid-key']);
		expect(results(bench.send(removeKey(1), 1))).toEqual(['success']);
	});

	it('does not move the clock', () => {
		const bench = new Bench().connect();
		bench.commit([], 0);
		bench.connect();
		bench.send(removeKey(1), 0, NOW + 1_000_000);
		expect(bench.send(unlock, 1).records.at(-1)?.time).toBe(NOW);
	});
});

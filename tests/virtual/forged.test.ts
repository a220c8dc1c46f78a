import { expect, it } from 'vitest';
import { concat, equal, type Bytes } from '../../src/lib/protocol/bytes.ts';
import type { Command } from '../../src/lib/protocol/noke/commands.ts';
import {
	clearQuickClick,
	getQuickClicks,
	setQuickClick
} from '../../src/lib/protocol/noke/quick-clicks.ts';
import { clearLocks } from '../../src/lib/protocol/noke/fob.ts';
import {
	engage,
	firmwareUpdate,
	FOR_EVER,
	opening,
	removeKey,
	reset,
	setKey,
	setSettings
} from '../../src/lib/protocol/noke/writes.ts';
import { activeKeys } from '../../src/lib/virtual/noke/store.ts';
import { Chance, runSeed } from '../pair/chance.ts';
import { benchWithSlot5, offline, results, slotKey, type Bench } from './bench.ts';
import { credential, FobBench } from './fob-bench.ts';

/** Packets to each device; `HASP_PACKETS=1000000` for the long run, `HASP_SEED` to repeat one. */
const PACKETS = Number(process.env['HASP_PACKETS'] ?? 8_000);
const MINUTES = 60_000;

/**
 * What whoever sits beside the radio has: packets that went through the air, the power to keep some
 * of them from arriving, and a random generator.
 */
class Forger {
	readonly #chance: Chance;
	/** Of sessions that are over. */
	readonly recorded: Bytes[] = [];
	/** Of this session, one list a command, none of them delivered. */
	fresh: Bytes[][] = [];

	constructor(chance: Chance) {
		this.#chance = chance;
	}

	/** Packets that are no whole command of anybody who knows a key. */
	packets(): Bytes[] {
		const forged = this.#forged();
		const whole = this.fresh.some((command) =>
			command.every((part) => forged.some((packet) => equal(packet, part)))
		);
		return whole ? this.packets() : forged;
	}

	#forged(): Bytes[] {
		const chance = this.#chance;
		const fresh = chance.pick(chance.pick(this.fresh));
		switch (chance.below(7)) {
			case 0:
				return [chance.bytes(chance.below(40))];
			case 1:
				return [this.#headed(chance.bytes(16))];
			case 2:
				return [chance.pick(this.recorded)];
			case 3:
				return [this.#spliced(chance.pick(this.recorded), fresh)];
			case 4:
				return [this.#headed(chance.pick(this.recorded).subarray(4))];
			case 5:
				return this.#mixed();
			default:
				return [this.#altered(fresh)];
		}
	}

	/** A block under a header that a lock may take. */
	#headed(block: Uint8Array): Bytes {
		const chance = this.#chance;
		const head = [chance.pick([0, 2, 4]), chance.below(7), chance.below(9), chance.below(3)];
		return concat(Uint8Array.from(head), block);
	}

	/** The front of one packet before the rest of another. */
	#spliced(front: Bytes, rest: Bytes): Bytes {
		const at = 5 + this.#chance.below(14);
		return concat(front.subarray(0, at), rest.subarray(at));
	}

	/** A true first part, and parts of other commands behind it: only the authenticator tells. */
	#mixed(): Bytes[] {
		const [first, ...rest] = this.#chance.pick(this.fresh);
		const strange = rest.map((part) => {
			const other = this.#chance.pick(this.#chance.pick(this.fresh));
			return concat(part.subarray(0, 4), other.subarray(4));
		});
		return [first!, ...strange];
	}

	#altered(packet: Bytes): Bytes {
		const altered = packet.slice();
		for (let bits = 1 + this.#chance.below(3); bits > 0; bits--)
			altered[this.#chance.below(20)]! ^= 1 << this.#chance.below(8);
		return altered;
	}
}

const COMMANDS: readonly Command[] = [
	opening('unlock', 7),
	opening('unshackle', 8),
	engage(9),
	firmwareUpdate(),
	getQuickClicks(),
	setKey(6, { key: slotKey(6), from: 0, until: FOR_EVER }),
	removeKey(5),
	reset(),
	setQuickClick(1, { code: '010', uses: 9, capped: false }),
	clearQuickClick(0),
	setSettings({ explicitLock: true })
];

it(
	`no forged packet of ${PACKETS} does anything to a lock`,
	() => {
		const seed = runSeed();
		const chance = new Chance(seed);
		const forger = new Forger(chance);
		const bench = lockThatWasOverheard(forger);
		const before = activeKeys(bench.saved.flash);
		let heard: Bytes[] = [];
		for (let sent = 0; sent < PACKETS; sent++) {
			if (!bench.lock.view().connected) {
				bench.connect();
				heard = bench.packets(removeKey(9), 1);
				expect(results(bench.sendAll(heard))).toEqual(['success']);
				forger.fresh = [...COMMANDS.map((one) => bench.packets(one, 1)), [offline(bench)]];
			}
			if (chance.in(0.1)) expect(results(bench.write(heard[0]!))).toEqual(['invalid-command']);
			for (const packet of bench.lock.hello ? forger.packets() : []) {
				const linked = bench.lock.view().connected;
				const { results: answers, acks } = bench.write(packet);
				const told = { seed, sent, answers: answers.length, acks };
				expect(told).toEqual({ seed, sent, answers: linked ? 1 : 0, acks: [] });
			}
		}
		expect(activeKeys(bench.saved.flash)).toEqual(before);
		expect(bench.lock.view()).toMatchObject({ shackle: 'closed', firmwareMode: false });
	},
	60 * MINUTES
);

it(
	`no forged packet of ${PACKETS} does anything to a fob`,
	() => {
		const seed = runSeed();
		const forger = new Forger(new Chance(seed));
		const bench = fobThatWasOverheard(forger);
		const before = bench.saved;
		for (let sent = 0; sent < PACKETS; sent++) {
			if (!bench.fob.view().connected) {
				bench.connect();
				const commands = [credential(2), credential(3, 7), clearLocks(), bench.setUp([], 1)];
				forger.fresh = commands.map((one) => bench.packets(one, 1));
			}
			for (const bytes of forger.packets()) {
				const linked = bench.fob.view().connected;
				const { results: answers, acks } = bench.event({ kind: 'write', bytes });
				const told = { seed, sent, answers: answers.length, acks };
				expect(told).toEqual({ seed, sent, answers: linked ? 1 : 0, acks: [] });
			}
		}
		expect(bench.saved).toEqual(before);
	},
	60 * MINUTES
);

/** A fob that was synced while somebody listened. */
function fobThatWasOverheard(forger: Forger): FobBench {
	const bench = new FobBench().connect();
	for (const command of [credential(1), clearLocks()])
		forger.recorded.push(...bench.packets(command, 0));
	bench.sync([credential(1)]);
	bench.event({ kind: 'disconnect' });
	return bench;
}

/** A lock at epoch 1 that was opened and changed while somebody listened. */
function lockThatWasOverheard(forger: Forger): Bench {
	const bench = benchWithSlot5();
	const heard = [...COMMANDS.slice(0, 1), removeKey(9)].flatMap((one) => bench.packets(one, 1));
	for (const packet of [...heard, offline(bench)]) {
		forger.recorded.push(packet);
		bench.write(packet);
	}
	// What was sent in vain, because the link was lost, is overheard as well.
	for (const command of COMMANDS) forger.recorded.push(...bench.packets(command, 1));
	bench.event({ kind: 'disconnect' });
	bench.event({ kind: 'close' });
	expect(bench.lock.view().shackle).toBe('closed');
	return bench;
}

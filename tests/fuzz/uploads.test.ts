import { describe, expect, test } from 'vitest';
import { fromHex, toHex } from '../../src/lib/protocol/bytes.ts';
import { TYPE } from '../../src/lib/protocol/noke/answers.ts';
import { callKeys } from '../../src/lib/server/core/offline-keys.ts';
import { hearLogs, type Log } from '../../src/lib/server/core/uploads.ts';
import { Chance, runSeed } from '../pair/chance.ts';
import { Lab } from '../server/core/lab.ts';
import type { TestLock } from '../server/core/test-lock.ts';
import { databases } from '../setup/databases.ts';

/** Packets to each database; `HASP_PACKETS=1000000` for the long run, `HASP_SEED` to repeat one. */
const PACKETS = Number(process.env['HASP_PACKETS'] ?? 2_000);
/** Packets of one upload. */
const UPLOAD = 200;
const TYPES = Object.values(TYPE);

/** Whoever has the public key of the library, and heard some sessions. */
class Liar {
	readonly #chance: Chance;
	readonly #heard: readonly Log[];

	constructor(chance: Chance, heard: readonly Log[]) {
		this.#chance = chance;
		this.#heard = heard;
	}

	/** Packets that no lock said in this session, and those it said, again. */
	upload({ mac, now }: TestLock): Log {
		const chance = this.#chance;
		const log = chance.pick(this.#heard);
		const session = chance.in(0.5) ? log.session : this.#session(log.session);
		const packets = Array.from({ length: UPLOAD }, () => this.#packet());
		return { mac, session, receivedAt: now - chance.below(1e9), packets };
	}

	/** Another session, or nearly the same. */
	#session(of: string): string {
		const bytes = this.#chance.in(0.5) ? fromHex(of) : this.#chance.bytes(20);
		bytes[this.#chance.below(20)]! ^= 1 << this.#chance.below(8);
		return toHex(bytes);
	}

	#packet(): string {
		const chance = this.#chance;
		const heard = fromHex(chance.pick(chance.pick(this.#heard).packets));
		switch (chance.below(5)) {
			case 0:
				return toHex(chance.bytes(20));
			case 1:
				return toHex(heard);
			case 2: {
				const other = fromHex(chance.pick(chance.pick(this.#heard).packets));
				const at = 1 + chance.below(19);
				return toHex(Uint8Array.of(...heard.subarray(0, at), ...other.subarray(at)));
			}
			case 3: {
				const head = [0x50, chance.pick(TYPES), chance.below(8), chance.below(8)];
				return toHex(Uint8Array.of(...head, ...chance.bytes(16)));
			}
			default:
				heard[chance.below(20)]! ^= 1 << chance.below(8);
				return toHex(heard);
		}
	}
}

describe.each(databases)('what a lock never said, on $name', ({ create }) => {
	test(`${PACKETS} packets prove nothing and tell of nothing`, async () => {
		const seed = runSeed();
		const chance = new Chance(seed);
		const lab = await Lab.open(create);
		const lock = await lab.lock();
		const heard: Log[] = [];
		for (const who of ['ann', 'bob', 'cat']) {
			heard.push(await lab.openOnly(lock, who));
			await lab.hear(heard.slice(-1), lock.now);
			lock.now += 60_000;
		}
		// A set of changes is offered, and what proves it is not told.
		const caller = { companyId: lab.companyId, environment: 'production' } as const;
		const issue = [{ macs: [lock.mac], tracking_keys: ['eve'] }];
		await callKeys(lab.core, caller, { issue }, lock.now);
		lock.write((await lab.issue(lock, lock.connect())).packets);
		lock.disconnect();
		lock.close();
		const state = async () => {
			// A true answer that comes again without what followed it: the lock is asked once more.
			const { log_seen: _, ...row } = await lab.row(lock);
			return { row, activity: await lab.activity(lock) };
		};
		const before = await state();
		expect(before.row).toMatchObject({ phase: 'offered', active: 1 });
		expect(lock.holds.epoch).toBe(2);
		const liar = new Liar(chance, heard);
		const scope = { companyId: lab.companyId };
		let strange = 0;
		for (let sent = 0; sent < PACKETS; sent += UPLOAD) {
			const heardNow = await hearLogs(lab.core, scope, [liar.upload(lock)], lock.now);
			strange += heardNow.strange;
		}
		expect(await state(), `HASP_SEED=${seed}`).toEqual(before);
		// Those of them that were said before are no strangers, all others are.
		expect(strange).toBeGreaterThan(PACKETS / 2);
		expect(strange).toBeLessThan(PACKETS);
		lock.now += 60_000;
		await lab.open(lock, 'dan');
		expect(lock.shackle).toBe('open');
		expect((await lab.activity(lock)).at(-1)).toMatchObject({ tracking_key: 'dan' });
		await lab.close();
	}, 3_600_000);
});

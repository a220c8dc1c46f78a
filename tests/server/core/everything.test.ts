import { describe, expect, test } from 'vitest';
import {
	settingsColumns,
	settingsOf,
	switchExplicitLock
} from '../../../src/lib/server/settings.ts';
import { holdLock, type HeldLock } from '../../../src/lib/server/slots.ts';
import { resetKeys } from '../../../src/lib/server/key-reset.ts';
import { moveLock } from '../../../src/lib/server/lock-move.ts';
import { callKeys } from '../../../src/lib/server/core/offline-keys.ts';
import { issueCodes, revokeCodes } from '../../../src/lib/server/core/quick-clicks.ts';
import { declareRecovery } from '../../../src/lib/server/core/recovery.ts';
import type { Log } from '../../../src/lib/server/core/uploads.ts';
import type { Db } from '../../../src/lib/server/db/connect.ts';
import { Chance, runSeed } from '../../pair/chance.ts';
import { databases } from '../../setup/databases.ts';
import { believed, held } from './believed.ts';
import { Lab } from './lab.ts';
import type { TestLock } from './test-lock.ts';

const ROUNDS = 12;
const STEPS = 30;
const CODES = ['000', '010', '101', '1111', '0011', '10101'];
const KEYS = ['ann', 'bob', 'cat', 'dan', 'eve'];

/** One lock, what managers do to it, and phones that fail. */
class Life {
	readonly #lab: Lab;
	readonly #lock: TestLock;
	readonly #chance: Chance;
	#logs: Log[] = [];
	readonly steps: string[] = [];

	constructor(lab: Lab, lock: TestLock, chance: Chance) {
		this.#lab = lab;
		this.#lock = lock;
		this.#chance = chance;
	}

	async step(): Promise<void> {
		const chance = this.#chance;
		const ways: [string, number, () => unknown][] = [
			['issue a key', 2, () => this.#keys('issue')],
			['revoke a key', 2, () => this.#keys('revoke')],
			['issue a code', 3, () => this.#code('issue')],
			['revoke a code', 2, () => this.#code('revoke')],
			['switch explicit lock', 1, () => this.#explicitLock()],
			['reset all keys', 1, () => this.#reset()],
			['enter a code', 3, () => this.#enter()],
			['open', 3, () => this.open()],
			['open, cut off', 3, () => this.#cutOff()],
			['open, tell later', 3, () => this.#later()],
			['tell', 2, () => this.#tell()],
			['cut the power', 1, () => this.#lock.cutPower()],
			['recover', 0.4, () => this.#recover()],
			['move', 0.5, () => this.#move()]
		];
		let at = chance.next() * ways.reduce((sum, [, weight]) => sum + weight, 0);
		const [name, , work] = ways.find(([, weight]) => (at -= weight) < 0)!;
		this.steps.push(name);
		await work();
	}

	/** Without any fault. Returns whether the lock opened. */
	async open(): Promise<boolean> {
		await this.#lab.open(this.#lock);
		const opened = this.#lock.shackle === 'open';
		await this.#shut();
		return opened;
	}

	async #shut(): Promise<void> {
		this.#lock.disconnect();
		this.#lock.close();
		this.#lock.now += 1000;
		await Promise.resolve();
	}

	async #keys(wish: 'issue' | 'revoke'): Promise<void> {
		const { environment } = await this.#lab.row(this.#lock);
		const { mac, now } = this.#lock;
		const one = [{ macs: [mac], tracking_keys: [this.#chance.pick(KEYS)] }];
		const caller = { companyId: this.#lab.companyId, environment };
		await callKeys(this.#lab.core, caller, { [wish]: one }, now);
	}

	async #held<T>(work: (trx: Db, lock: HeldLock) => Promise<T>): Promise<T> {
		const { id } = await this.#lab.row(this.#lock);
		return this.#lab.db.transaction().execute(async (trx) => work(trx, (await holdLock(trx, id))!));
	}

	async #code(wish: 'issue' | 'revoke'): Promise<void> {
		const code = this.#chance.pick(CODES);
		const uses = this.#chance.pick([1, 2, 5, 255]);
		const { now } = this.#lock;
		await this.#held((trx, lock) =>
			wish === 'issue'
				? issueCodes(trx, lock, [{ code, uses }], now)
				: revokeCodes(trx, lock, [code], now)
		);
	}

	async #explicitLock(): Promise<void> {
		const on = this.#chance.in(0.5);
		await this.#held((trx, lock) => {
			const columns = switchExplicitLock(settingsColumns(settingsOf(lock)), on);
			return trx.updateTable('lock').set(columns).where('id', '=', lock.id).execute();
		});
	}

	#reset() {
		const by = { companyId: this.#lab.companyId, actor: 'cli' };
		return resetKeys(this.#lab.db, by, this.#lock.mac);
	}

	async #enter(): Promise<void> {
		this.#lock.enter(this.#chance.pick(CODES));
		await this.#shut();
	}

	async #cutOff(): Promise<void> {
		const session = this.#lock.connect();
		const { packets } = await this.#lab.issue(this.#lock, session);
		const { server } = this.#lock.write(packets.slice(0, this.#chance.below(packets.length + 1)));
		if (this.#chance.in(0.5)) this.#keep(session, server);
		await this.#shut();
	}

	async #later(): Promise<void> {
		this.#logs.push(await this.#lab.openOnly(this.#lock));
		this.#lock.now += 1000;
	}

	#keep(session: string, packets: string[]): void {
		const { mac, now: receivedAt } = this.#lock;
		if (packets.length > 0) this.#logs.push({ mac, session, receivedAt, packets });
	}

	async #tell(): Promise<void> {
		const some = this.#chance.shuffled(this.#logs).slice(0, 2);
		await this.#lab.hear(some, this.#lock.now);
		if (this.#chance.in(0.7)) this.#logs = this.#logs.filter((log) => !some.includes(log));
	}

	#recover() {
		const scope = { companyId: this.#lab.companyId };
		return declareRecovery(this.#lab.db, scope, this.#lock.mac, this.#lock.now);
	}

	async #move(): Promise<void> {
		const { environment, phase } = await this.#lab.row(this.#lock);
		if (phase === 'recover') return;
		const to = environment === 'sandbox' ? 'production' : 'sandbox';
		const by = { companyId: this.#lab.companyId, actor: 'cli' };
		await moveLock(this.#lab.db, by, this.#lock.mac, to, this.#lock.now);
	}
}

describe.each(databases)('everything at once on $name', ({ create }) => {
	test('whatever happens, the lock opens, and soon holds what the server believes', async () => {
		const seed = runSeed();
		for (let round = 0; round < ROUNDS; round++) {
			const chance = new Chance(seed + round);
			const lab = await Lab.open(create);
			const lock = await lab.lock();
			const life = new Life(lab, lock, chance);
			const told = () => `seed ${seed + round}: ${life.steps.join(', ')}`;
			for (let i = 0; i < STEPS; i++) {
				await life.step();
				if (chance.in(0.2)) expect(await life.open(), told()).toBe(true);
			}
			// What was begun, what waited behind it, what the lock is asked, and what it has to tell.
			for (let i = 0; i < 12; i++) expect(await life.open(), told()).toBe(true);
			const row = await lab.row(lock);
			expect(row, told()).toMatchObject({ phase: 'steady', slot_changes: 0, slot_reset: 0 });
			expect(row, told()).toMatchObject({ quick_click_changes: 0, uses_asked: 0 });
			expect(held(lock.holds), told()).toEqual(await believed(lab, row));
			await lab.close();
		}
	}, 120_000);
});

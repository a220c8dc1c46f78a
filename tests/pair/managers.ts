import { callKeys } from '../../src/lib/server/core/offline-keys.ts';
import { issueToFob, revokeFromFob } from '../../src/lib/server/core/fob-calls.ts';
import { CoreError } from '../../src/lib/server/core/error.ts';
import { issueCodes, revokeCodes } from '../../src/lib/server/core/quick-clicks.ts';
import { setSettings } from '../../src/lib/server/core/settings-call.ts';
import type { Db } from '../../src/lib/server/db/connect.ts';
import { resetKeys } from '../../src/lib/server/key-reset.ts';
import { holdLock, type HeldLock } from '../../src/lib/server/slots.ts';
import type { Chance } from './chance.ts';
import type { CrashAt, Office } from './office.ts';

/** Codes of quick clicks that come and go. */
export const CODES = ['000', '0110', '10101', '111000'];
const TRACKING_KEYS = ['ann', 'bob', 'cat', 'dan'];

/** What managers do to one lock and one fob, by the calls of the API. */
export class Managers {
	readonly #office: Office;
	readonly #lock: { mac: string; id: string };
	readonly #fob: string;
	readonly #chance: Chance;

	constructor(office: Office, lock: { mac: string; id: string }, fob: string, chance: Chance) {
		this.#office = office;
		this.#lock = lock;
		this.#fob = fob;
		this.#chance = chance;
	}

	/** One deed; the server may crash in the midst of it. */
	async act(now: number, crash: CrashAt): Promise<void> {
		const chance = this.#chance;
		const { mac } = this.#lock;
		const code = chance.pick(CODES);
		const uses = chance.pick([1, 2, 9, 255]);
		const key = [{ macs: [mac], tracking_keys: [chance.pick(TRACKING_KEYS)] }];
		const fob_mac = this.#fob;
		const { core, caller } = this.#office;
		const ways: [number, () => Promise<unknown>][] = [
			[4, () => callKeys(core, caller, { issue: key }, now)],
			[3, () => callKeys(core, caller, { revoke: key }, now)],
			[4, () => this.#held((trx, lock) => issueCodes(trx, lock, [{ code, uses }], now))],
			[3, () => this.#held((trx, lock) => revokeCodes(trx, lock, [code], now))],
			[
				3,
				() => {
					const settings = { 'explicit-lock': chance.in(0.5) };
					return setSettings(core, caller, { settings, macs: [mac] });
				}
			],
			[3, () => issueToFob(core, caller, { fob_mac, locks: [{ mac, tracking_key: 'fob' }] })],
			[2, () => revokeFromFob(core, caller, { fob_mac, lock_macs: [mac] })],
			[1, () => resetKeys(core.db, { companyId: caller.companyId, actor: 'cli' }, mac)]
		];
		let at = chance.next() * ways.reduce((sum, [weight]) => sum + weight, 0);
		const [, work] = ways.find(([weight]) => (at -= weight) < 0)!;
		await this.#office.survive(crash, () => work().catch(refused));
	}

	#held<T>(work: (trx: Db, lock: HeldLock) => Promise<T>): Promise<T> {
		const { id } = this.#lock;
		return this.#office.core.db
			.transaction()
			.execute(async (trx) => work(trx, (await holdLock(trx, id))!));
	}
}

/** That a code still waits to go off its lock is an answer like others. */
function refused(error: unknown): void {
	if (!(error instanceof CoreError)) throw error;
}

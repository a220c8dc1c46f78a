import { fromHex } from '../../../src/lib/protocol/bytes.ts';
import { offlineUnlockPacket, type OfflineGrant } from '../../../src/lib/protocol/noke/offline.ts';
import { callKeys } from '../../../src/lib/server/core/offline-keys.ts';
import type { Lab } from './lab.ts';
import type { TestLock } from './test-lock.ts';

export const DONE = 0x60;
export const NO_KEY = 0x61;
export const OUTSIDE = 0x6d;

/** Somebody with a private API key and the keys it has issued. */
export class Keyring {
	readonly #lab: Lab;

	constructor(lab: Lab) {
		this.#lab = lab;
	}

	/** Issues keys of one lock, in the order of the tracking keys. */
	async issue(lock: TestLock, ...tracking_keys: string[]): Promise<OfflineGrant[]> {
		const { locks } = await this.#call(lock, { issue: [{ macs: [lock.mac], tracking_keys }] });
		return locks[0]!.keys.map(({ offline_key, unlock_command }) => ({
			offlineKey: offline_key,
			unlockCommand: unlock_command
		}));
	}

	async revoke(lock: TestLock, ...tracking_keys: string[]): Promise<void> {
		await this.#call(lock, { revoke: [{ macs: [lock.mac], tracking_keys }] });
	}

	/** Slots of a lock that were ever given, by number and issue. */
	slots(lock: TestLock) {
		return this.#lab.db
			.selectFrom('slot')
			.innerJoin('lock', 'lock.id', 'slot.lock_id')
			.selectAll('slot')
			.where('mac', '=', lock.mac)
			.orderBy('slot.slot')
			.orderBy('issue')
			.execute();
	}

	/** Their states, in the same order. */
	async states(lock: TestLock): Promise<string[]> {
		return (await this.slots(lock)).map(({ state }) => state);
	}

	#call({ now }: TestLock, request: Parameters<typeof callKeys>[2]) {
		const caller = { companyId: this.#lab.companyId, environment: 'production' } as const;
		return callKeys(this.#lab.core, caller, request, now);
	}
}

/** One opening with an offline key by a phone without a network: the result, and what it kept. */
export function openOffline(lock: TestLock, grant: OfflineGrant) {
	const session = lock.connect();
	const at = Math.floor(lock.now / 1000);
	const packet = offlineUnlockPacket({ ...grant, session: fromHex(session), at });
	const { results, server } = lock.write([packet]);
	lock.disconnect();
	if (results[0] === DONE) lock.close();
	return { result: results[0], session, server, at: at * 1000 };
}

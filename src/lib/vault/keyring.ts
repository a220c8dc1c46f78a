import type { Bytes } from '../protocol/bytes.ts';
import type { Device, DeviceFacts, KeyFacts, KeyName, SealedKey } from './keys.ts';
import type { Perform } from './opener.ts';
import { makeSealingKey } from './sealing.ts';
import { VaultError, type Vault } from './store.ts';
import type { Heard, Opening, OpenRefusal } from './task.ts';
import type { TurnAnswer, TurnWish } from './ekey-task.ts';
import type { DoorKeyName, EkeyFacts, SealedEkey } from './ekeys.ts';

/** Where a few words are kept that outlive the vault: by them its loss is noticed. */
export type Marks = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** The phone's random id. It stays, so that a vault that was lost is filled again under it. */
const PHONE = 'hasp.phone';
/** There while keys should be in the vault. */
const HELD = 'hasp.keys';

/** What may be known of the keys on this phone. */
export interface KeyringFacts {
	device: DeviceFacts | null;
	keys: KeyFacts[];
	/** eKeys of door locks. */
	ekeys: EkeyFacts[];
	/** True when keys were here that the browser has removed. */
	evicted: boolean;
}

/** The offline keys of this phone. Their values never leave the vault and its worker. */
export class Keyring {
	readonly #vault: Vault;
	readonly #perform: Perform;
	readonly #marks: Marks;

	constructor(vault: Vault, perform: Perform, marks: Marks) {
		this.#vault = vault;
		this.#perform = perform;
		this.#marks = marks;
	}

	/** What one person has here; of another's keys nothing. @throws VaultError */
	async facts(owner: string): Promise<KeyringFacts> {
		const [device, records, ekeys] = await this.#vault.use((db) => {
			const tx = db.transaction(['device', 'keys', 'ekeys']);
			return Promise.all([
				tx.objectStore('device').get('phone'),
				tx.objectStore('keys').getAll(),
				tx.objectStore('ekeys').getAll()
			]);
		});
		if (device && device.owner !== owner)
			return { device: null, keys: [], ekeys: [], evicted: false };
		return {
			device: device ? factsOf(device) : null,
			keys: records.map(keyFactsOf),
			ekeys: ekeys.map(ekeyFactsOf),
			evicted: !device && this.#mark(HELD) !== null
		};
	}

	/** This phone as it holds keys for a person, made when it is not. Another's keys are gone then. @throws VaultError */
	async meet(owner: string): Promise<DeviceFacts> {
		const fresh: Device = {
			phone: this.#mark(PHONE) ?? crypto.randomUUID(),
			owner,
			born: crypto.randomUUID(),
			sealing: await makeSealingKey(),
			ahead: 0,
			highest: 0,
			contactAt: null,
			leaseEnds: null,
			persisted: null,
			wiped: []
		};
		const device = await this.#vault.use(async (db) => {
			const stores = ['device', 'keys', 'ekeys'] as const;
			const tx = db.transaction(stores, 'readwrite', { durability: 'strict' });
			const before = await tx.objectStore('device').get('phone');
			if (before?.owner === owner) return before;
			await tx.objectStore('keys').clear();
			await tx.objectStore('ekeys').clear();
			await tx.objectStore('device').put(fresh, 'phone');
			await tx.done;
			return fresh;
		});
		this.#setMark(PHONE, device.phone);
		return factsOf(device);
	}

	/** Remembers the highest time that this phone's clock has shown. @throws VaultError */
	async see(now: number): Promise<void> {
		await this.#vault.use(async (db) => {
			const tx = db.transaction('device', 'readwrite');
			const device = await tx.store.get('phone');
			if (device && device.highest < now + device.ahead)
				await tx.store.put({ ...device, highest: now + device.ahead }, 'phone');
			await tx.done;
		});
	}

	/**
	 * Keeps what the server said.
	 * @returns false when the keys were wiped since `born`: then nothing is kept
	 * @throws VaultError
	 */
	async keep(born: string, heard: Heard): Promise<boolean> {
		const some = heard.keys.length + (heard.ekeys?.offered.length ?? 0) > 0;
		if (some) this.#setMark(HELD, 'yes');
		const answer = await this.#perform({ kind: 'keep', born, heard });
		if (answer.kind === 'failed') throw new VaultError(answer.storage, 'keys were not kept');
		const kept = answer.kind === 'kept' && answer.kept;
		if (kept && !some) this.#clearMark(HELD);
		return kept;
	}

	/**
	 * What opens this session of a lock, or why nothing does. Never rejects.
	 * @param now this phone's clock
	 */
	async open(wish: {
		owner: string;
		mac: string;
		session: Bytes;
		now: number;
	}): Promise<Opening | OpenRefusal> {
		const answer = await this.#perform({ kind: 'open', ...wish });
		if (answer.kind === 'opening') return answer.opening;
		if (answer.kind === 'failed') return { code: 'storage-failed', storage: answer.storage };
		if (answer.kind !== 'refused') return { code: 'storage-failed', storage: 'unavailable' };
		return answer.refusal;
	}

	/** The next step of an opening at a door lock with an eKey of this phone. Never rejects. */
	async turn(wish: TurnWish): Promise<TurnAnswer> {
		const answer = await this.#perform({ kind: 'turn', ...wish });
		switch (answer.kind) {
			case 'frame':
			case 'ended':
			case 'turn-refused':
				return answer;
			default: {
				const storage = answer.kind === 'failed' ? answer.storage : 'unavailable';
				return { kind: 'turn-refused', refusal: { code: 'storage-failed', storage } };
			}
		}
	}

	/** Deletes every key, and the one they are sealed with. What waits for the server stays. @throws VaultError */
	async wipe(): Promise<void> {
		await this.#vault.use(async (db) => {
			const stores = ['device', 'keys', 'ekeys'] as const;
			const tx = db.transaction(stores, 'readwrite', { durability: 'strict' });
			await Promise.all([
				tx.objectStore('device').clear(),
				tx.objectStore('keys').clear(),
				tx.objectStore('ekeys').clear(),
				tx.done
			]);
		});
		this.#clearMark(HELD);
	}

	// A browser that forbids these words still opens locks: only a loss is not noticed.
	#mark(name: string): string | null {
		try {
			return this.#marks.getItem(name);
		} catch {
			return null;
		}
	}

	#setMark(name: string, value: string): void {
		try {
			this.#marks.setItem(name, value);
		} catch {
			return;
		}
	}

	#clearMark(name: string): void {
		try {
			this.#marks.removeItem(name);
		} catch {
			return;
		}
	}
}

function factsOf({ sealing: _, ...facts }: Device): DeviceFacts {
	return facts;
}

function keyFactsOf({ iv: _, sealed, ...facts }: SealedKey): KeyFacts {
	return { ...facts, held: sealed.length > 0 };
}

function ekeyFactsOf({ iv: _, sealed, ...facts }: SealedEkey): EkeyFacts {
	return { ...facts, held: sealed.length > 0 };
}

/** The names of the eKeys whose values are here. */
export function heldEkeysOf(ekeys: readonly EkeyFacts[]): DoorKeyName[] {
	return ekeys.filter(({ held }) => held).map(({ door, ekey, mark }) => ({ door, ekey, mark }));
}

/** The names of the keys whose values are here. */
export function heldOf(keys: readonly KeyFacts[]): KeyName[] {
	return keys.filter(({ held }) => held).map(({ mac, slot, issue }) => ({ mac, slot, issue }));
}

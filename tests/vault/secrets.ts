import { vi } from 'vitest';
import { fromHex } from '../../src/lib/protocol/bytes.ts';
import { Keyring, type Marks } from '../../src/lib/vault/keyring.ts';
import { Vault } from '../../src/lib/vault/store.ts';
import { perform, type Heard, type OfferedKey } from '../../src/lib/vault/task.ts';

export const DAY = 86_400_000;
export const NOW = 1_764_000_000_000;
export const OWNER = 'ada company';
export const MAC = 'F1:E2:D3:C4:B5:A6';
export const SESSION = fromHex('0000040ba7b0d91f7f45ad25698a18375c7e4f16');
export const OFFLINE_KEY = '8f1a4be7c2063d95ab70e41c5f2893d6';
export const UNLOCK_COMMAND = '04070000a207000000001122334455667788003f';

/** A key as the server offers it, on the lock and with its value. */
export function offered(change: Partial<OfferedKey> = {}): OfferedKey {
	return {
		mac: MAC,
		slot: 7,
		issue: 3,
		state: 'on-lock',
		readyUntil: NOW + 7 * DAY,
		generation: 1,
		offlineKey: OFFLINE_KEY,
		unlockCommand: UNLOCK_COMMAND,
		...change
	};
}

/** A key that the server names without its value, as it does when the phone has it. */
export function named(change: Partial<OfferedKey> = {}): OfferedKey {
	const { offlineKey: _, unlockCommand: __, ...rest } = offered(change);
	return rest;
}

/** What the server says at a contact, by a phone whose clock is right. */
export function heard(keys: readonly OfferedKey[], change: Partial<Heard> = {}): Heard {
	return {
		now: NOW,
		leaseEnds: NOW + 7 * DAY,
		keys,
		told: [],
		heardAt: NOW,
		persisted: true,
		...change
	};
}

/** The words that outlive the vault, on paper. */
export class PaperMarks implements Marks {
	readonly words = new Map<string, string>();
	getItem(name: string): string | null {
		return this.words.get(name) ?? null;
	}
	setItem(name: string, value: string): void {
		this.words.set(name, value);
	}
	removeItem(name: string): void {
		this.words.delete(name);
	}
}

let names = 0;

/** A vault of its own and its keyring; tasks are done in this very thread. */
export function makeKeyring(name = `keys-${names++}`) {
	const vault = new Vault(name);
	const marks = new PaperMarks();
	const work = vi.fn((task: Parameters<typeof perform>[1]) => perform(vault, task));
	return { name, vault, marks, work, keyring: new Keyring(vault, work, marks) };
}

import { VirtualError } from '../errors.ts';
import { factoryKeys, type KeySet } from './keyset.ts';
import { EMPTY_LOG, type Log } from './log.ts';

/** A key set with a checksum over it, as it lies in one half of the flash memory. */
export interface Bank {
	readonly keys: KeySet<string>;
	readonly sum: number;
}

/**
 * What survives a power cut (docs/lock-scheme.md section 7). A plain value: JSON and structured
 * clones carry it. Keys are lower-case hex.
 */
export interface Flash {
	readonly banks: readonly [Bank | null, Bank | null];
	/** The bank in use. */
	readonly pointer: 0 | 1;
	readonly log: Log;
}

/** Flash as it leaves the factory. @param baseKey 16 bytes in lower-case hex */
export function factoryFlash(baseKey: string): Flash {
	return { banks: [bank(factoryKeys(baseKey)), null], pointer: 0, log: EMPTY_LOG };
}

/**
 * The key set in use; a bank whose checksum is wrong gives way to the other.
 * @throws VirtualError `damaged` when neither is whole
 */
export function activeKeys({ banks, pointer }: Flash): KeySet<string> {
	for (const candidate of [banks[pointer], banks[1 - pointer]])
		if (candidate && candidate.sum === checksum(candidate.keys)) return candidate.keys;
	throw new VirtualError('damaged', 'neither bank of keys is whole');
}

/**
 * The states of the flash, in order, while a key set is committed: the idle bank half written, the
 * idle bank whole, the pointer flipped. A power cut after any of them leaves one set whole.
 */
export function commitSteps(flash: Flash, keys: KeySet<string>): readonly Flash[] {
	const idle = flash.pointer === 0 ? 1 : 0;
	const whole = bank(keys);
	const torn = withBank(flash, idle, { ...whole, sum: ~whole.sum });
	const written = withBank(flash, idle, whole);
	return [torn, written, { ...written, pointer: idle }];
}

function withBank(flash: Flash, at: 0 | 1, content: Bank): Flash {
	const [first, second] = flash.banks;
	return { ...flash, banks: at === 0 ? [content, second] : [first, content] };
}

function bank(keys: KeySet<string>): Bank {
	return { keys, sum: checksum(keys) };
}

/** FNV-1a over the serialised set: it finds a torn write, it keeps nobody out. */
function checksum({ epoch, master, slots, previous }: KeySet<string>): number {
	const text = JSON.stringify([epoch, master, slots, previous?.epoch, previous?.master]);
	let sum = 0x811c9dc5;
	for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193);
	return sum;
}

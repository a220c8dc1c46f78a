import { VirtualError } from '../errors.ts';
import type { Masters } from './commit.ts';

/** A key set with a checksum over it, as it lies in one half of the flash memory. */
export interface Bank<S> {
	readonly keys: S;
	readonly sum: number;
}

/**
 * The part of a device's flash that holds keys (docs/lock-scheme.md section 7). A plain value: JSON
 * and structured clones carry it. Keys are lower-case hex.
 */
export interface Banks<S> {
	readonly banks: readonly [Bank<S> | null, Bank<S> | null];
	/** The bank in use. */
	readonly pointer: 0 | 1;
}

/** As it leaves the factory. */
export function factoryBanks<S extends Masters<string>>(keys: S): Banks<S> {
	return { banks: [bank(keys), null], pointer: 0 };
}

/**
 * The key set in use; a bank whose checksum is wrong gives way to the other.
 * @throws VirtualError `damaged` when neither is whole
 */
export function activeKeys<S extends Masters<string>>({ banks, pointer }: Banks<S>): S {
	for (const candidate of [banks[pointer], banks[1 - pointer]])
		if (candidate && candidate.sum === checksum(candidate.keys)) return candidate.keys;
	throw new VirtualError('damaged', 'neither bank of keys is whole');
}

/**
 * The states of the flash, in order, while a key set is written: the idle bank half written, the
 * idle bank whole, the pointer flipped. A power cut after any of them leaves one set whole.
 */
export function commitSteps<S extends Masters<string>, F extends Banks<S>>(
	flash: F,
	keys: S
): readonly [F, F, F] {
	const idle = flash.pointer === 0 ? 1 : 0;
	const whole = bank(keys);
	const torn = withBank(flash, idle, { ...whole, sum: ~whole.sum });
	const written = withBank(flash, idle, whole);
	return [torn, written, { ...written, pointer: idle }];
}

function withBank<S, F extends Banks<S>>(flash: F, at: 0 | 1, content: Bank<S>): F {
	const [first, second] = flash.banks;
	return { ...flash, banks: at === 0 ? [content, second] : [first, content] };
}

function bank<S extends Masters<string>>(keys: S): Bank<S> {
	return { keys, sum: checksum(keys) };
}

/** FNV-1a over the serialised set: it finds a torn write, it keeps nobody out. */
function checksum({ epoch, master, previous, ...held }: Masters<string>): number {
	// By name: a store may give the fields back in another order.
	const names = Object.keys(held).sort();
	const contents = names.map((name) => (held as Record<string, unknown>)[name]);
	const text = JSON.stringify([epoch, master, ...contents, previous?.epoch, previous?.master]);
	let sum = 0x811c9dc5;
	for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193);
	return sum;
}

/** The passcodes in a lock: custom ones it was given, random ones that were used. */
import type { Local } from '../../protocol/ttlock/dates.ts';
import type { Refusal } from '../../protocol/ttlock/answers.ts';
import {
	CUSTOM_CAPACITY,
	type PasscodeWrite,
	type StoredPasscode
} from '../../protocol/ttlock/passcodes.ts';
import {
	firstUseEnds,
	holdsAt,
	isFirstUse,
	RANDOM_TYPE,
	readRandomPasscode,
	type RandomPasscode
} from '../../protocol/ttlock/random-passcodes.ts';

/** A passcode that opens, as it lies in the flash. */
export interface KeptPasscode extends StoredPasscode {
	/** What a random one says; null for custom ones, and for random ones that were changed. */
	readonly random: RandomPasscode | null;
}

/** A random code that opens no more although its window goes on. */
interface Spent {
	readonly code: string;
	/** When the code is void anyway; null for never. */
	readonly until: Local | null;
}

export interface Passcodes {
	readonly kept: readonly KeptPasscode[];
	readonly spent: readonly Spent[];
}

export const NO_PASSCODES: Passcodes = { kept: [], spent: [] };

/** A write of an owner. @param taken a code that no passcode may be, or empty */
export function change(
	passcodes: Passcodes,
	write: PasscodeWrite,
	taken: string
): Passcodes | Refusal {
	if (write.op === 'clear') return { kept: [], spent: spend(passcodes, passcodes.kept) };
	const old = passcodes.kept.find(({ code }) => code === write.code);
	const others = passcodes.kept.filter((one) => one !== old);
	if (write.op === 'add') {
		if (old || write.code === taken) return 'passcode-exists';
		if (write.type === 'cyclic' || (write.end !== null && write.end <= write.start))
			return 'invalid-data';
		if (others.filter(({ random }) => !random).length >= CUSTOM_CAPACITY) return 'passcodes-full';
		const { type, code, start, end } = write;
		const added = { type, code, original: code, start, end, cycle: null, random: null };
		return { ...passcodes, kept: [...passcodes.kept, added] };
	}
	if (!old) return 'passcode-not-found';
	if (write.op === 'remove') return { kept: others, spent: spend(passcodes, [old]) };
	if (write.end <= write.start) return 'invalid-data';
	const exists = others.some(({ code }) => code === write.newCode) || write.newCode === taken;
	if (exists) return 'passcode-exists';
	const type = old.type === 'cyclic' ? 'period' : old.type;
	const end = type === 'permanent' ? null : write.end;
	const changed = { ...old, type, code: write.newCode, start: write.start, end, cycle: null };
	const spent = write.newCode === write.code ? passcodes.spent : spend(passcodes, [old]);
	return { kept: [...others, { ...changed, random: null }], spent };
}

/** What a typed code does. `expired` was one once; `wrong` is none of this lock's. */
export type Typed =
	| { kind: 'opens'; passcodes: Passcodes }
	| { kind: 'deletes'; passcodes: Passcodes }
	| { kind: 'expired' }
	| { kind: 'wrong' };

/** @param key of the random passcodes; null for a lock that was given no seed */
export function typeCode(
	passcodes: Passcodes,
	key: Uint8Array | null,
	code: string,
	now: Local
): Typed {
	const known = passcodes.kept.find((one) => one.code === code);
	if (known) return typeKnown(passcodes, known, now);
	if (passcodes.spent.some((one) => one.code === code)) return { kind: 'expired' };
	const random = key && readRandomPasscode(key, code, now);
	if (!random) return { kind: 'wrong' };
	if (!isFirstUse(random, now)) return { kind: 'expired' };
	const fresh = keptOf(code, random);
	if (random.type === 'once')
		return { kind: 'opens', passcodes: { ...passcodes, spent: spend(passcodes, [fresh]) } };
	const pruned = passcodes.kept.filter((one) => one.end === null || now < one.end);
	if (random.type === 'delete') {
		const used = pruned.filter((one) => one.random);
		const spent = spend({ ...passcodes, spent: spend(passcodes, used) }, [fresh]);
		return { kind: 'deletes', passcodes: { kept: pruned.filter((one) => !one.random), spent } };
	}
	const spent = passcodes.spent.filter(({ until }) => until === null || now < until);
	return { kind: 'opens', passcodes: { kept: [...pruned, fresh], spent } };
}

function typeKnown(passcodes: Passcodes, known: KeptPasscode, now: Local): Typed {
	const { random, start, end } = known;
	const holds = random ? holdsAt(random, now) : start <= now && (end === null || now < end);
	if (!holds) return { kind: 'expired' };
	if (known.type !== 'once') return { kind: 'opens', passcodes };
	const kept = passcodes.kept.filter((one) => one !== known);
	return { kind: 'opens', passcodes: { ...passcodes, kept } };
}

function spend(passcodes: Passcodes, codes: readonly KeptPasscode[]): readonly Spent[] {
	const spent = codes
		.filter(({ random }) => random !== null)
		.map(({ original, random }) => ({ code: original, until: firstUseEnds(random!) }));
	return [...passcodes.spent, ...spent];
}

function keptOf(code: string, random: RandomPasscode): KeptPasscode {
	const { start, end } = random;
	const number = RANDOM_TYPE[random.type];
	const base = { code, original: code, start, random };
	if (number >= RANDOM_TYPE.weekend) {
		// The two bytes that no published page explains: type and end hour, in ours.
		const cycle = number * 256 + new Date(end!).getUTCHours();
		return { ...base, type: 'cyclic', end: null, cycle };
	}
	const type = random.type === 'once' ? 'once' : end === null ? 'permanent' : 'period';
	return { ...base, type, end, cycle: null };
}

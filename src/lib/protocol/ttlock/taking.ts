/** From what a browser shows of a lock in setting mode to the lockData of a lock that is ours. */
import { fromHex, readBigEndian, toHex, type Bytes } from '../bytes.ts';
import { ProtocolError } from '../errors.ts';
import type { Program } from '../program.ts';
import { localOf } from './dates.ts';
import { DEFAULT_HEADER } from './frame.ts';
import { aesKeyStr, encodeLockData } from './grant.ts';
import {
	adminOf,
	pair,
	type Owned,
	type PairedLock,
	type PairingEvent,
	type PairingKeys,
	type PairingOutcome,
	type PairingStep
} from './pairing.ts';
import { isNameOf } from './profile.ts';
import { release } from './upkeep.ts';
import { passcodeSeed } from './writes.ts';

/** What is known where a pairing begins. */
export interface TakingWish {
	/** As it advertises. */
	name: string;
	/** Its MAC and scene as it is heard without a connection; null where the browser does not listen. */
	heard: { mac: string; hardware: string | number } | null;
	/** Milliseconds since epoch UTC. */
	at: number;
	/** Milliseconds that the lock's clock is to be ahead of UTC. */
	timezoneOffset: number;
	/** `ENTROPY_LENGTH` random bytes, never the same again. */
	entropy: Bytes;
	/** What an earlier try told to keep, while it is unknown whether the lock took it. */
	kept: string | null;
}

export type TakingEvent =
	/** A step begins: one of `PAIRING_STEPS`. */
	| { kind: 'step'; step: PairingStep }
	/** Must be on disk before the conversation goes on: the lock takes these keys next. Secret. */
	| { kind: 'keys'; kept: string }
	/** From here on the lock is ours, whatever happens. */
	| { kind: 'owned' };

/** How it ended; see `PairingOutcome`. All but `taken` can be tried again. */
export type TakingOutcome =
	| { end: 'taken'; lockData: string }
	/** It is ours, and nobody says its MAC: neither the browser nor the lock. */
	| { end: 'nameless' }
	| { end: 'foreign' }
	| { end: 'refused' | 'silent' | 'gone'; owned: Owned };

/** How a lock was given back. `kept` when it is as it was, `maybe` when only the lock knows. */
export type ReleaseOutcome = 'released' | 'maybe' | 'kept' | 'foreign';

const NUMBER_LENGTH = 6;
const SEED_ENTROPY = 80;
export const ENTROPY_LENGTH = 3 * NUMBER_LENGTH + SEED_ENTROPY;

/**
 * Pairs a lock and makes its lockData. What it tells to keep is JSON, to be given back as it is.
 * @throws ProtocolError `bad-length` for other entropy, `bad-field` for what was never told
 */
export function* takeLock(wish: TakingWish): Program<TakingEvent, TakingOutcome> {
	const { name, heard, at, timezoneOffset, entropy } = wish;
	if (entropy.length !== ENTROPY_LENGTH)
		throw new ProtocolError('bad-length', `a pairing needs ${ENTROPY_LENGTH} bytes of entropy`);
	const clock = localOf(at, timezoneOffset);
	const [adminPs, unlockKey, code] = [0, 1, 2].map((index) =>
		readBigEndian(entropy, index * NUMBER_LENGTH, NUMBER_LENGTH)
	) as [number, number, number];
	const outcome = yield* retold(
		pair({
			header: heard && { ...DEFAULT_HEADER, scene: Number(heard.hardware) },
			clock,
			adminPs: 1 + (adminPs % 999_999_999),
			unlockKey: 1 + (unlockKey % 999_999_999),
			adminPasscode: String(code % 1e7).padStart(7, '0'),
			seed: toHex(passcodeSeed(new Date(clock).getUTCFullYear(), entropy.slice(-SEED_ENTROPY))),
			kept: wish.kept === null ? null : parseKept(wish.kept)
		})
	);
	if (outcome.end !== 'paired') return outcome;
	const lockMac = heard?.mac ?? macIn(outcome.lock.mac, name);
	if (lockMac === null) return { end: 'nameless' };
	return { end: 'taken', lockData: lockDataOf(outcome.lock, { lockMac, name, timezoneOffset }) };
}

/** Gives a lock back to whoever pairs it next. @param kept as `takeLock` told it */
export function* releaseLock(kept: string): Program<never, ReleaseOutcome> {
	const program = release(adminOf(parseKept(kept)));
	let step = program.next();
	while (!step.done) step = program.next('tell' in step.value ? undefined : yield step.value);
	const { value } = step;
	if (value.end === 'released' || value.end === 'maybe') return value.end;
	if (value.end !== 'refused') return 'kept';
	// What it is reset to, it may have been reset to before.
	if (value.result === 'in-setting-mode') return 'released';
	const isForeign = value.result === 'wrong-aes-key' || value.result === 'wrong-admin';
	return isForeign ? 'foreign' : 'kept';
}

/** The same conversation, telling only what its driver has to know. */
function* retold(
	program: Program<PairingEvent, PairingOutcome>
): Program<TakingEvent, PairingOutcome> {
	let step = program.next();
	while (!step.done) {
		if (!('tell' in step.value)) step = program.next(yield step.value);
		else {
			const event = step.value.tell;
			if (event.kind === 'keys') yield { tell: { kind: 'keys', kept: JSON.stringify(event.keys) } };
			else if (event.kind === 'step') yield { tell: event };
			else if (event.kind === 'owned') yield { tell: { kind: 'owned' } };
			step = program.next();
		}
	}
	return step.value;
}

/** The MAC that a lock writes, if it can be that of this name. Which signs it puts between is not public. */
function macIn(text: string | null, name: string): string | null {
	const pairs = /^(?:[0-9A-F]{2}[^0-9A-F]?){5}[0-9A-F]{2}$/.test(text?.toUpperCase() ?? '')
		? text!.toUpperCase().match(/[0-9A-F]{2}/g)!
		: [];
	return (
		[pairs, [...pairs].reverse()]
			.map((bytes) => bytes.join(':'))
			.find((mac) => mac !== '' && isNameOf(name, mac)) ?? null
	);
}

function lockDataOf(
	lock: PairedLock,
	{ lockMac, name, timezoneOffset }: { lockMac: string; name: string; timezoneOffset: number }
): string {
	const { keys, featureValue, adminPasscode, randomPasscodes } = lock;
	return encodeLockData({
		lockMac,
		lockName: name,
		lockVersion: keys.header,
		aesKeyStr: aesKeyStr(fromHex(keys.aesKey)),
		lockKey: keys.unlockKey,
		lockFlagPos: 0,
		timezoneRawOffset: timezoneOffset,
		featureValue,
		adminPwd: keys.adminPs,
		noKeyPwd: adminPasscode,
		pwdInfo: randomPasscodes ? keys.seed : null
	});
}

/** @throws ProtocolError `bad-field` */
function parseKept(kept: string): PairingKeys {
	try {
		const keys = JSON.parse(kept) as PairingKeys;
		fromHex(keys.aesKey, 16);
		return keys;
	} catch (cause) {
		throw new ProtocolError('bad-field', 'not what a pairing told to keep', { cause });
	}
}

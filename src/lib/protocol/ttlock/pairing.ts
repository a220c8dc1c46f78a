/**
 * Taking a lock in setting mode, so that a cut at any packet leaves it either free or ours: the keys
 * are told, to be put on disk, before the lock takes them, and a second try begins where the lock is.
 */
import { fromHex, toHex } from '../bytes.ts';
import type { Program } from '../program.ts';
import { parseAesKey, parseNothing, parseVendorWord, type ResultName } from './answers.ts';
import { addAdmin, finishPairing, getAesKey, greet, type OwnerNumbers } from './commands.ts';
import type { Local } from './dates.ts';
import {
	readAdminPasscode,
	readAutoLock,
	readDeviceInfo,
	readFeatures,
	readSwitch,
	writeAdminPasscode,
	writeClock,
	writePasscodeSeed
} from './exchanges.ts';
import { featureValueOf, hasFeature } from './features.ts';
import { DEFAULT_HEADER, piecesOf, Reassembler, sealCommand, type Header } from './frame.ts';
import { DEFAULT_AES_KEY } from './grant.ts';
import type { AdminGrant } from './offline.ts';
import { Line, logIn, type Exchange, type LockEvent, type Reached } from './programs.ts';

/** What makes a lock ours. Who has lost them has lost the lock. */
export interface PairingKeys extends OwnerNumbers {
	/** 32 hex characters. */
	aesKey: string;
	/** 61 bytes in hex, see `passcodeSeed`: written again as it is when a cut pairing goes on. */
	seed: string;
	/** 7 digits, for a lock that has no code of its own to tell. */
	adminPasscode: string;
	/** Under which it is spoken to. */
	header: Header;
}

/** What a lock is given, and what is known of it. */
export interface PairingWish extends OwnerNumbers {
	/** As advertised; null where that is not known, and the lock's first answer tells. */
	header: Header | null;
	/** The lock's time now. */
	clock: Local;
	/** See `PairingKeys`. */
	seed: string;
	adminPasscode: string;
	/** The keys of a try before this one, while it is unknown whether the lock took them. */
	kept: PairingKeys | null;
}

/** The steps of a pairing, in order. */
export const PAIRING_STEPS = [
	'greeting',
	'key',
	'owner',
	'clock',
	'features',
	'settings',
	'passcodes',
	'finish',
	'device'
] as const;
export type PairingStep = (typeof PAIRING_STEPS)[number];

export type PairingEvent =
	| LockEvent
	/** A step begins. */
	| { kind: 'step'; step: PairingStep }
	/** Must be on disk before the conversation goes on: the lock takes them next. */
	| { kind: 'keys'; keys: PairingKeys }
	/** From here on the lock is ours, whatever happens. */
	| { kind: 'owned'; keys: PairingKeys };

/** What is known of a paired lock. */
export interface PairedLock {
	keys: PairingKeys;
	/** Percent; null when it was not told. */
	battery: number | null;
	featureValue: string;
	/** Seconds; null where the lock has no auto-lock. */
	autoLock: number | null;
	/** Null where the lock has none, or has not told. */
	sound: boolean | null;
	remoteUnlock: boolean | null;
	adminPasscode: string | null;
	/** Whether it computes random passcodes: it took the seed. */
	randomPasscodes: boolean;
	model: string | null;
	hardware: string | null;
	firmware: string | null;
	/** As the lock writes it. */
	mac: string | null;
}

/** Whose a lock is after a cut: keys may be dropped only when `no`. */
export type Owned = 'no' | 'maybe' | 'yes';

/** How a pairing ended. All but `paired` can be tried again with the keys that were told. */
export type PairingOutcome =
	| { end: 'paired'; lock: PairedLock }
	/** Paired with somebody else: neither setting mode nor our keys. */
	| { end: 'foreign' }
	| { end: 'refused'; step: PairingStep; result: ResultName; owned: Owned }
	| { end: 'silent' | 'gone'; step: PairingStep; owned: Owned };

/** Milliseconds to wait for a piece of the answer to the greeting, and pieces to wait for. */
const GREETING_WITHIN = 2_000;
const MOST_GREETINGS = 20;

type Cut = Exclude<PairingOutcome, { end: 'paired' }>;
type Reach = Exclude<Reached<unknown>, { kind: 'done' }>;

/**
 * Pairs a lock. One that is not in setting mode any more is tried with the kept keys, and what is
 * missing of its pairing is made up for.
 */
export function* pair(wish: PairingWish): Program<PairingEvent, PairingOutcome> {
	const taken = yield* take(wish);
	if ('end' in taken) return taken;
	yield { tell: { kind: 'owned', keys: taken.keys } };
	return yield* setUp(taken.line, taken.keys, wish.clock);
}

type Taken = { line: Line; keys: PairingKeys };

/** Becomes the lock's owner, or finds that we are. */
function* take(wish: PairingWish): Program<PairingEvent, Taken | Cut> {
	const { adminPs, unlockKey, seed, adminPasscode, kept } = wish;
	const owned: Owned = kept ? 'maybe' : 'no';
	yield { tell: { kind: 'step', step: 'greeting' } };
	const header = yield* hail(wish.header, kept?.header ?? DEFAULT_HEADER);
	if (header === null) return { end: 'gone', step: 'greeting', owned };
	yield { tell: { kind: 'step', step: 'key' } };
	const open: Line = new Line({ header, aesKey: fromHex(DEFAULT_AES_KEY) });
	const key = yield* open.ask({ command: getAesKey(), parse: parseAesKey, repeatable: true });
	if (mayHaveOwner(key)) {
		if (kept) return yield* resume({ ...kept, header });
		if (key.kind === 'refused') return { end: 'foreign' };
	}
	if (key.kind !== 'done') return cutAt('key', key, owned);
	const keys = { aesKey: toHex(key.value), adminPs, unlockKey, seed, adminPasscode, header };
	yield { tell: { kind: 'keys', keys } };
	yield { tell: { kind: 'step', step: 'owner' } };
	const line: Line = new Line({ header, aesKey: key.value });
	const added = yield* line.ask({
		command: addAdmin(keys),
		parse: parseVendorWord,
		repeatable: false
	});
	if (added.kind === 'done') return { line, keys };
	return cutAt('owner', added, mayBeOurs(added) ? 'maybe' : 'no');
}

/**
 * Greets the lock. Its answer means nothing to anyone, but stands in a frame as the lock writes them.
 * @returns the header to go on under; null when the link has ended
 */
function* hail(advertised: Header | null, guess: Header): Program<PairingEvent, Header | null> {
	const header = advertised ?? guess;
	const reassembler = new Reassembler();
	for (const piece of piecesOf(sealCommand(header, greet(), fromHex(DEFAULT_AES_KEY))))
		yield { send: piece };
	for (let heard = 0; heard < MOST_GREETINGS; heard++) {
		const reply = yield { receive: GREETING_WITHIN };
		if (reply === 'silent') break;
		if (reply === 'gone' || reply === undefined) return null;
		for (const received of reassembler.feed(reply))
			if (received.kind === 'frame') return advertised ?? received.frame.header;
	}
	return header;
}

/**
 * Whether a lock that did not take its owner may have taken them all the same: of a frame that it said
 * came damaged one copy may have come whole, and its answer may be lost.
 */
function mayBeOurs(added: Reach): boolean {
	if (added.kind !== 'refused') return true;
	return added.result === 'crc-error' || added.result === 'not-in-setting-mode';
}

/** What a lock says, or does not, that is not in setting mode: it has a key of its own by now. */
function mayHaveOwner(key: Reached<unknown>): boolean {
	if (key.kind !== 'refused') return key.kind === 'silent';
	return key.result === 'not-in-setting-mode' || key.result === 'wrong-aes-key';
}

/** A lock that took an owner since: is it us? */
function* resume(keys: PairingKeys): Program<PairingEvent, Taken | Cut> {
	yield { tell: { kind: 'step', step: 'owner' } };
	const line: Line = new Line({ header: keys.header, aesKey: fromHex(keys.aesKey) });
	const known = yield* logIn(line, adminOf(keys));
	if (known.kind === 'done') return { line, keys };
	const isForeign =
		known.kind === 'refused' &&
		(known.result === 'wrong-aes-key' || known.result === 'wrong-admin');
	return isForeign ? { end: 'foreign' } : cutAt('owner', known, 'maybe');
}

/** Everything after the lock is ours. What it refuses is left out; what it does not answer is a cut. */
function* setUp(
	line: Line,
	keys: PairingKeys,
	clock: Local
): Program<PairingEvent, PairingOutcome> {
	const cut: { at: Cut | null } = { at: null };
	let step: PairingStep = 'clock';
	function* ask<T>(exchange: Exchange<T>): Program<PairingEvent, T | null> {
		if (cut.at) return null;
		const reached = yield* line.ask(exchange);
		if (reached.kind === 'done') return reached.value;
		if (reached.kind !== 'refused') cut.at = cutAt(step, reached, 'yes');
		return null;
	}
	function* begin(next: PairingStep): Program<PairingEvent, void> {
		step = next;
		if (!cut.at) yield { tell: { kind: 'step', step } };
	}
	yield* begin('clock');
	yield* ask(writeClock(clock));
	yield* begin('features');
	const features = yield* ask(readFeatures());
	const featureValue = featureValueOf(features?.words ?? []);
	yield* begin('settings');
	const has = (feature: Parameters<typeof hasFeature>[1]) => hasFeature(featureValue, feature);
	const sound = has('sound') ? yield* ask(readSwitch('sound')) : null;
	const autoLock = has('autoLock') ? yield* ask(readAutoLock()) : null;
	const remote = has('remoteUnlockSwitch') ? yield* ask(readSwitch('remoteUnlock')) : null;
	yield* begin('passcodes');
	const told = has('readAdminPasscode') ? yield* ask(readAdminPasscode()) : null;
	const isSet = !told?.code && (yield* ask(writeAdminPasscode(keys.adminPasscode)));
	const seeded = yield* ask(writePasscodeSeed(fromHex(keys.seed)));
	yield* begin('finish');
	yield* ask({ command: finishPairing(), parse: parseNothing, repeatable: true });
	yield* begin('device');
	const model = yield* ask(readDeviceInfo('model'));
	const hardware = yield* ask(readDeviceInfo('hardware'));
	const firmware = yield* ask(readDeviceInfo('firmware'));
	const mac = yield* ask(readDeviceInfo('mac'));
	if (cut.at) return cut.at;
	return {
		end: 'paired',
		lock: {
			keys,
			battery: features?.battery ?? null,
			featureValue,
			autoLock: autoLock?.seconds ?? null,
			sound: sound?.on ?? null,
			remoteUnlock: remote?.on ?? null,
			adminPasscode: told?.code || (isSet ? keys.adminPasscode : null),
			randomPasscodes: seeded === true,
			model,
			hardware,
			firmware,
			mac
		}
	};
}

function cutAt(step: PairingStep, reached: Reach, owned: Owned): Cut {
	return reached.kind === 'refused'
		? { end: 'refused', step, result: reached.result, owned }
		: { end: reached.kind, step, owned };
}

/** The owner's grant of keys that a pairing has told: to open, to resume, or to reset with. */
export function adminOf(keys: PairingKeys): AdminGrant {
	return {
		aesKey: keys.aesKey,
		lockKey: keys.unlockKey,
		adminPwd: keys.adminPs,
		lockFlagPos: 0,
		lockVersion: keys.header,
		uid: 0,
		timezoneRawOffset: 0,
		startDate: 0,
		endDate: 0,
		recurrence: null
	};
}

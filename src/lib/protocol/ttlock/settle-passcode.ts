import type { Program } from '../program.ts';
import type { ResultName } from './answers.ts';
import type { Local } from './dates.ts';
import { changePasscodes } from './exchanges.ts';
import type { AdminGrant } from './offline.ts';
import type { PasscodeType, PasscodeWrite } from './passcodes.ts';
import { addressOf, Line, logIn, type LockEvent, type Reached } from './programs.ts';
import type { UpkeepEnd } from './upkeep.ts';

/** A passcode as a lock is to have it. */
export interface WantedPasscode {
	type: Extract<PasscodeType, 'permanent' | 'period'>;
	code: string;
	start: Local;
	/** Null for a permanent one. */
	end: Local | null;
}

/** What a lock may have of one passcode, and what it is to have. */
export interface PasscodeWish {
	/** Digits under which it may have it, the likeliest first; none for one it was never told of. */
	had: readonly string[];
	/** How it keeps those. */
	type: PasscodeType;
	/** Null when it is to have it no more. */
	want: WantedPasscode | null;
}

type Pushed = Extract<LockEvent, { kind: 'pushed' }>;
type Written = Reached<{ battery: number }>;

/** What happens beside the talk itself. */
export type SettleEvent = Pushed | { kind: 'logged-in' };

/**
 * Brings one passcode of a lock to how it is to be. An answer that was lost leaves nobody knowing how it
 * is; the same once more ends there all the same: what stands in the way is removed and added anew.
 * @returns `found`: whether the lock had what it was to remove
 */
export function* settlePasscode(
	admin: AdminGrant,
	{ had, type, want }: PasscodeWish
): Program<SettleEvent, UpkeepEnd & { found: boolean }> {
	const line = new Line(addressOf(admin));
	const write = (what: PasscodeWrite) => line.ask(changePasscodes(what));
	const known = yield* logIn(line, admin);
	if (known.kind !== 'done') return { ...endOf(known), found: false };
	yield { tell: { kind: 'logged-in' } };
	if (want) {
		const first = yield* write(firstOf(had[0], want));
		if (!isInTheWay(first)) return { ...endOf(first), found: first.kind === 'done' };
	}
	let found = false;
	for (const code of new Set([...had, ...(want ? [want.code] : [])])) {
		const gone = yield* write({ op: 'remove', type: want?.type ?? type, code });
		const isGone = gone.kind === 'done' || isRefused(gone, 'passcode-not-found');
		if (!isGone) return { ...endOf(gone), found };
		found ||= gone.kind === 'done';
	}
	if (!want) return { end: 'finished', found };
	return { ...endOf(yield* write({ op: 'add', ...want })), found };
}

function firstOf(had: string | undefined, want: WantedPasscode): PasscodeWrite {
	const { type, code, start, end } = want;
	if (had === undefined) return { op: 'add', type, code, start, end };
	// A permanent one is told an end too, which it has no use for.
	return { op: 'change', type, code: had, newCode: code, start, end: end ?? start + 60_000 };
}

function isInTheWay(written: Written): boolean {
	return isRefused(written, 'passcode-exists') || isRefused(written, 'passcode-not-found');
}

function isRefused(written: Written, result: ResultName): boolean {
	return written.kind === 'refused' && written.result === result;
}

function endOf(reached: Reached<unknown>): UpkeepEnd {
	if (reached.kind === 'refused') return { end: 'refused', result: reached.result };
	return { end: reached.kind === 'done' ? 'finished' : reached.kind };
}

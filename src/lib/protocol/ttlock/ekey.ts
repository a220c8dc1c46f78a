import { concat, type Bytes } from '../bytes.ts';
import { replay } from '../program.ts';
import type { Moved, ResultName } from './answers.ts';
import type { OfflineGrant } from './offline.ts';
import { open, type LockEvent, type LockOutcome } from './programs.ts';

/** What comes after the lock's answers so far: a frame, or how it ended. */
export type EkeyStep =
	/** None when its last answer was not yet the one waited for. */
	{ frame: Bytes | null; opens: boolean } | { result: ResultName; moved: Moved | null };

/**
 * One step of an opening with an eKey, for whoever keeps nothing between two: the same answers give the
 * same frame.
 * @param at Unix seconds; the same through a conversation
 * @param answers whole frames of the lock
 * @throws ProtocolError `bad-hex`, `bad-length` for a grant that is none
 */
export function ekeyStep(
	grant: OfflineGrant,
	{ at, action, answers }: { at: number; action: 'unlock' | 'lock'; answers: readonly Bytes[] }
): EkeyStep {
	const step = replay<LockEvent, LockOutcome>(open(grant, at, action), answers);
	if ('outcome' in step) {
		const { opening, refused, moved } = step.outcome;
		return { result: opening ?? refused ?? 'unknown', moved };
	}
	const opens = step.told.some(({ kind }) => kind === 'writing');
	return { frame: step.send.length === 0 ? null : concat(...step.send), opens };
}

import type { ErrorReason } from '../api/app/error.ts';
import type { TurnRefusal } from '../vault/ekey-task.ts';
import type { FailureCode } from './phases.ts';
import type { KeyFailure } from './source.ts';

/** What a door lock means by its answer; every other is a refusal. */
const BY_RESULT: Partial<Record<string, FailureCode>> = {
	// Whether the eKey holds was judged before, by a clock that is right.
	'ekey-expired': 'lock-clock',
	'ekey-not-yet-valid': 'lock-clock',
	'invalid-key': 'ekey-reset',
	'wrong-aes-key': 'wrong-key',
	'wrong-random': 'wrong-key',
	'no-permission': 'wrong-key',
	'was-reset': 'lock-was-reset',
	'no-admin': 'lock-was-reset',
	'in-setting-mode': 'lock-was-reset',
	frozen: 'lock-frozen',
	'no-power': 'low-battery',
	'dead-bolt': 'dead-bolt'
};

/** Why the lock, which has answered, did not do it. */
export function failureOfAnswer(result: string): FailureCode {
	return BY_RESULT[result] ?? 'refused-by-lock';
}

/** What is wrong with an eKey, by whoever judged it. */
export const BY_VERDICT: Record<ErrorReason, FailureCode> = {
	'not-yet': 'ekey-not-yet',
	expired: 'ekey-expired',
	'outside-hours': 'ekey-outside-hours',
	used: 'ekey-used',
	frozen: 'ekey-frozen',
	reset: 'ekey-reset'
};

/** Why the eKey on this phone gives no frame; null when there is none. */
export function failureOfKey(refusal: TurnRefusal): KeyFailure | null {
	switch (refusal.code) {
		case 'no-key':
			return null;
		case 'lease-over':
			return { failure: 'lease-over', ended: refusal.ended };
		case 'clock-back':
		case 'evicted':
		case 'storage-failed':
			return { failure: refusal.code };
		case 'not-yet':
		case 'expired':
		case 'outside-hours':
		case 'used':
			return { failure: BY_VERDICT[refusal.code] };
	}
}

import { LinkError, type LinkErrorCode } from '../link/link.ts';
import { ProtocolError } from '../protocol/errors.ts';
import type { LockOutcome } from '../protocol/vendors.ts';
import { ClientError, type ClientErrorCode } from './call.ts';
import { BY_VERDICT } from './door-failures.ts';
import type { FailureCode } from './phases.ts';

/** What an end of the link means before the opening packet was written. */
const BY_LINK: Record<LinkErrorCode, FailureCode> = {
	unsupported: 'unsupported',
	'bluetooth-off': 'bluetooth-off',
	'no-answer': 'no-answer',
	'other-lock': 'other-lock',
	'not-a-lock': 'not-a-lock',
	lost: 'lost-before',
	'timed-out': 'lost-before',
	// Whoever stopped it has said so on the screen already.
	stopped: 'lost-before'
};

/** What a refusal to give commands means; every other is the server's own fault. */
const BY_SERVER: Partial<Record<ClientErrorCode, FailureCode>> = {
	'signed-out': 'signed-out',
	forbidden: 'not-now',
	'not-now': 'not-now',
	'not-found': 'foreign',
	'no-network': 'no-network'
};

type ResultName = NonNullable<LockOutcome['opening']>;

/** What the lock means by an answer to the opening packet; every other is a refusal. */
const BY_RESULT: Partial<Record<ResultName, FailureCode>> = {
	'invalid-key': 'wrong-key',
	'failed-to-unlock': 'stuck',
	'failed-to-unshackle': 'stuck',
	'out-of-schedule': 'not-now'
};

/** Why nothing was sent that opens. @throws what none of the rooms below throws: a fault of ours */
export function failureOf(cause: unknown): FailureCode {
	if (cause instanceof LinkError) return BY_LINK[cause.code];
	if (cause instanceof ClientError && cause.reason) return BY_VERDICT[cause.reason];
	if (cause instanceof ClientError) return BY_SERVER[cause.code] ?? 'server-fault';
	// Of what is parsed before that, only the hello comes from the lock.
	if (cause instanceof ProtocolError) return 'not-a-lock';
	throw cause;
}

/**
 * Why the lock, which has answered, did not open.
 * @param key of this phone, if one was used
 */
export function failureOfResult(result: ResultName, key?: { waits: boolean }): FailureCode {
	if (key && result === 'invalid-key' && key.waits) return 'waits-for-lock';
	// The lock's own clock says that the key's window is over.
	if (key && result === 'out-of-schedule') return 'lease-over';
	return BY_RESULT[result] ?? 'refused-by-lock';
}

import { LinkError, type LinkErrorCode } from '../link/link.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { ClientError, type ClientErrorCode } from './call.ts';

/**
 * Why an errand to a door lock was not done. Every errand may be run again. The words for each stand in
 * `ui/errand-failures.ts`.
 */
export type ErrandFailure =
	/** This browser has no Web Bluetooth. */
	| 'unsupported'
	/** The adapter is off or missing. */
	| 'bluetooth-off'
	/** No answer within its waking time: asleep or out of range. */
	| 'no-answer'
	/** The chosen device is another lock. */
	| 'other-lock'
	/** Another tab of this browser talks with it. */
	| 'busy'
	/** Service or characteristics are missing, or what it says makes no sense. */
	| 'not-a-lock'
	/** The link dropped, or the lock fell silent: what it was told last may have happened. */
	| 'lost'
	/** The server was not reached. */
	| 'no-network'
	/** The server answered with a fault of its own. */
	| 'server-fault'
	/** Nobody is signed in any more. */
	| 'signed-out'
	/** This person may not do it. */
	| 'forbidden'
	/** The lock, or what it was to be told of, is not here any more. */
	| 'foreign'
	/** It took longer than a conversation may. */
	| 'too-long'
	/** The lock does not take Hasp's keys: it was reset, or paired elsewhere. */
	| 'not-ours'
	/** It has these digits already. */
	| 'same-digits'
	/** It holds no more of them. */
	| 'full'
	/** Its battery does not carry that. */
	| 'no-power'
	/** It cannot do this over the air. */
	| 'cannot'
	/** It refused for another reason. */
	| 'refused';

const BY_LINK: Record<LinkErrorCode, ErrandFailure> = {
	unsupported: 'unsupported',
	'bluetooth-off': 'bluetooth-off',
	'no-answer': 'no-answer',
	'other-lock': 'other-lock',
	'not-a-lock': 'not-a-lock',
	lost: 'lost',
	'timed-out': 'lost',
	stopped: 'lost'
};

const BY_SERVER: Partial<Record<ClientErrorCode, ErrandFailure>> = {
	'signed-out': 'signed-out',
	forbidden: 'forbidden',
	'not-now': 'forbidden',
	'not-found': 'foreign',
	conflict: 'too-long',
	'no-network': 'no-network',
	'timed-out': 'no-network'
};

/** What the lock means by its reason; every other is a refusal. */
const BY_RESULT: Readonly<Record<string, ErrandFailure>> = {
	'was-reset': 'not-ours',
	'wrong-admin': 'not-ours',
	'no-admin': 'not-ours',
	'in-setting-mode': 'not-ours',
	'wrong-aes-key': 'not-ours',
	'passcode-exists': 'same-digits',
	'passcode-is-delete-code': 'same-digits',
	'passcodes-full': 'full',
	'no-storage': 'full',
	'no-power': 'no-power',
	'invalid-command': 'cannot'
};

/** @throws what none of the rooms below throws: a fault of ours */
export function errandFailureOf(cause: unknown): ErrandFailure {
	if (cause instanceof LinkError) return BY_LINK[cause.code];
	if (cause instanceof ClientError) return BY_SERVER[cause.code] ?? 'server-fault';
	if (cause instanceof ProtocolError) return 'not-a-lock';
	throw cause;
}

/** Why the lock, which has answered, did not do it. @param action of the errand */
export function errandFailureOfResult(result: string, action: string): ErrandFailure {
	// So the relay says it of a lock that does not do it over the air.
	if (action === 'reset-ekeys' && result === 'invalid-key') return 'cannot';
	return BY_RESULT[result] ?? 'refused';
}

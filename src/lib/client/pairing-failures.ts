import { LinkError, type LinkErrorCode } from '../link/link.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { VaultError } from '../vault/store.ts';
import { ClientError, type ClientErrorCode } from './call.ts';

/** Why a lock was not paired, or not reset. The words for each stand in `ui/pairing-failures.ts`. */
export type PairingFailure =
	/** This browser has no Web Bluetooth. */
	| 'unsupported'
	/** The adapter is off or missing. */
	| 'bluetooth-off'
	/** No connection: out of range, without power, or another phone has it. */
	| 'no-answer'
	/** Another tab of this browser talks with it. */
	| 'busy'
	/** Not a lock that a phone pairs. */
	| 'not-a-lock'
	/** The phone's storage is full: without the keys on it no lock is taken. */
	| 'storage-full'
	/** It does not answer. */
	| 'storage-failed'
	/** It has another owner: neither in setting mode, nor do the keys on this phone fit. */
	| 'foreign'
	/** The link dropped, or the lock fell silent, before it could take the keys: it is as it was. */
	| 'lost'
	/** The lock refused before it could take the keys: it is as it was. */
	| 'refused'
	/** Cut after the lock could take the keys: it may be ours. They are kept, and the next try goes on. */
	| 'cut'
	/** It is ours, and nobody says its MAC. The keys are kept. */
	| 'nameless'
	/** It is paired; the keys are kept, but what the server needs could neither be stored nor sent. */
	| 'untold'
	/** It is paired and kept; nobody is signed in any more. */
	| 'signed-out'
	/** It is paired and kept; only owners and admins add locks. */
	| 'forbidden'
	/** It is paired and kept; another owner here has to delete it first. */
	| 'conflict'
	/** It is paired and kept; the server does not take what this version of the app says of it. */
	| 'unfit'
	/** Nothing is kept of the lock that was to be reset. */
	| 'nothing-kept';

const BY_LINK: Record<LinkErrorCode, PairingFailure> = {
	unsupported: 'unsupported',
	'bluetooth-off': 'bluetooth-off',
	'no-answer': 'no-answer',
	'other-lock': 'not-a-lock',
	'not-a-lock': 'not-a-lock',
	lost: 'lost',
	'timed-out': 'lost',
	stopped: 'lost'
};

const BY_SERVER: Partial<Record<ClientErrorCode, PairingFailure>> = {
	'signed-out': 'signed-out',
	forbidden: 'forbidden',
	conflict: 'conflict',
	'bad-input': 'unfit',
	'too-large': 'unfit'
};

/** Why a lock could not be talked with. @throws what none of the rooms below throws: a fault of ours */
export function pairingFailureOf(cause: unknown): PairingFailure {
	if (cause instanceof LinkError) return BY_LINK[cause.code];
	if (cause instanceof VaultError) return cause.code === 'full' ? 'storage-full' : 'storage-failed';
	if (cause instanceof ProtocolError) return 'not-a-lock';
	// Only the virtual lock of the demo asks the server first.
	return deliveryFailureOf(cause) ?? 'no-answer';
}

/**
 * Why the server did not take a paired lock; null when it was not reached or could not, so that the lock
 * waits for it. @throws what is no answer
 */
export function deliveryFailureOf(cause: unknown): PairingFailure | null {
	if (cause instanceof ClientError) return BY_SERVER[cause.code] ?? null;
	throw cause;
}

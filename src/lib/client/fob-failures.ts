import { LinkError, type LinkErrorCode } from '../link/link.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { ClientError, type ClientErrorCode } from './call.ts';

/**
 * Why a fob was not synced. It then holds what it held before, except after `untold`. The words
 * for each stand in `ui/fob-failures.ts`.
 */
export type FobFailure =
	/** This browser has no Web Bluetooth. */
	| 'unsupported'
	/** The adapter is off or missing. */
	| 'bluetooth-off'
	/** No answer within its waking time: asleep or out of range. */
	| 'no-answer'
	/** The chosen device is another fob. */
	| 'other-fob'
	/** Another tab of this browser talks with it. */
	| 'busy'
	/** Service or characteristics are missing, or what it says makes no sense. */
	| 'not-a-fob'
	/** The link dropped, or the fob fell silent, before it had taken the whole set. */
	| 'lost'
	/** The server was not reached. */
	| 'no-network'
	/** The server answered with a fault of its own. */
	| 'server-fault'
	/** Nobody is signed in any more. */
	| 'signed-out'
	/** Only owners and admins sync fobs. */
	| 'forbidden'
	/** The company has no such fob any more. */
	| 'foreign'
	/** It holds another key than the server thinks. */
	| 'wrong-key'
	/** It refused with another result. */
	| 'refused'
	/** It took everything; its proof is on this phone, and the server does not have it yet. */
	| 'untold';

const BY_LINK: Record<LinkErrorCode, FobFailure> = {
	unsupported: 'unsupported',
	'bluetooth-off': 'bluetooth-off',
	'no-answer': 'no-answer',
	'other-lock': 'other-fob',
	'not-a-lock': 'not-a-fob',
	lost: 'lost',
	'timed-out': 'lost',
	stopped: 'lost'
};

const BY_SERVER: Partial<Record<ClientErrorCode, FobFailure>> = {
	'signed-out': 'signed-out',
	forbidden: 'forbidden',
	'not-found': 'foreign',
	'no-network': 'no-network',
	'timed-out': 'no-network'
};

/** @throws what none of the rooms below throws: a fault of ours */
export function fobFailureOf(cause: unknown): FobFailure {
	if (cause instanceof LinkError) return BY_LINK[cause.code];
	if (cause instanceof ClientError) return BY_SERVER[cause.code] ?? 'server-fault';
	if (cause instanceof ProtocolError) return 'not-a-fob';
	throw cause;
}

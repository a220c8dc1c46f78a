import type { ErrorDetail } from '../../api/core/envelope.ts';

export type CoreErrorCode =
	/** The API key is missing, wrong, revoked, or not of the kind this call takes. */
	| 'bad-key'
	/** The body is no JSON, or does not fit the call. */
	| 'bad-input'
	/** Another method than POST. */
	| 'bad-method'
	| 'no-endpoint'
	/** Absent, another company's, or of the other environment: the three are not told apart. */
	| 'lock-not-found'
	/** Only HD padlocks let go of their shackle. */
	| 'cannot-unshackle'
	/** Only HD padlocks from firmware 4.25 on can be told to engage. */
	| 'cannot-engage'
	/** 255 command ids are all that one session has. */
	| 'session-full'
	/** All of a lock's key slots are taken. */
	| 'lock-full'
	/** As a lock that is not found. */
	| 'fob-not-found'
	/** A fob has places for 100 locks. */
	| 'fob-full'
	/** The app calls the fob lost: it gets no lock until it is called found. */
	| 'fob-lost'
	/** A frozen set of changes cannot be read: the row was changed by other hands. */
	| 'broken-pending'
	/** A row changed while work on it was prepared; the engine tries again before it says so. */
	| 'moved'
	/** Another request took the same upload at the same moment; likewise tried again. */
	| 'sent-twice';

/** What the Core engine throws. The message goes to the client: no secrets, no inner detail. */
export class CoreError extends Error {
	override readonly name = 'CoreError';
	readonly code: CoreErrorCode;
	/** What failed, part by part, of a request of several parts none of which worked. */
	readonly details: readonly ErrorDetail[];

	constructor(
		code: CoreErrorCode,
		message: string,
		{ details = [], ...options }: ErrorOptions & { details?: readonly ErrorDetail[] } = {}
	) {
		super(message, options);
		this.code = code;
		this.details = details;
	}
}

/** The one answer for what is absent and for what belongs to another company. */
export function lockNotFound(): CoreError {
	return new CoreError('lock-not-found', 'Lock not found');
}

export function fobNotFound(): CoreError {
	return new CoreError('fob-not-found', 'Fob not found');
}

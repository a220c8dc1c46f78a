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
	/** 255 command ids are all that one session has. */
	| 'session-full'
	/** All of a lock's key slots are taken. */
	| 'lock-full'
	/** A frozen set of changes cannot be read: the row was changed by other hands. */
	| 'broken-pending'
	/** The row changed while its packets were read; the engine tries again before it says so. */
	| 'moved'
	/** Another request took the same upload at the same moment; likewise tried again. */
	| 'sent-twice';

/** What the Core engine throws. The message goes to the client: no secrets, no inner detail. */
export class CoreError extends Error {
	override readonly name = 'CoreError';
	readonly code: CoreErrorCode;

	constructor(code: CoreErrorCode, message: string, options?: ErrorOptions) {
		super(message, options);
		this.code = code;
	}
}

/** The one answer for what is absent and for what belongs to another company. */
export function lockNotFound(): CoreError {
	return new CoreError('lock-not-found', 'Lock not found');
}

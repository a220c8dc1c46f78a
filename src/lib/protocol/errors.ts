/** Why bytes, names or arguments were refused. */
export type ProtocolErrorCode =
	/** Text that should be hex is not. */
	| 'bad-hex'
	/** Too few or too many bytes. */
	| 'bad-length'
	/** A device name that is not a lock's. */
	| 'bad-name'
	/** A field outside its range: our own misuse, found before anything is sent. */
	| 'bad-field'
	/** A packet that no key opens, or whose authenticator is wrong. */
	| 'not-authentic';

/** The one error of the protocol room. Its message holds no key, session or packet. */
export class ProtocolError extends Error {
	override readonly name = 'ProtocolError';
	readonly code: ProtocolErrorCode;

	constructor(code: ProtocolErrorCode, message: string, options?: ErrorOptions) {
		super(message, options);
		this.code = code;
	}
}

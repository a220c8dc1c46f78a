/** Why a virtual lock could not be made or driven. */
export type VirtualErrorCode =
	/** Neither bank of the saved state is whole: not one of our states, or changed from outside. */
	| 'damaged'
	/** A hardware type that no virtual lock plays. */
	| 'bad-hardware'
	/** Entropy or a key of another length than 16 bytes: the host's mistake. */
	| 'bad-length';

/** The one error of the virtual room. A refused command is never one: it is an answer. */
export class VirtualError extends Error {
	override readonly name = 'VirtualError';
	readonly code: VirtualErrorCode;

	constructor(code: VirtualErrorCode, message: string, options?: ErrorOptions) {
		super(message, options);
		this.code = code;
	}
}

import type { SifelyRefusal } from '../../api/sifely/errcodes.ts';

/** Why the open API refused; the codes and their numbers stand in api/sifely/errcodes.ts. */
export type SifelyErrorCode = SifelyRefusal;

/** What the engine of the open API throws. The message goes to the client as `description`. */
export class SifelyError extends Error {
	override readonly name = 'SifelyError';
	readonly code: SifelyErrorCode;

	constructor(code: SifelyErrorCode, message: string, options?: ErrorOptions) {
		super(message, options);
		this.code = code;
	}
}

/** The one answer for what is absent, another company's, or nobody's who asks. */
export function lockNotFound(): SifelyError {
	return new SifelyError('no-lock', 'no such lock');
}

export function keyNotFound(): SifelyError {
	return new SifelyError('no-ekey', 'no such eKey');
}

export function codeNotFound(): SifelyError {
	return new SifelyError('no-passcode', 'no such passcode');
}

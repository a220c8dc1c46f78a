/** What is printed of a failure: the code of the room that threw it, and its message. */
export function describeFailure(error: unknown): { code: string; message: string } {
	if (!(error instanceof Error)) return { code: 'internal', message: String(error) };
	const code = 'code' in error && typeof error.code === 'string' ? error.code : 'internal';
	const extra = error instanceof MistakesError ? { mistakes: error.mistakes } : {};
	return { code, message: error.message, ...extra };
}

/** A file with mistakes in it: nothing of it was taken. */
export class MistakesError extends Error {
	override readonly name = 'MistakesError';
	readonly code = 'bad-input';
	readonly mistakes: readonly object[];

	constructor(mistakes: readonly object[]) {
		super(
			`The file has mistakes (${mistakes.length}); nothing was taken. Mend them and import it again.`
		);
		this.mistakes = mistakes;
	}
}

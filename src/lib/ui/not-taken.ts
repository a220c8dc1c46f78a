/** Why the server will never take what a phone sent, by the code of its refusal. */
export function refusedWords(code: string): string {
	switch (code) {
		case 'not-found':
			return 'The company has no such lock.';
		case 'conflict':
			return 'The server has something else under its number.';
		case 'too-large':
			return 'It is more than the server reads at once.';
		default:
			return 'The server could not read it.';
	}
}

import { fstatSync } from 'node:fs';

/** How long a pipe may say nothing before a password is made instead. */
const SILENCE_MS = 3000;

/** The first line of what is piped in; undefined when nothing is, so that a script never hangs. */
export async function readPassword(): Promise<string | undefined> {
	const { stdin } = process;
	if (stdin.isTTY || !hasInput()) return undefined;
	const timer = setTimeout(() => stdin.destroy(), SILENCE_MS);
	let text = '';
	try {
		for await (const chunk of stdin.setEncoding('utf8')) {
			clearTimeout(timer);
			text += String(chunk);
			if (text.includes('\n') || text.length > 4096) break;
		}
	} catch (error) {
		// Destroyed by the timer: nobody was going to write.
		if (text !== '') throw error;
	} finally {
		clearTimeout(timer);
	}
	return text.split(/\r?\n/, 1)[0] || undefined;
}

function hasInput(): boolean {
	try {
		const stat = fstatSync(0);
		return stat.isFIFO() || stat.isFile() || stat.isSocket();
	} catch {
		return false;
	}
}

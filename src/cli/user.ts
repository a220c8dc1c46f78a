import { fstatSync } from 'node:fs';
import type { Server } from '../lib/server/context.ts';
import { parse } from '../lib/server/http/parse.ts';
import { addPerson, NewPerson } from '../lib/server/people/accounts.ts';
import { ACTOR, companyOf } from './company.ts';
import { expect, need, type Words } from './words.ts';

/** How long a pipe may say nothing before a password is made instead. */
const SILENCE_MS = 3000;

/** `user add`: an account that belongs to the company; the password from standard input or made. */
export async function addUser(server: Server, words: Words): Promise<object> {
	expect(words, ['company', 'email', 'name', 'role']);
	const person = parse(NewPerson, {
		email: need(words, 'email'),
		name: need(words, 'name'),
		role: need(words, 'role')
	});
	const { id } = await companyOf(server.db, words);
	const user = await addPerson(server, id, ACTOR, person, await readPassword());
	return { user };
}

/** The first line of what is piped in; undefined when nothing is, so that a script never hangs. */
async function readPassword(): Promise<string | undefined> {
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

import { parse } from '../lib/server/http/parse.ts';
import { addPerson, NewPerson } from '../lib/server/people/accounts.ts';
import { ACTOR, companyOf } from './company.ts';
import { expect, need, type Command } from './words.ts';

/** `user add`: an account that belongs to the company; the password from standard input or made. */
export const addUser: Command = async (server, words, readPassword) => {
	expect(words, ['company', 'email', 'name', 'role']);
	const person = parse(NewPerson, {
		email: need(words, 'email'),
		name: need(words, 'name'),
		role: need(words, 'role')
	});
	const { id } = await companyOf(server.db, words);
	const user = await addPerson(server, id, ACTOR, person, await readPassword());
	return { user };
};

import { readConfig } from '../lib/server/config.ts';
import { openServer } from '../lib/server/context.ts';
import { makeLog } from '../lib/server/log.ts';
import { addCompany, addCompanyKey, revokeCompanyKey } from './company.ts';
import { describeFailure } from './failure.ts';
import { backup } from './backup.ts';
import { addCompanyFob } from './fob.ts';
import {
	addCompanyLock,
	importCompanyLocks,
	moveCompanyLock,
	recoverCompanyLocks,
	resetCompanyLock
} from './lock.ts';
import { addSifelyApp, revokeSifelyApp } from './sifely-app.ts';
import { addUser } from './user.ts';
import { readWords, USAGE, UsageError, type Command } from './words.ts';

/*
 * The operator's command line. It reads the server's environment and opens the same database,
 * also while a server runs on it. JSON on standard output; a refusal as JSON on standard error
 * with exit code 1; wrong words are answered with the usage and exit code 2.
 */

const COMMANDS: Record<string, Command> = {
	'company add': addCompany,
	'key add': addCompanyKey,
	'key revoke': revokeCompanyKey,
	'lock add': addCompanyLock,
	'lock import': importCompanyLocks,
	'lock recover': recoverCompanyLocks,
	'lock reset': resetCompanyLock,
	'lock move': moveCompanyLock,
	'fob add': addCompanyFob,
	'sifely-app add': addSifelyApp,
	'sifely-app revoke': revokeSifelyApp,
	'user add': addUser,
	backup
};

/** What a command line is run with, and where its answer goes. */
export interface Surroundings {
	readonly env: Readonly<Record<string, string | undefined>>;
	/** A password that was piped in, if any. */
	readPassword(): Promise<string | undefined>;
	out(text: string): void;
	err(text: string): void;
}

/** Runs one command line; returns the exit code. */
export async function run(argv: string[], { env, readPassword, out, err }: Surroundings) {
	try {
		const words = readWords(argv, Object.keys(COMMANDS));
		if (words === null) {
			out(USAGE);
			return 0;
		}
		const command = COMMANDS[words.command];
		if (command === undefined) throw new UsageError(`unknown command ${words.command}`);
		const server = await openServer(readConfig(env), makeLog('silent'));
		try {
			out(`${JSON.stringify(await command(server, words, readPassword))}\n`);
			return 0;
		} finally {
			await server.close();
		}
	} catch (error) {
		if (error instanceof UsageError) {
			err(`${error.message}\n\n${USAGE}`);
			return 2;
		}
		err(`${JSON.stringify({ error: describeFailure(error) })}\n`);
		return 1;
	}
}

import { readConfig } from '../lib/server/config.ts';
import { openServer } from '../lib/server/context.ts';
import { makeLog } from '../lib/server/log.ts';
import { addCompany, addCompanyKey, revokeCompanyKey } from './company.ts';
import { describeFailure } from './failure.ts';
import { backup } from './backup.ts';
import { addCompanyLock, importCompanyLocks } from './lock.ts';
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
	'user add': addUser,
	backup
};

async function main(argv: string[]): Promise<number> {
	try {
		const words = readWords(argv, Object.keys(COMMANDS));
		if (words === null) {
			process.stdout.write(USAGE);
			return 0;
		}
		const command = COMMANDS[words.command];
		if (command === undefined) throw new UsageError(`unknown command ${words.command}`);
		const server = await openServer(readConfig(process.env), makeLog('silent'));
		try {
			const result = await command(server, words);
			process.stdout.write(`${JSON.stringify(result)}\n`);
			return 0;
		} finally {
			await server.close();
		}
	} catch (error) {
		if (error instanceof UsageError) {
			process.stderr.write(`${error.message}\n\n${USAGE}`);
			return 2;
		}
		process.stderr.write(`${JSON.stringify({ error: describeFailure(error) })}\n`);
		return 1;
	}
}

process.exitCode = await main(process.argv.slice(2));

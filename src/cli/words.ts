import { parseArgs } from 'node:util';
import type { Server } from '../lib/server/context.ts';

export const USAGE = `Usage: npm run -s hasp -- COMMAND

  company add NAME
  key add --company ID --environment production|sandbox --kind private|mobile
  key revoke ID
  lock add --company ID --mac MAC --hw 4I [--serial S] [--fw 4.25] [--name N] [--place P]
           [--environment production|sandbox] [--base-key HEX]
  lock import FILE.csv --company ID [--environment production|sandbox]
  lock recover --company ID [--mac MAC]
           (after a restore from a backup; without --mac every lock and fob of the company)
  lock reset --company ID --mac MAC
           (every key of the lock gets another value with its next online unlock)
  lock move --company ID --mac MAC --environment production|sandbox
  fob add --company ID --mac MAC [--serial S] [--name N] [--environment production|sandbox]
           [--base-key HEX]
  sifely-app add --company ID
           (clientId and clientSecret for the Sifely open API, shown once)
  sifely-app revoke CLIENT_ID
  user add --company ID --email E --name N --role owner|admin|member
           (a password on standard input; without one it is made and printed once)
  backup FILE

It works on the server's own environment: HASP_DATA, DATABASE_URL.
`;

/** The words do not make a command; the message says which. */
export class UsageError extends Error {
	override readonly name = 'UsageError';
}

const OPTIONS = {
	company: { type: 'string' },
	environment: { type: 'string' },
	kind: { type: 'string' },
	mac: { type: 'string' },
	serial: { type: 'string' },
	hw: { type: 'string' },
	fw: { type: 'string' },
	name: { type: 'string' },
	place: { type: 'string' },
	'base-key': { type: 'string' },
	email: { type: 'string' },
	role: { type: 'string' },
	help: { type: 'boolean', short: 'h' }
} as const;

export type OptionName = Exclude<keyof typeof OPTIONS, 'help'>;

/** What was asked for: the command's words, the words after them, the options. */
export interface Words {
	readonly command: string;
	readonly rest: readonly string[];
	readonly options: Readonly<Partial<Record<OptionName, string>>>;
}

/** Does one command; what it returns is printed. */
export type Command = (
	server: Server,
	words: Words,
	/** The password that was piped in, if any. */
	readPassword: () => Promise<string | undefined>
) => Promise<object>;

/** Reads the command line; null when help is asked for. Throws UsageError. */
export function readWords(argv: string[], commands: readonly string[]): Words | null {
	const { values, positionals } = parse(argv);
	if (values.help === true) return null;
	if (positionals.length === 0) throw new UsageError('no command');
	const command = commands.find((name) => {
		const parts = name.split(' ');
		return parts.every((part, index) => part === positionals[index]);
	});
	if (command === undefined) throw new UsageError(`unknown command: ${positionals.join(' ')}`);
	const { help: _, ...options } = values;
	return { command, rest: positionals.slice(command.split(' ').length), options };
}

function parse(argv: string[]) {
	try {
		return parseArgs({ args: argv, options: OPTIONS, allowPositionals: true, strict: true });
	} catch (cause) {
		throw new UsageError(cause instanceof Error ? cause.message : 'wrong words', { cause });
	}
}

/** The one word after the command, such as a name or a file. Throws UsageError. */
export function only({ rest, command }: Words, what: string): string {
	const [word, ...more] = rest;
	if (word === undefined || word === '' || more.length > 0) {
		throw new UsageError(`${command} takes one ${what}`);
	}
	return word;
}

/** An option the command cannot do without. Throws UsageError. */
export function need({ options, command }: Words, name: OptionName): string {
	const value = options[name];
	if (value === undefined || value === '') throw new UsageError(`${command} needs --${name}`);
	return value;
}

/** Refuses words after the command, and options it does not know. Throws UsageError. */
export function expect(words: Words, names: readonly OptionName[], rest = 0): void {
	if (words.rest.length > rest) {
		throw new UsageError(`${words.command} does not take ${words.rest[rest] ?? ''}`);
	}
	for (const name of Object.keys(words.options)) {
		if (!names.some((known) => known === name)) {
			throw new UsageError(`${words.command} does not take --${name}`);
		}
	}
}

import { randomBytes } from 'node:crypto';
import { run } from '../../../src/cli/run.ts';
import { NEEDED } from '../equipment.ts';

/*
 * `npm run -s conformance:prepare`: makes what the conformance suite needs on the Hasp server of this
 * environment, by its command line, and prints the arguments for `npm run conformance`.
 */

interface Company {
	company: { id: string };
	keys: { production: { private: string; mobile: string } };
}

/** One command of `npm run hasp`; its answer, or its refusal thrown. */
async function hasp(...words: string[]): Promise<ReturnType<typeof JSON.parse>> {
	const said = { out: '', err: '' };
	const code = await run(words, {
		env: process.env,
		readPassword: () => Promise.resolve(undefined),
		out: (text) => (said.out += text),
		err: (text) => (said.err += text)
	});
	if (code !== 0) throw new Error(`${words.slice(0, 2).join(' ')}: ${said.err}`);
	return JSON.parse(said.out);
}

async function addLock({ company }: Company, hw: string, fw: string): Promise<string> {
	const mac = newMac();
	const words = ['--company', company.id, '--mac', mac, '--serial', `SER-${mac}`];
	await hasp('lock', 'add', ...words, '--hw', hw, '--fw', fw);
	return mac;
}

async function addFob({ company }: Company): Promise<string> {
	const mac = newMac();
	await hasp('fob', 'add', '--company', company.id, '--mac', mac, '--serial', `SER-${mac}`);
	return mac;
}

function newMac(): string {
	const bytes = Buffer.concat([Buffer.from([0xf2]), randomBytes(5)]);
	return bytes
		.toString('hex')
		.toUpperCase()
		.replace(/..(?!$)/g, '$&:');
}

const own: Company = await hasp('company', 'add', 'Conformance');
for (let i = 0; i < NEEDED.padlocks; i++) await addLock(own, '4I', '4.25');
await addLock(own, '3P', '2.10');
for (let i = 0; i < NEEDED.fobs; i++) await addFob(own);
const other: Company = await hasp('company', 'add', 'Conformance, another company');
const { production } = own.keys;
console.log(
	[
		['--private-key', production.private],
		['--mobile-key', production.mobile],
		['--foreign-lock', await addLock(other, '4I', '4.25')],
		['--foreign-fob', await addFob(other)]
	]
		.flat()
		.join(' ')
);

import { parseArgs } from 'node:util';
import { Caller } from './call.ts';
import { line, runCases } from './case.ts';
import { findEquipment, NEEDED } from './equipment.ts';
import { Stand } from './stand.ts';
import { SUITE } from './suite.ts';

/*
 * `npm run conformance -- --url … --private-key … --mobile-key …`: every case against one server of the
 * API, one line each, then `N passed, N failed`. Exit code 0: none failed; 1: some; 2: it did not run.
 */

const USAGE = `usage: npm run conformance -- --url http://localhost:3000/core/ --private-key KEY --mobile-key KEY
         [--foreign-lock MAC] [--foreign-fob MAC]

  --url           where the API begins
  --private-key   a company's keys on that server; the company is changed by the run
  --mobile-key
  --foreign-lock  a lock and a fob of another company; the cases about them fail without
  --foreign-fob

The company needs ${NEEDED.padlocks} HD padlocks (4I, firmware 4.25) and one other lock (3P) that await setup, and
${NEEDED.fobs} fobs, all virtual and out of the box: the run opens them itself, with the public default base key.`;

/** What was asked for, or null when the words make no sense. */
function words() {
	try {
		const { values } = parseArgs({
			options: {
				url: { type: 'string' },
				'private-key': { type: 'string' },
				'mobile-key': { type: 'string' },
				'foreign-lock': { type: 'string' },
				'foreign-fob': { type: 'string' }
			}
		});
		const { url, 'private-key': privateKey, 'mobile-key': mobileKey } = values;
		if (!url || !URL.canParse(url) || !privateKey || !mobileKey) return null;
		const foreign = { lock: values['foreign-lock'], fob: values['foreign-fob'] };
		return { caller: new Caller(url, { private: privateKey, mobile: mobileKey }), foreign };
	} catch {
		return null;
	}
}

async function main(): Promise<number> {
	const asked = words();
	if (asked === null) {
		console.error(USAGE);
		return 2;
	}
	const { caller, foreign } = asked;
	const stand = new Stand(caller, await findEquipment(caller, foreign));
	let failed = 0;
	for await (const outcome of runCases(stand, SUITE)) {
		console.log(line(outcome));
		if (outcome.wrong !== null) failed++;
	}
	console.log(`${SUITE.length - failed} passed, ${failed} failed`);
	return failed === 0 ? 0 : 1;
}

try {
	process.exitCode = await main();
} catch (error) {
	// Not a case that failed: there is no server, or none that speaks JSON.
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 2;
}

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countPlaywright, countStep, countVitest, type Counts } from './setup/counts.ts';
import { makeReady } from './setup/programs.ts';

/*
 * `npm test`: everything but the bench, on a fresh machine, in order of how soon it tells. Ends with one
 * line, `N passed, N failed`; a failed check or build is one failed item, and so is a skipped test.
 */

const reports = mkdtempSync(join(tmpdir(), 'hasp-reports-'));
const results: { name: string; counts: Counts; seconds: number }[] = [];

/** Runs one command with its output on ours and notes what it counted. */
function step(name: string, command: string[], count: (succeeded: boolean) => Counts): boolean {
	console.log(`\n── ${name}: ${command.join(' ')}`);
	const [program = '', ...args] = command;
	const start = performance.now();
	const { status } = spawnSync(program, args, {
		stdio: 'inherit',
		env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: join(reports, 'playwright.json') }
	});
	const counts = count(status === 0);
	results.push({ name, counts, seconds: (performance.now() - start) / 1000 });
	return counts.failed === 0;
}

/** A report that a step wrote; `null` when it did not get so far. */
function report(file: string) {
	try {
		return JSON.parse(readFileSync(join(reports, file), 'utf8'));
	} catch {
		return null;
	}
}

function runAll(): void {
	const vitest = join(reports, 'vitest.json');
	step('types', ['npm', 'run', '-s', 'check'], countStep);
	step('lint', ['npm', 'run', '-s', 'lint'], countStep);
	step(
		'vitest',
		[
			'npx',
			'vitest',
			'run',
			'--reporter=default',
			'--reporter=json',
			`--outputFile.json=${vitest}`
		],
		(succeeded) => countVitest(report('vitest.json'), succeeded)
	);
	if (!step('build', ['npm', 'run', '-s', 'build'], countStep)) {
		console.log('\n── browser: not run, there is no build of this source');
		results.push({ name: 'browser', counts: countStep(false), seconds: 0 });
		return;
	}
	step('browser', ['npx', 'playwright', 'test', '--reporter=list,json'], (succeeded) =>
		countPlaywright(report('playwright.json'), succeeded)
	);
}

const obstacle = makeReady();
if (obstacle === null) {
	runAll();
} else {
	console.error(obstacle);
	results.push({ name: 'machine', counts: countStep(false), seconds: 0 });
}
rmSync(reports, { recursive: true, force: true });

console.log('');
for (const { name, counts, seconds } of results) {
	const verdict = counts.failed === 0 ? 'ok' : `${counts.failed} failed`;
	console.log(`${name.padEnd(8)} ${seconds.toFixed(0).padStart(4)} s  ${verdict}`);
}
const sum = (key: keyof Counts): number =>
	results.reduce((total, { counts }) => total + counts[key], 0);
console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
process.exitCode = sum('failed') === 0 ? 0 : 1;

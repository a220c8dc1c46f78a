import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countPlaywright, countStep, countVitest, type Counts } from './setup/counts.ts';
import { makeReady } from './setup/programs.ts';

/*
 * `npm test`: everything but the bench, on a fresh machine, browser last. Ends with one
 * line, `N passed, N failed`; a failed check or build is one failed item, and so is a skipped test.
 */

/** Where the tests' databases and profiles are: a disk that waits for its platter is not what they test. */
const MEMORY = '/dev/shm';
/** Bytes that they may take. */
const ROOM = 4 * 1024 ** 3;

const reports = mkdtempSync(join(tmpdir(), 'hasp-reports-'));
const results: { name: string; counts: Counts; seconds: number }[] = [];

/** Runs one command with its output on ours and notes what it counted. True: nothing failed. */
async function step(
	name: string,
	command: string[],
	count: (succeeded: boolean) => Counts
): Promise<boolean> {
	console.log(`\n── ${name}: ${command.join(' ')}`);
	const [program = '', ...args] = command;
	const start = performance.now();
	const child = spawn(program, args, {
		stdio: 'inherit',
		env: {
			...process.env,
			TMPDIR: scratch(),
			// Some hundred processes load the same modules.
			NODE_COMPILE_CACHE: join(reports, 'compiled'),
			PLAYWRIGHT_JSON_OUTPUT_FILE: join(reports, 'playwright.json')
		}
	});
	const [status] = (await once(child, 'close').catch(() => [null])) as [number | null];
	const counts = count(status === 0);
	results.push({ name, counts, seconds: (performance.now() - start) / 1000 });
	return counts.failed === 0;
}

/** Memory, where there is enough of it as files. */
function scratch(): string {
	try {
		const { bavail, bsize } = statfsSync(MEMORY);
		return bavail * bsize >= ROOM ? MEMORY : tmpdir();
	} catch {
		return tmpdir();
	}
}

/** A report that a step wrote; `null` when it did not get so far. */
function report(file: string) {
	try {
		return JSON.parse(readFileSync(join(reports, file), 'utf8'));
	} catch {
		return null;
	}
}

async function runAll(): Promise<void> {
	const vitest = join(reports, 'vitest.json');
	const json = ['--reporter=default', '--reporter=json', `--outputFile.json=${vitest}`];
	// The build comes first: it also writes what types and lint read.
	const [built] = await Promise.all([
		step('build', ['npm', 'run', '-s', 'build'], countStep),
		step('format', ['npx', 'prettier', '--check', '.'], countStep)
	]);
	// None of these keeps two cores busy alone.
	await Promise.all([
		step('vitest', ['npx', 'vitest', 'run', ...json], (succeeded) =>
			countVitest(report('vitest.json'), succeeded)
		),
		step('lint', ['npm', 'run', '-s', 'lint:code'], countStep).then(() =>
			step('types', ['npm', 'run', '-s', 'check'], countStep)
		)
	]);
	if (!built) {
		console.log('\n── browser: not run, there is no build of this source');
		results.push({ name: 'browser', counts: countStep(false), seconds: 0 });
		return;
	}
	// Alone: beside anything else Chrome and the waits for it are late, and tests are tried twice.
	await step('browser', ['npx', 'playwright', 'test', '--reporter=list,json'], (succeeded) =>
		countPlaywright(report('playwright.json'), succeeded)
	);
}

const obstacle = makeReady();
if (obstacle === null) {
	await runAll();
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

/**
 * `npm run long`: what the tests try a little of, tried long. Words choose parts: `npm run long --
 * model pair`. Each begins elsewhere each time; HASP_SEED repeats one.
 */
import { spawnSync } from 'node:child_process';
import { makeReady } from '../setup/programs.ts';

interface Part {
	files: readonly string[];
	env: Readonly<Record<string, string>>;
}

const PARTS: Record<string, Part> = {
	/** 10 million states, and what takes minutes to exhaust. */
	model: { files: ['tests/model'], env: { HASP_MODEL: 'long' } },
	/** 100,000 lives of a lock and its fob in bad weather. */
	pair: { files: ['tests/pair/pair.test.ts'], env: { HASP_RUNS: '100000' } },
	/** 100,000 bodies on both databases together; a million packets each to lock, fob and server. */
	fuzz: {
		files: ['tests/fuzz', 'tests/virtual/forged.test.ts'],
		env: { HASP_BODIES: '50000', HASP_PACKETS: '1000000' }
	},
	/** A million random streams and 100,000 noisy frames to a door lock's language; 20,000 pairings. */
	noise: {
		files: ['tests/protocol/ttlock/noise.test.ts', 'tests/pair/ttlock/pairing.test.ts'],
		env: { HASP_STREAMS: '1000000', HASP_NOISY: '100000', HASP_LIVES: '20000' }
	},
	/** 20,000 lives of a lock that is paired, by the real client on the real server. */
	taking: { files: ['tests/pair/ttlock/taking.test.ts'], env: { HASP_RUNS: '20000' } },
	/** What holds for whatever is tried, tried with something else than every change tries. */
	properties: { files: ['tests/protocol', 'tests/server/core', 'tests/virtual'], env: {} },
	/** 200 kills of the built server on each database. */
	kill: { files: ['tests/kill'], env: { HASP_KILLS: '200', HASP_PROGRAM: 'build' } }
};

const chosen = process.argv.slice(2);
const obstacle = makeReady();
const unknown = chosen.filter((word) => !Object.hasOwn(PARTS, word));
if (obstacle !== null || unknown.length > 0) {
	console.error(obstacle ?? `npm run long -- ${Object.keys(PARTS).join(' | ')}`);
	process.exit(2);
}
for (const [name, { files, env }] of Object.entries(PARTS)) {
	if (chosen.length > 0 && !chosen.includes(name)) continue;
	if ('HASP_PROGRAM' in env) run('npm', ['run', '--silent', 'build'], {});
	const seed = process.env['HASP_SEED'] ?? String(Math.floor(Math.random() * 2 ** 31));
	console.log(`── ${name}, HASP_SEED=${seed}`);
	// The heap of the model's tables is not V8's, but their maps are.
	const heap = { NODE_OPTIONS: '--max-old-space-size=6144' };
	run('npx', ['vitest', 'run', '--maxWorkers=1', ...files], { ...heap, ...env, HASP_SEED: seed });
}

function run(program: string, words: string[], env: Record<string, string>): void {
	const { status } = spawnSync(program, words, {
		stdio: 'inherit',
		env: { ...process.env, ...env }
	});
	// The others are tried all the same.
	if (status !== 0) process.exitCode = 1;
}

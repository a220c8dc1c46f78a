/**
 * `npm run bench`: measures what the budgets are about, as ratios where machines differ. Words
 * choose parts: `npm run bench relay tap`.
 */
import { spawnSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { inChromium } from './chromium.ts';
import { benchFrames } from './frames.ts';
import { benchGrowth } from './growth.ts';
import { benchRelay } from './relay.ts';

const PARTS: Record<string, () => Promise<void>> = {
	frames: benchFrames,
	relay: benchRelay,
	growth: benchGrowth,
	first: () => inChromium('first'),
	start: () => inChromium('start'),
	tap: () => inChromium('tap'),
	offline: () => inChromium('offline'),
	door: () => inChromium('door')
};

const chosen = process.argv.slice(2);
const build = spawnSync('npm', ['run', '--silent', 'build'], {
	stdio: ['ignore', 'ignore', 'inherit']
});
if (build.status !== 0) process.exit(1);
for (const [name, part] of Object.entries(PARTS)) {
	if (chosen.length > 0 && !chosen.includes(name)) continue;
	console.log(`${name} (${cpus().length} cores, load ${loadavg()[0]!.toFixed(1)})`);
	try {
		await part();
	} catch (cause) {
		// The others are measured all the same.
		console.log(`  ${cause instanceof Error ? cause.message : String(cause)}`);
		process.exitCode = 1;
	}
}

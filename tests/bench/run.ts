/**
 * `npm run bench`: measures what the budgets are about, as ratios where machines differ. Words
 * choose parts: `npm run bench relay tap`.
 */
import { spawnSync } from 'node:child_process';
import { inChromium } from './chromium.ts';
import { benchRelay } from './relay.ts';

const PARTS: Record<string, () => Promise<void>> = {
	relay: benchRelay,
	tap: () => inChromium('tap')
};

const chosen = process.argv.slice(2);
const build = spawnSync('npm', ['run', '--silent', 'build'], {
	stdio: ['ignore', 'ignore', 'inherit']
});
if (build.status !== 0) process.exit(1);
for (const [name, part] of Object.entries(PARTS)) {
	if (chosen.length > 0 && !chosen.includes(name)) continue;
	console.log(name);
	await part();
}

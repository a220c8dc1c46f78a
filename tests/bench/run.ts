/**
 * `npm run bench`: prints what design budgets are about, as ratios where machines differ. Words
 * choose parts: `npm run bench relay tap size`.
 */
import { spawnSync } from 'node:child_process';
import { benchRelay } from './relay.ts';
import { benchTap } from './tap.ts';

const PARTS: Record<string, () => Promise<void>> = { relay: benchRelay, tap: benchTap };

const chosen = process.argv.slice(2);
const build = spawnSync('npm', ['run', '--silent', 'build'], {
	stdio: ['ignore', 'ignore', 'inherit']
});
if (build.status !== 0) process.exit(1);
for (const [name, part] of Object.entries(PARTS)) {
	if (chosen.length > 0 && !chosen.includes(name)) continue;
	console.log(`\n${name}`);
	await part();
}

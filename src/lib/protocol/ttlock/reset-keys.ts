import type { Program } from '../program.ts';
import { parseRandom } from './answers.ts';
import { checkUserTime } from './commands.ts';
import { windowOf, type AdminGrant } from './offline.ts';
import { addressOf, Line, logIn, type LockEvent, type Reached } from './programs.ts';
import type { UpkeepEnd } from './upkeep.ts';

type Pushed = Extract<LockEvent, { kind: 'pushed' }>;

/**
 * Ends every eKey that was given out: the lock's lockFlagPos rises by one. How the vendor's app does it
 * is not public (docs/door-lock.md); here the owner logs in with the next number, which a lock that
 * does not do it so refuses, as it does any other. That it did is not believed but asked: it must then
 * refuse the old number and take the new one. Done again after a lost answer it ends the same.
 * @param admin with the number that the eKeys have
 */
export function* resetKeys(admin: AdminGrant): Program<Pushed | { kind: 'logged-in' }, UpkeepEnd> {
	const line = new Line(addressOf(admin));
	const next = { ...admin, lockFlagPos: admin.lockFlagPos + 1 };
	const known = yield* logIn(line, next);
	if (known.kind !== 'done') return endOf(known);
	yield { tell: { kind: 'logged-in' } };
	const old = yield* line.ask(asHolder(admin));
	if (old.kind === 'done') return { end: 'refused', result: 'invalid-key' };
	if (old.kind !== 'refused' || old.result !== 'invalid-key') return endOf(old);
	return endOf(yield* line.ask(asHolder(next)));
}

function asHolder(grant: AdminGrant) {
	return { command: checkUserTime(windowOf(grant), grant), parse: parseRandom, repeatable: true };
}

function endOf(reached: Reached<unknown>): UpkeepEnd {
	if (reached.kind === 'refused') return { end: 'refused', result: reached.result };
	return { end: reached.kind === 'done' ? 'finished' : reached.kind };
}

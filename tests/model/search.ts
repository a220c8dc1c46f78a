import { violation } from './invariants.ts';
import { moves } from './moves.ts';
import type { Rules } from './server.ts';
import { Table } from './table.ts';
import { World, type Bound } from './world.ts';

export interface Found {
	states: number;
	transitions: number;
	/** States that are known and were not looked at, because the search stopped. */
	waiting: number;
	/** False when the search stopped at `atMost` states. */
	exhausted: boolean;
	milliseconds: number;
	/** The first broken invariant and the moves that lead there; breadth first, so none is shorter. */
	counterexample: { invariant: string; moves: string[] } | null;
}

/**
 * Every state within the bound, breadth first, until an invariant breaks.
 * @param ignoring invariants that are not looked at
 */
export function search(
	bound: Bound,
	rules: Rules,
	{ ignoring = [], atMost = 20_000_000 }: { ignoring?: readonly string[]; atMost?: number } = {}
): Found {
	const began = performance.now();
	const world = new World(bound, rules);
	const first = world.start();
	const states = new Table(first.length);
	const parents = [-1];
	states.add(first);
	let transitions = 0;
	let at = 0;
	const done = (exhausted: boolean, counterexample: Found['counterexample']): Found => ({
		states: at,
		waiting: states.size - at,
		transitions,
		exhausted,
		milliseconds: Math.round(performance.now() - began),
		counterexample
	});
	for (; at < states.size; at++) {
		const state = states.row(at).slice();
		const invariant = violation(world, state, ignoring);
		if (invariant) return done(false, { invariant, moves: pathTo(world, states, parents, at) });
		if (at >= atMost) return done(false, null);
		moves(world, state, (_, next) => {
			transitions++;
			if (states.add(next) >= 0) parents.push(at);
		});
	}
	return done(true, null);
}

/** The names of the moves; found again by making them, so that the search need not keep them. */
function pathTo(world: World, states: Table, parents: number[], at: number): string[] {
	const names: string[] = [];
	for (let child = at; parents[child]! >= 0; child = parents[child]!) {
		const wanted = states.row(child).join();
		let name = '';
		moves(world, states.row(parents[child]!), (move, next) => {
			if (name === '' && next.join() === wanted) name = move;
		});
		names.unshift(name);
	}
	return names;
}

/** One line for the log of a run. */
export function sayFound(name: string, found: Found): string {
	const { states, waiting, transitions, exhausted, milliseconds, counterexample } = found;
	const size = `${states.toLocaleString('en')} states, ${transitions.toLocaleString('en')} transitions`;
	const seconds = `${(milliseconds / 1000).toFixed(1)} s`;
	if (!counterexample)
		return `${name}: ${size}, ${seconds}${exhausted ? '' : `, ${waiting.toLocaleString('en')} more known`}`;
	const { invariant, moves: path } = counterexample;
	return `${name}: ${invariant} broken after ${path.length} moves (${size}, ${seconds})`;
}

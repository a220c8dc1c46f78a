import type { ErrandPhase } from '../client/errand.svelte.ts';
import type { Conversation, Deed } from '../client/phases.ts';

/** One of the four segments of a lock's track. */
export type Segment = 'off' | 'on' | 'run' | 'stop';

export interface Step {
	name: 'Awake' | 'Connected' | 'Asking' | 'Opening' | 'Engaging' | 'Locking' | 'Talked' | 'Done';
	state: Segment;
	/** Milliseconds it took, once it is over and known. */
	took: number | null;
}

const LAST: Record<Deed, Step['name']> = {
	unlock: 'Opening',
	unshackle: 'Opening',
	engage: 'Engaging',
	lock: 'Locking'
};

type Told = Pick<Conversation, 'phase' | 'reached' | 'began' | 'deed'>;

function between(start: number | null, end: number | null): number | null {
	return start === null || end === null ? null : end - start;
}

/** The four steps a person reads, each drawn as one segment of the track. */
export function steps(told: Told): readonly Step[] {
	const { began } = told;
	// The radio does not tell when a lock woke, only when it is connected: the first two end together.
	const current = { connecting: 0, asking: 2, opening: 3, open: 4 };
	const at = told.reached === null ? -1 : current[told.reached];
	const running = told.phase !== 'failed';
	const state = (index: number): Segment => {
		if (told.phase === 'idle' || index > at) return 'off';
		if (index < at) return 'on';
		return running ? 'run' : 'stop';
	};
	return [
		{ name: 'Awake', state: state(0), took: null },
		{ name: 'Connected', state: state(1), took: between(began.connecting, began.asking) },
		{ name: 'Asking', state: state(2), took: between(began.asking, began.opening) },
		{
			name: LAST[told.deed],
			state: state(3),
			took: between(began.opening, began.open)
		}
	];
}

/** The three steps of an errand to a door lock. */
export function errandSteps(told: {
	readonly phase: ErrandPhase;
	/** How far it came. */
	readonly reached: 'connecting' | 'talking';
}): readonly Step[] {
	const isDone = told.phase === 'done';
	const at = isDone ? 3 : told.reached === 'talking' ? 1 : 0;
	const isOver = told.phase === 'failed' || told.phase === 'stopped';
	const state = (index: number): Segment => {
		if (index !== at) return index < at ? 'on' : 'off';
		return isOver ? 'stop' : 'run';
	};
	return [
		{ name: 'Connected', state: state(0), took: null },
		{ name: 'Talked', state: state(1), took: null },
		{ name: 'Done', state: state(2), took: null }
	];
}

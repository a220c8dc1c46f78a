import type { Conversation } from '../client/phases.ts';

/** One of the four segments of a lock's track. */
export type Segment = 'off' | 'on' | 'run' | 'stop';

export interface Step {
	name: 'Awake' | 'Connected' | 'Asking' | 'Opening';
	state: Segment;
	/** Milliseconds it took, once it is over and known. */
	took: number | null;
}

type Told = Pick<Conversation, 'phase' | 'reached' | 'began'> & {
	/** When the lock answered the radio, where the conversation tells it apart from connecting. */
	readonly awakeAt?: number | null;
};

function between(start: number | null | undefined, end: number | null | undefined): number | null {
	return start == null || end == null ? null : end - start;
}

/** The four steps a person reads, each drawn as one segment of the track. */
export function steps(told: Told): readonly Step[] {
	const { began, awakeAt } = told;
	const connectedFrom = awakeAt ?? began.connecting;
	const current = { connecting: awakeAt ? 1 : 0, asking: 2, opening: 3, open: 4 };
	const at = told.reached === null ? -1 : current[told.reached];
	const running = told.phase !== 'failed';
	const state = (index: number): Segment => {
		if (told.phase === 'idle' || index > at) return 'off';
		if (index < at) return 'on';
		return running ? 'run' : 'stop';
	};
	return [
		{ name: 'Awake', state: state(0), took: between(began.connecting, awakeAt) },
		{ name: 'Connected', state: state(1), took: between(connectedFrom, began.asking) },
		{ name: 'Asking', state: state(2), took: between(began.asking, began.opening) },
		{ name: 'Opening', state: state(3), took: between(began.opening, began.open) }
	];
}

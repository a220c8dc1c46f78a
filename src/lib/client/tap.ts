import type { Link } from '../link/link.ts';
import type { Commands, Source } from './source.ts';
import { isUnanswered } from './call.ts';
import { failureOf } from './failures.ts';
import type { Ports, Screen, Turn } from './opening.ts';
import type { FailureCode } from './phases.ts';
import { whileLinked } from './relay.ts';

/**
 * Milliseconds to wait for the server where a key is on this phone. A lock stays awake for 20 s after it
 * was last spoken to, and the usual 15 s would leave it too little for a second thought; whoever stands in
 * a basement with a bar of signal must not wait for longer than it takes to call it slow and a bit.
 */
const PATIENCE = 5_000;

/** How one connection ended; with the time of its commands where the answer to what opens was lost. */
export type End = FailureCode | 'cancelled' | null | { issuedAt: number };

/** All that one tap works with. */
export interface Tap {
	parts: Ports;
	source: Source;
	deed: Turn;
	screen: Screen;
	signal: AbortSignal;
}

/**
 * The commands of the server; where nothing answers, those of a key on this phone. A refusal is an
 * answer: then no key is used.
 * @returns the reason when there are none
 * @throws as `whileLinked` does
 */
export async function permit(
	{ source, screen, signal }: Tap,
	link: Link
): Promise<Commands | FailureCode> {
	const { spare } = source;
	const within = spare === 'held' ? PATIENCE : undefined;
	try {
		const ask = (either: AbortSignal) => source.ask(either);
		return await whileLinked(link, ask, { signal, within, slow: screen.slow });
	} catch (cause) {
		if (spare === 'none' || !isUnanswered(cause) || signal.aborted) throw cause;
		screen.offline();
		const use = await whileLinked(link, () => source.use(), { signal });
		if (use === null) return failureOf(cause);
		if (!('failure' in use)) return use;
		if (use.ended !== undefined) screen.keyEnded(use.ended);
		return use.failure;
	}
}

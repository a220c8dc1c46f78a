import type { Program } from './program.ts';
import { PAIRING_STEPS, type PairingStep } from './ttlock/pairing.ts';
import {
	ENTROPY_LENGTH,
	releaseLock,
	takeLock,
	type ReleaseOutcome,
	type TakingEvent,
	type TakingOutcome,
	type TakingWish
} from './ttlock/taking.ts';
import type { VendorId } from './vendors.ts';

/** How a phone takes a lock of one vendor that it stands before, without any server. */
export interface Pairing {
	/** In order. */
	steps: readonly PairingStep[];
	/** Random bytes that one try needs. */
	entropyLength: number;
	take(wish: TakingWish): Program<TakingEvent, TakingOutcome>;
	/** Gives a lock back, with what a try told to keep. */
	release(kept: string): Program<never, ReleaseOutcome>;
}

export type { PairingStep, ReleaseOutcome, TakingEvent, TakingOutcome, TakingWish };

/**
 * By vendor; null where a lock's first opening with the server sets it up. Apart from `VENDORS`: only
 * who pairs a lock needs it.
 */
export const PAIRINGS: Record<VendorId, Pairing | null> = {
	noke: null,
	ttlock: {
		steps: PAIRING_STEPS,
		entropyLength: ENTROPY_LENGTH,
		take: takeLock,
		release: releaseLock
	}
};

/**
 * Where a conversation with a lock stands, as the screen tells it.
 *
 * - `idle`: nothing runs; the last known state is what is known.
 * - `connecting`: chooser, radio link, discovery, reading the session.
 * - `asking`: the lock is awake; the server is asked for the commands of this session, or without
 *   network a key on this phone makes one.
 * - `opening`: packets are on their way; from here on nothing is sent twice.
 *   Engaging goes the same way, and ends `idle` with what the lock reported.
 * - `open`: the lock answered that it opened.
 * - `asleep`: the lock ended the link after it had opened.
 * - `failed`: see the failure; the phase it happened in is kept.
 */
export type Phase = 'idle' | 'connecting' | 'asking' | 'opening' | 'open' | 'asleep' | 'failed';

/** Whether a conversation with the lock is under way that has not opened it yet. */
export function isRunning(phase: Phase): boolean {
	return phase === 'connecting' || phase === 'asking' || phase === 'opening';
}

/** The four segments of the track, in order. */
export type TrackPhase = 'connecting' | 'asking' | 'opening' | 'open';

/**
 * Why a conversation ended without a known opening. The words for each stand in `ui/failures.ts`.
 * Grouped by moment: before the link, while asking, after the command was written.
 */
export type FailureCode =
	/** This browser has no Web Bluetooth. */
	| 'unsupported'
	/** The adapter is off or missing. */
	| 'bluetooth-off'
	/** No answer from the lock within its waking time: asleep or out of range. */
	| 'no-answer'
	/** The chosen device is another lock than the one on the page. */
	| 'other-lock'
	/** Another tab of this browser talks with this lock. Nothing was sent. */
	| 'busy'
	/** Service or characteristics are missing, or STATE is shorter than 20 bytes. */
	| 'not-a-lock'
	/** The link dropped before a packet was written. */
	| 'lost-before'
	/** No network and no key on this phone. */
	| 'no-network'
	/** No network, and the key on this phone is not on the lock yet. */
	| 'waits-for-lock'
	/** No network, and the time of the key on this phone has ended. */
	| 'lease-over'
	/** No network, and this phone's clock moved back. */
	| 'clock-back'
	/** No network, and the browser has removed the keys. */
	| 'evicted'
	/** No network, and the phone's storage does not give its key. */
	| 'storage-failed'
	/** The server answered with a fault of its own. */
	| 'server-fault'
	/** Nobody is signed in any more. */
	| 'signed-out'
	/** This person may not open the lock at this time. */
	| 'not-now'
	/** The lock is not of this company. */
	| 'foreign'
	/** The lock answered 0x61: it holds another key. */
	| 'wrong-key'
	/** The lock answered that its motor or shackle did not move. */
	| 'stuck'
	/** The lock refused with another result. */
	| 'refused-by-lock'
	/** The link or the answer was lost after the command was written. The lock is being asked. */
	| 'lost-after'
	/** As before, and the lock, asked, has proven that it did not open. */
	| 'not-opened'
	/** The lock answered 0x68: the shackle is not pushed home, or the bolt did not move. */
	| 'not-home'
	/** It was told to engage, and its answer was lost. Engaging twice does no harm. */
	| 'lost-engaging'
	/** It was told to lock, and its answer was lost. Locking twice does no harm. */
	| 'lost-locking'
	/** This person's eKey does not hold: not yet, not any more, not at this hour, was for one opening. */
	| 'ekey-not-yet'
	| 'ekey-expired'
	| 'ekey-outside-hours'
	| 'ekey-used'
	/** Somebody has frozen it. */
	| 'ekey-frozen'
	/** All eKeys of the lock were reset, and this one is of before. */
	| 'ekey-reset'
	/** The eKey holds, and the lock says that it does not: its clock is off. */
	| 'lock-clock'
	/** The lock itself is frozen. */
	| 'lock-frozen'
	/** The lock has forgotten its owner. */
	| 'lock-was-reset'
	/** Its battery moves no bolt any more. */
	| 'low-battery'
	/** Bolted by hand, from inside. */
	| 'dead-bolt';

/** What a person asks of a lock. */
export type Deed = 'unlock' | 'unshackle' | 'engage' | 'lock';

/** What the page of a lock draws. Times are milliseconds since 1970. */
export interface Conversation {
	readonly phase: Phase;
	/** What was asked for last. */
	readonly deed: Deed;
	/** The track phase that runs now or was the last to run. */
	readonly reached: TrackPhase | null;
	readonly failure: FailureCode | null;
	/** When each phase began; `null` if it was not reached. */
	readonly began: Readonly<Record<TrackPhase, number | null>>;
	/** True when asking takes longer than three seconds. */
	readonly slow: boolean;
	/** There is no network: a key on this phone is used. */
	readonly offline: boolean;
	/** With the failure `lease-over`: when the key's time ended, if that is known. */
	readonly keyEnded: number | null;
	/** When the lock answered that it opened. */
	readonly openedAt: number | null;
	/** What the lock reported as it went to sleep. */
	readonly endedAs: { state: 'closed' | 'open'; at: number } | null;
	/** Battery read in this session. */
	readonly battery: { millivolts: number; at: number } | null;
	/** True once the server has everything that the lock said in this session. */
	readonly reported: boolean;
	/** Starts a conversation; needs a user gesture where the chooser is needed. Ignored while one runs. */
	open(deed: Deed): Promise<void>;
	/** Ends what runs. Before the command is written nothing has happened; after it, only the waiting ends. */
	stop(): void;
}

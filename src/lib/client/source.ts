import type { Link } from '../link/link.ts';
import type { Bytes } from '../protocol/bytes.ts';
import type { Screen } from './opening.ts';
import type { FailureCode } from './phases.ts';

/** What is written next, or how it ended. */
export interface Commands {
	packets: Bytes[];
	/** Index of the packet whose success means done; null when none opens. */
	opensAt: number | null;
	/** The server's clock, milliseconds since 1970. */
	issuedAt: number;
	/** They are of a key on this phone. */
	key?: { waits: boolean };
	/** How it ended, where only who has the lock's key can read its answers; left out while it goes on. */
	end?: 'success' | FailureCode;
}

/** Why a key on this phone gives no commands. */
export interface KeyFailure {
	failure: FailureCode;
	/** When its time ended, with `lease-over`. */
	ended?: number;
}

/**
 * What one tap is after: commands from whoever has the lock's key, and what the lock says to them. One
 * lock has its commands all at once, bound to its session; another has them one by one, each for what
 * it answered to those before.
 */
export interface Source {
	/** A connection begins. */
	begin(session: string): void;
	/** What the lock said, for whoever can read it. */
	hear(packet: Bytes): void;
	/** Settles once all that was heard is on the disk, where it must be. @throws VaultError */
	stored(): Promise<void>;
	/** How much was heard since the connection began. */
	readonly heard: number;
	/** Commands of the server for what was heard. @throws ClientError, the signal's reason */
	ask(signal: AbortSignal): Promise<Commands>;
	/**
	 * Whether a key on this phone serves where the server does not answer: one that is known to, one
	 * that may, or none.
	 */
	readonly spare: 'held' | 'perhaps' | 'none';
	/** Commands of that key; null when there is none. Never rejects. */
	use(): Promise<Commands | KeyFailure | null>;
	/**
	 * Notes, before it is tried, an opening by a key of this phone: whatever happens then, it is this
	 * phone's. Never rejects.
	 * @returns takes it back, when it is known not to have happened
	 */
	claim(commands: Commands): Promise<() => Promise<void>>;
	/** What is left to do over the link once it is done, where something is. Never rejects. */
	after?(link: Link, signal: AbortSignal): Promise<void>;
	/**
	 * The answer to what opens was lost.
	 * @returns null when the lock, asked, has proven that it did open
	 */
	doubt(issuedAt: number, screen: Screen, signal: AbortSignal): Promise<FailureCode | null>;
}

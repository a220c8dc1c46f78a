import type { Bytes } from '../protocol/bytes.ts';

/** Why a link could not be had, or ended. Grouped by moment. */
export type LinkErrorCode =
	/** This browser has no Web Bluetooth. Say which one has. */
	| 'unsupported'
	/** No adapter, or it is switched off, or the person forbade Bluetooth. Ask to turn it on. */
	| 'bluetooth-off'
	/** No connection within the lock's waking time: asleep or out of range. Ask to press its button. */
	| 'no-answer'
	/** The chosen device has another MAC than the one asked for. Ask to choose again. */
	| 'other-lock'
	/** Service or characteristics are missing, or the name is not a lock's. */
	| 'not-a-lock'
	/** The link dropped, or an operation on it failed: nothing more can be sent on it. */
	| 'lost'
	/** The device did not answer an operation in time. The link is closed with it. */
	| 'timed-out'
	/** The caller's signal ended the wait. */
	| 'stopped';

/** The one error of the link room. Its message holds no session and no packet. */
export class LinkError extends Error {
	override readonly name = 'LinkError';
	readonly code: LinkErrorCode;

	constructor(code: LinkErrorCode, message: string, options?: ErrorOptions) {
		super(message, options);
		this.code = code;
	}
}

/** A connection to one lock. It moves bytes and knows nothing about commands. */
export interface Link {
	/** What the lock showed first: for Nokē the 20 bytes of STATE, fresh at every connection. */
	readonly hello: Bytes;
	/**
	 * Settles when notifications are on; nothing may be written before. It is apart from the link so
	 * that the server can be asked for the commands meanwhile.
	 * @throws LinkError `lost`, `timed-out`, `not-a-lock`
	 */
	readonly ready: Promise<void>;
	/** Settles once the link has ended, whoever ended it. Never rejects. */
	readonly closed: Promise<void>;
	/**
	 * Writes one packet; operations run one at a time, in their order.
	 * @throws LinkError `lost`, `timed-out`: the packet may have arrived all the same
	 */
	write(packet: Bytes): Promise<void>;
	/** Hears every notification from now on; the answer ends the hearing. */
	onBytes(listener: (bytes: Bytes) => void): () => void;
	/** Ends the link. What waits on it rejects with `lost`. */
	close(): void;
}

/** How a link to one certain lock is had. */
export type Connect = (wish: {
	/** False where no person may be asked: only a device that is known already. */
	choose: boolean;
	/** Milliseconds to go on trying for. */
	within: number;
	/** Ends the trying with `stopped`. */
	signal: AbortSignal;
}) => Promise<Link | null>;

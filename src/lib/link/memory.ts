import type { Bytes } from '../protocol/bytes.ts';
import { LinkError, type Connect, type Link } from './link.ts';
import { pause } from './wait.ts';

/** What a peer says to the phone, in this order. */
export interface Ear {
	notify(bytes: Bytes): void;
	/** The peer has ended the link. */
	hangUp(): void;
}

/** A lock in this very page: anything that answers bytes with bytes, one link at a time. */
export interface Peer {
	/** A connection begins. Answers the hello, or null from a lock that is asleep or taken. */
	connect(ear: Ear): Bytes | null;
	/** Notifications are on. */
	subscribe(): void;
	write(packet: Bytes): void;
	/** The phone has ended the link. */
	disconnect(): void;
}

/** Milliseconds between two tries at a peer that sleeps. */
const PAUSE = 250;

/**
 * How a link to a peer is had: as over the radio, it is tried for as long as the wish says.
 * The wish's connect throws LinkError `no-answer`, `stopped`.
 */
export function memoryConnector(peer: Peer): Connect {
	return async ({ within, signal }) => {
		const until = Date.now() + within;
		for (;;) {
			if (signal.aborted) throw new LinkError('stopped', 'stopped');
			const link = MemoryLink.open(peer);
			if (link) return link;
			if (Date.now() >= until) throw new LinkError('no-answer', 'it sleeps');
			await pause(PAUSE, signal);
		}
	};
}

class MemoryLink implements Link {
	readonly hello: Bytes;
	readonly closed: Promise<void>;
	readonly ready: Promise<void>;
	readonly #peer: Peer;
	readonly #listeners: Set<(bytes: Bytes) => void>;
	readonly #end: () => void;
	#ended = false;

	static open(peer: Peer): MemoryLink | null {
		const { promise: closed, resolve } = Promise.withResolvers<void>();
		const listeners = new Set<(bytes: Bytes) => void>();
		const ear: Ear = {
			notify: (bytes) => listeners.forEach((listener) => listener(bytes)),
			hangUp: () => resolve()
		};
		const hello = peer.connect(ear);
		return hello && new MemoryLink(peer, hello, { closed, listeners, end: resolve });
	}

	private constructor(
		peer: Peer,
		hello: Bytes,
		parts: { closed: Promise<void>; listeners: Set<(bytes: Bytes) => void>; end: () => void }
	) {
		this.hello = hello;
		this.closed = parts.closed.then(() => {
			this.#ended = true;
			this.#listeners.clear();
		});
		this.#peer = peer;
		this.#listeners = parts.listeners;
		this.#end = parts.end;
		this.ready = Promise.resolve().then(() => this.#peer.subscribe());
	}

	async write(packet: Bytes): Promise<void> {
		await this.ready;
		if (this.#ended) throw new LinkError('lost', 'the link has ended');
		this.#peer.write(packet);
	}

	onBytes(listener: (bytes: Bytes) => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	close(): void {
		if (this.#ended) return;
		this.#ended = true;
		this.#peer.disconnect();
		this.#end();
	}
}

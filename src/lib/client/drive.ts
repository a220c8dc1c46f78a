import { LinkError, type Link } from '../link/link.ts';
import type { Bytes } from '../protocol/bytes.ts';
import type { Program, Reply } from '../protocol/program.ts';

/**
 * Turns the steps of a conversation into I/O on a link, or on the inbox of one where several follow one
 * another: what comes between two of them is heard by the next. A write that fails is not an exception: the
 * packet may have arrived, so the conversation hears `gone` at its next wait and says what it means.
 * @param tell heard to its end before the conversation goes on
 * @param signal ends it: nothing more is written from then on
 * @throws LinkError `stopped`; what `tell` throws
 */
export async function drive<Event, Outcome>(
	program: Program<Event, Outcome>,
	on: Link | Inbox,
	{ tell, signal }: { tell: (event: Event) => Promise<void>; signal: AbortSignal }
): Promise<Outcome> {
	const inbox = on instanceof Inbox ? on : new Inbox(on, signal);
	try {
		let step = program.next();
		while (!step.done) {
			let reply: Reply | undefined;
			if ('tell' in step.value) await tell(step.value.tell);
			else if ('send' in step.value) await inbox.send(step.value.send);
			else reply = await inbox.receive(step.value.receive);
			if (signal.aborted) throw new LinkError('stopped', 'stopped');
			step = program.next(reply);
		}
		return step.value;
	} finally {
		if (inbox !== on) inbox.close();
	}
}

/** Notifications in their order, and the end of the link after the last of them. */
export class Inbox {
	readonly #link: Link;
	readonly #signal: AbortSignal;
	readonly #bytes: Bytes[] = [];
	readonly #unhear: () => void;
	#gone = false;
	#wake: () => void = () => undefined;

	constructor(link: Link, signal: AbortSignal) {
		this.#link = link;
		this.#signal = signal;
		this.#unhear = link.onBytes((bytes) => {
			this.#bytes.push(bytes);
			this.#wake();
		});
		void link.closed.then(() => this.#end());
		signal.addEventListener('abort', this.#end);
	}

	async send(packet: Bytes): Promise<void> {
		if (this.#gone) return;
		try {
			await this.#link.write(packet);
		} catch (cause) {
			if (!(cause instanceof LinkError)) throw cause;
			this.#end();
		}
	}

	/** The next notification. Those that came before the link ended are heard before its end. */
	async receive(within: number): Promise<Reply> {
		if (this.#bytes.length === 0 && !this.#gone) {
			let timer: ReturnType<typeof setTimeout> | undefined;
			await new Promise<void>((resolve) => {
				this.#wake = resolve;
				timer = setTimeout(resolve, within);
			});
			clearTimeout(timer);
		}
		return this.#bytes.shift() ?? (this.#gone ? 'gone' : 'silent');
	}

	close(): void {
		this.#unhear();
		this.#signal.removeEventListener('abort', this.#end);
	}

	readonly #end = (): void => {
		this.#gone = true;
		this.#wake();
	};
}

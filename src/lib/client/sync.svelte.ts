import { UploadReply, UploadRequest } from '../api/app/activity.ts';
import { toHex } from '../protocol/bytes.ts';
import type { Outbox, OutboxBatch, Portion } from '../vault/outbox.ts';
import { call as callServer, ClientError, type Call } from './call.ts';
import { alone } from './alone.ts';

/** Milliseconds before the first further try, and the longest between two. */
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 300_000;

/** What one request carries at most: about half of what the server takes. */
const PORTION: Portion = { batches: 50, packets: 2_000 };

/** A lock sends some ten packets a command; a device that floods is not given the whole disk. */
const MOST_PACKETS = 2_000;

export interface SyncParts {
	outbox: Outbox;
	/** Id of the company that is signed in, or null. */
	company: () => string | null;
	call?: Call;
	/** Where one tab waits for another; absent in old browsers. */
	locks?: LockManager | undefined;
	/** Says `online`. */
	network?: EventTarget | undefined;
}

/** Takes what locks say to the server: on the disk first, and off it only when the server has it. */
export class Sync {
	/** Sessions of this company with packets that the server does not have, each with their number. */
	unsent: ReadonlyMap<string, number> = $state.raw(new Map());
	/** True when sending stopped because nobody is signed in; what waits is kept. */
	signedOut = $state(false);
	readonly #parts: SyncParts;
	/** What the disk would not take: better in memory than nowhere. */
	readonly #loose = new Map<string, OutboxBatch>();
	#running: Promise<void> | null = null;
	#next: Promise<void> | null = null;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#pause = FIRST_PAUSE;

	constructor(parts: SyncParts) {
		this.#parts = parts;
	}

	/** Sends what is left from before, and again whenever the network returns; ends with the answer. */
	start(): () => void {
		const onOnline = () => {
			this.#pause = FIRST_PAUSE;
			void this.flush();
		};
		this.#parts.network?.addEventListener('online', onOnline);
		void this.flush();
		return () => {
			this.#parts.network?.removeEventListener('online', onOnline);
			clearTimeout(this.#timer);
		};
	}

	/** A place for what one lock says in one session. */
	begin(mac: string, session: string): Kept {
		const company = this.#parts.company();
		return new Kept({ mac, session, company }, (batch) => this.#keep(batch));
	}

	/**
	 * Sends everything that was added before the call. It never rejects: what could not be sent stays in
	 * `unsent` and is tried again later.
	 */
	flush(): Promise<void> {
		if (this.#next) return this.#next;
		const next = (this.#running ?? Promise.resolve()).then(() => {
			this.#next = null;
			this.#running = next;
			return alone(this.#parts.locks, 'hasp-outbox', 'wait', () => this.#send());
		});
		this.#next = next;
		return next;
	}

	/** @returns false when the batch was sent already, so that it may not grow */
	async #keep(batch: Omit<OutboxBatch, 'sealed'>): Promise<boolean> {
		try {
			if (!(await this.#parts.outbox.append(batch))) return false;
		} catch {
			const id = crypto.randomUUID();
			this.#loose.set(id, { ...batch, id, sealed: true });
		}
		const { session, packets } = batch;
		const before = this.unsent.get(session) ?? 0;
		this.unsent = new Map(this.unsent).set(session, before + packets.length);
		return true;
	}

	async #send(): Promise<void> {
		clearTimeout(this.#timer);
		const company = this.#parts.company();
		if (company === null) return;
		try {
			let most = PORTION;
			while (
				await this.#sendPortion(company, most).catch((cause) => (most = smaller(cause, most)))
			);
			this.#pause = FIRST_PAUSE;
			this.signedOut = false;
		} catch (cause) {
			this.signedOut = cause instanceof ClientError && cause.code === 'signed-out';
			if (!this.signedOut) this.#later();
		}
		await this.#count(company);
	}

	/** @returns false when nothing was left to send */
	async #sendPortion(company: string, most: Portion): Promise<boolean> {
		const { outbox, call = callServer } = this.#parts;
		const taken = await outbox.take(company, most).catch(() => []);
		const batches = [...taken, ...this.#loose.values()].slice(0, most.batches);
		if (batches.length === 0) return false;
		const body = { batches: batches.map(wire) } satisfies UploadRequest;
		const { durable, refused } = await call(UploadReply, 'POST', '/api/uploads', body).catch(
			(cause: unknown) => {
				// Alone and still not taken: it never will be.
				if (batches.length > 1 || !isUnfit(cause)) throw cause;
				return { durable: [], refused: [{ id: batches[0]!.id, code: cause.code }] };
			}
		);
		const settled = [...durable, ...refused.map(({ id }) => id)];
		if (!batches.some(({ id }) => settled.includes(id)))
			throw new ClientError('bad-reply', 'the server settled nothing');
		for (const id of settled) this.#loose.delete(id);
		await outbox.settle(durable, refused);
		return true;
	}

	async #count(company: string): Promise<void> {
		const stored = await this.#parts.outbox.unsent(company).catch(() => []);
		const counts = new Map<string, number>();
		for (const { session, packets } of [...stored, ...this.#loose.values()])
			counts.set(session, (counts.get(session) ?? 0) + packets.length);
		this.unsent = counts;
	}

	#later(): void {
		// Half of it by chance, so that the phones of a site do not all return at one moment.
		const pause = this.#pause * (0.5 + Math.random() / 2);
		this.#pause = Math.min(LONGEST_PAUSE, this.#pause * 2);
		this.#timer = setTimeout(() => void this.flush(), pause);
	}
}

/** Where the packets of one session go. */
export class Kept {
	readonly #head: { mac: string; session: string; company: string | null };
	readonly #keep: (batch: Omit<OutboxBatch, 'sealed'>) => Promise<boolean>;
	readonly #waiting: string[] = [];
	#id = crypto.randomUUID() as string;
	#receivedAt = 0;
	#last: Promise<void> = Promise.resolve();
	/** Packets so far. */
	count = 0;

	constructor(
		head: { mac: string; session: string; company: string | null },
		keep: (batch: Omit<OutboxBatch, 'sealed'>) => Promise<boolean>
	) {
		this.#head = head;
		this.#keep = keep;
	}

	/** On the disk when it settles. Packets that come while the disk works are written together. */
	add(packet: Uint8Array): Promise<void> {
		if (this.count >= MOST_PACKETS) return this.#last;
		this.count++;
		this.#receivedAt ||= Date.now();
		this.#waiting.push(toHex(packet));
		this.#last = this.#last.then(() => this.#write());
		return this.#last;
	}

	async #write(): Promise<void> {
		const packets = this.#waiting.splice(0);
		if (packets.length === 0) return;
		const batch = () => ({ ...this.#head, id: this.#id, receivedAt: this.#receivedAt, packets });
		if (await this.#keep(batch())) return;
		this.#id = crypto.randomUUID();
		await this.#keep(batch());
	}
}

function wire({ id, mac, session, receivedAt, packets }: OutboxBatch) {
	return { id, mac, session, receivedAt, packets };
}

function isUnfit(cause: unknown): cause is ClientError {
	return cause instanceof ClientError && ['bad-input', 'too-large'].includes(cause.code);
}

/** One batch at a time after a portion that was not taken whole. @throws every other cause */
function smaller(cause: unknown, most: Portion): Portion {
	if (!isUnfit(cause) || most.batches === 1) throw cause;
	return { ...most, batches: 1 };
}

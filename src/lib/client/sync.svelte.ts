import type * as z from 'zod/mini';
import { UploadReply, type UploadRequest } from '../api/app/activity.ts';
import type { Outbox, OutboxBatch, Portion } from '../vault/outbox.ts';
import { alone } from './alone.ts';
import { call as callServer, ClientError, type Call, type ClientErrorCode } from './call.ts';
import { Kept } from './kept.ts';

/** Milliseconds before the first further try, and the longest between two. */
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 300_000;

/** What one request carries at most: about half of what the server takes. */
const PORTION: Portion = { batches: 50, packets: 2_000 };

/** Refusals that depend on what is sent. */
const UNFIT: readonly ClientErrorCode[] = ['bad-input', 'too-large'];

export interface SyncParts {
	outbox: Pick<Outbox, 'append' | 'take' | 'settle' | 'unsent'>;
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
		const next = (this.#running ?? Promise.resolve()).then(async () => {
			this.#next = null;
			this.#running = next;
			await alone(this.#parts.locks, 'hasp-outbox', 'wait', () => this.#send());
		});
		this.#next = next;
		return next;
	}

	/** @returns false when the batch was sent already, so that it may not grow */
	async #keep(batch: Omit<OutboxBatch, 'sealed'>): Promise<boolean> {
		const { session, packets } = batch;
		// Counted before it is stored: what is sent meanwhile is counted anew afterwards.
		this.unsent = new Map(this.unsent).set(
			session,
			(this.unsent.get(session) ?? 0) + packets.length
		);
		try {
			return await this.#parts.outbox.append(batch);
		} catch {
			const id = crypto.randomUUID();
			this.#loose.set(id, { ...batch, id, sealed: true });
			return true;
		}
	}

	async #send(): Promise<void> {
		clearTimeout(this.#timer);
		const company = this.#parts.company();
		if (company === null) return;
		try {
			let batches = await this.#take(company, PORTION);
			while (batches.length > 0) {
				await this.#post(batches);
				batches = await this.#take(company, PORTION);
			}
			this.#pause = FIRST_PAUSE;
			this.signedOut = false;
		} catch (cause) {
			this.signedOut = cause instanceof ClientError && cause.code === 'signed-out';
			if (!this.signedOut) this.#later();
		}
		await this.#count(company);
	}

	async #take(company: string, most: Portion): Promise<OutboxBatch[]> {
		const stored = await this.#parts.outbox.take(company, most).catch(() => []);
		return stored.length > 0 ? stored : this.#looseOf(company).slice(0, 1);
	}

	/** Sends batches together; when they are not taken so, one at a time, and sets aside the unfit one. */
	async #post(batches: OutboxBatch[]): Promise<void> {
		const { call = callServer } = this.#parts;
		const body = { batches: batches.map(wire) } satisfies z.input<typeof UploadRequest>;
		try {
			const { durable, refused } = await call(UploadReply, 'POST', '/api/uploads', body);
			const settled = new Set([...durable, ...refused.map(({ id }) => id)]);
			if (!batches.some(({ id }) => settled.has(id)))
				throw new ClientError('bad-reply', 'the server settled nothing');
			await this.#settle(durable, refused);
		} catch (cause) {
			if (!(cause instanceof ClientError) || !UNFIT.includes(cause.code)) throw cause;
			if (batches.length > 1) for (const batch of batches) await this.#post([batch]);
			else await this.#settle([], [{ id: batches[0]!.id, code: cause.code }]);
		}
	}

	async #settle(durable: string[], refused: { id: string; code: string }[]): Promise<void> {
		await this.#parts.outbox.settle(durable, refused);
		for (const id of [...durable, ...refused.map((one) => one.id)]) this.#loose.delete(id);
	}

	#looseOf(company: string): OutboxBatch[] {
		return [...this.#loose.values()].filter((one) => (one.company ?? company) === company);
	}

	async #count(company: string): Promise<void> {
		const stored = await this.#parts.outbox.unsent(company).catch(() => []);
		const counts = new Map<string, number>();
		for (const { session, packets } of [...stored, ...this.#looseOf(company)])
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

function wire({ id, mac, session, receivedAt, packets }: OutboxBatch) {
	return { id, mac, session, receivedAt, packets };
}

import type * as z from 'zod/mini';
import { UploadReply, type UploadRequest } from '../api/app/activity.ts';
import type { Load, Outbox, OutboxBatch, OutboxClaim, Portion, Sender } from '../vault/outbox.ts';
import type { VaultErrorCode } from '../vault/store.ts';
import { alone } from './alone.ts';
import { call as callServer, ClientError, type Call, type ClientErrorCode } from './call.ts';
import { Kept } from './kept.ts';
import { Shelf } from './shelf.ts';

/** Milliseconds before the first further try, and the longest between two. */
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 300_000;

/** What one request carries at most: about half of what the server takes. */
const PORTION: Portion = { batches: 50, packets: 2_000, claims: 100 };

/** Refusals that depend on what is sent. */
const UNFIT: readonly ClientErrorCode[] = ['bad-input', 'too-large'];

export interface SyncParts {
	outbox: Pick<Outbox, 'append' | 'claim' | 'withdraw' | 'take' | 'settle' | 'unsent'>;
	/** Ids of the company and the person that are signed in, or null. */
	sender: () => Sender | null;
	call?: Call;
	/** The server's clock, as well as this phone knows it. */
	now?: () => number;
	/** Where one tab waits for another; absent in old browsers. */
	locks?: LockManager | undefined;
	/** Says `online`. */
	network?: EventTarget | undefined;
}

/** Takes what locks say to the server: on the disk first, and off it only when the server has it. */
export class Sync {
	/** Sessions of this sender with packets or claims that the server does not have. */
	unsent: ReadonlySet<string> = $state.raw(new Set());
	/** True when sending stopped because nobody is signed in; what waits is kept. */
	signedOut = $state(false);
	/** Why the phone's storage does not take what locks say, or null: until it does, it is in memory. */
	trouble: VaultErrorCode | null = $state(null);
	readonly #parts: SyncParts;
	readonly #shelf: Shelf;
	/**
	 * How many packets and claims each of them has: what is withdrawn takes only itself away. Apart from `unsent`,
	 * on which pages hang: it would change with every packet, while the lock is spoken to.
	 */
	#counts = new Map<string, number>();
	#running: Promise<void> | null = null;
	#next: Promise<void> | null = null;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#pause = FIRST_PAUSE;

	constructor(parts: SyncParts) {
		this.#parts = parts;
		this.#shelf = new Shelf(parts.outbox, (trouble) => (this.trouble = trouble));
	}

	/** What waits is lost with this page: the phone's storage does not take it. */
	get inMemory(): boolean {
		return this.trouble !== null && this.unsent.size > 0;
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
		const company = this.#parts.sender()?.company ?? null;
		const { now = Date.now } = this.#parts;
		return new Kept({ mac, session, company }, (batch, begun) => this.#keep(batch, begun), now);
	}

	/**
	 * Notes an opening that is about to be tried with a key of this phone; on the disk when it settles.
	 * Never rejects.
	 * @returns its id, for `withdraw`
	 */
	async claim(opening: Omit<OutboxClaim, 'id' | keyof Sender>): Promise<string> {
		const id = crypto.randomUUID();
		this.#add(opening.session, 1);
		const { company = null, person } = this.#parts.sender() ?? {};
		await this.#shelf.claim({ ...opening, id, company, person });
		return id;
	}

	/** That opening did not happen. Never rejects. */
	async withdraw(id: string, session: string): Promise<void> {
		await this.#shelf.withdraw(id);
		this.#add(session, -1);
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
			const { locks } = this.#parts;
			// A browser that gives no lock today may give one tomorrow.
			await alone(locks, 'hasp-outbox', 'wait', () => this.#send()).catch(() => this.#later());
		});
		this.#next = next;
		return next;
	}

	/** @returns false when the batch was sent already, so that it may not grow */
	#keep(batch: Omit<OutboxBatch, 'sealed'>, begun: boolean): Promise<boolean> {
		// Counted before it is stored: what is sent meanwhile is counted anew afterwards.
		this.#add(batch.session, batch.packets.length);
		return this.#shelf.append(batch, begun);
	}

	#add(session: string, number: number): void {
		const left = (this.#counts.get(session) ?? 0) + number;
		if (left > 0) this.#counts.set(session, left);
		else this.#counts.delete(session);
		if (left > 0 !== this.unsent.has(session)) this.unsent = new Set(this.#counts.keys());
	}

	async #send(): Promise<void> {
		clearTimeout(this.#timer);
		const sender = this.#parts.sender();
		if (sender === null) return;
		try {
			for (;;) {
				const load = await this.#shelf.take(sender, PORTION);
				if (load.batches.length + load.claims.length === 0) break;
				// Another one has signed in meanwhile, to whom the server would refuse it for good.
				if (!isSame(sender, this.#parts.sender())) break;
				await this.#post(load);
			}
			this.#pause = FIRST_PAUSE;
			this.signedOut = false;
		} catch (cause) {
			this.signedOut = cause instanceof ClientError && cause.code === 'signed-out';
			if (!this.signedOut) this.#later();
		}
		await this.#count(sender);
	}

	/** Sends batches and claims together; when they are not taken so, one at a time, and sets aside the unfit. */
	async #post({ batches, claims }: Load): Promise<void> {
		const { call = callServer, now = Date.now } = this.#parts;
		const body = {
			batches: batches.map(wire),
			...(claims.length > 0
				? { claims: claims.map(({ mac, slot, at }) => ({ mac, slot, at })), sentAt: now() }
				: {})
		} satisfies z.input<typeof UploadRequest>;
		try {
			const { durable, refused } = await call(UploadReply, 'POST', '/api/uploads', body);
			const settled = new Set([...durable, ...refused.map(({ id }) => id)]);
			if (batches.length > 0 && !batches.some(({ id }) => settled.has(id)))
				throw new ClientError('bad-reply', 'the server settled nothing');
			await this.#shelf.settle([...durable, ...claims.map(({ id }) => id)], refused);
		} catch (cause) {
			if (!(cause instanceof ClientError) || !UNFIT.includes(cause.code)) throw cause;
			if (batches.length + claims.length > 1) {
				for (const batch of batches) await this.#post({ batches: [batch], claims: [] });
				for (const claim of claims) await this.#post({ batches: [], claims: [claim] });
			} else {
				const unfit = [...batches, ...claims].map(({ id }) => ({ id, code: cause.code }));
				await this.#shelf.settle([], unfit);
			}
		}
	}

	async #count(sender: Sender): Promise<void> {
		const { batches, claims } = await this.#shelf.unsent(sender);
		const counts = new Map<string, number>();
		for (const { session, packets } of batches)
			counts.set(session, (counts.get(session) ?? 0) + packets.length);
		for (const { session } of claims) counts.set(session, (counts.get(session) ?? 0) + 1);
		this.#counts = counts;
		this.unsent = new Set(counts.keys());
	}

	#later(): void {
		// Half of it by chance, so that the phones of a site do not all return at one moment.
		const pause = this.#pause * (0.5 + Math.random() / 2);
		this.#pause = Math.min(LONGEST_PAUSE, this.#pause * 2);
		this.#timer = setTimeout(() => void this.flush(), pause);
	}
}

function isSame(a: Sender, b: Sender | null): boolean {
	return a.company === b?.company && a.person === b.person;
}

function wire({ id, mac, session, receivedAt, packets }: OutboxBatch) {
	return { id, mac, session, receivedAt, packets };
}

import type { NotTaken, Outbox, OutboxBatch, OutboxClaim, Sender } from '../vault/outbox.ts';
import type { VaultErrorCode } from '../vault/store.ts';
import { alone } from './alone.ts';
import { call as callServer, ClientError, type Call } from './call.ts';
import { deliver, OUTBOX_LOCK } from './delivery.ts';
import { Kept } from './kept.ts';
import { Shelf } from './shelf.ts';

/** Milliseconds before the first further try, and the longest between two. */
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 300_000;

/** Milliseconds after an opening without network in which nothing else is in the lock's way. */
export const LOCK_FIRST = 3_000;

export interface SyncParts {
	outbox: Pick<
		Outbox,
		'append' | 'claim' | 'withdraw' | 'take' | 'settle' | 'unsent' | 'refused' | 'retry' | 'discard'
	>;
	/** Ids of the company and the person that are signed in, or null. */
	sender: () => Sender | null;
	call?: Call;
	/** The server's clock, as well as this phone knows it. */
	now?: () => number;
	/** The same, read from the disk: before the first look of a page at its keys `now` does not know it. */
	sentAt?: () => Promise<number>;
	/** Where one tab waits for another; absent in old browsers. */
	locks?: LockManager | undefined;
	/** Says `online`, and `visibilitychange` when the page may soon be gone. */
	network?: EventTarget | undefined;
	/** Asks the browser to have what waits sent although no page is open. */
	askToDeliver?: () => unknown;
}

/** Takes what locks say to the server: on the disk first, and off it only when the server has it. */
export class Sync {
	/** Sessions of this sender with packets or claims that the server does not have. */
	unsent: ReadonlySet<string> = $state.raw(new Set());
	/** True when sending stopped because nobody is signed in; what waits is kept. */
	signedOut = $state(false);
	/** Why the phone's storage does not take what locks say, or null: until it does, it is in memory. */
	trouble: VaultErrorCode | null = $state(null);
	/** And whose it is: what stands here when another signs in is not theirs. */
	#notTaken: { of: Sender | null; all: readonly NotTaken[] } = $state.raw({ of: null, all: [] });
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

	/** What the server refused for good of this sender, the oldest first; kept until the person decides. */
	get notTaken(): readonly NotTaken[] {
		const { of, all } = this.#notTaken;
		const now = this.#parts.sender();
		return of?.person === now?.person && of?.company === now?.company ? all : [];
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
		const onVisibility = () => this.#handOver();
		const { network } = this.#parts;
		network?.addEventListener('online', onOnline);
		network?.addEventListener('visibilitychange', onVisibility);
		void this.flush();
		return () => {
			network?.removeEventListener('online', onOnline);
			network?.removeEventListener('visibilitychange', onVisibility);
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
		setTimeout(() => this.#handOver(), LOCK_FIRST);
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
			await alone(locks, OUTBOX_LOCK, 'wait', () => this.#send()).catch(() => this.#later());
		});
		this.#next = next;
		return next;
	}

	/** Sends what the server refused once more as it was. @throws VaultError */
	async retry(some: readonly NotTaken[]): Promise<void> {
		const whose = this.#parts.sender();
		if (whose === null) return;
		await this.#parts.outbox.retry(whose, idsOf(some));
		await this.flush();
	}

	/** Lets go for good of what the server refused. @throws VaultError */
	async discard(some: readonly NotTaken[]): Promise<void> {
		const whose = this.#parts.sender();
		if (whose === null) return;
		await this.#parts.outbox.discard(whose, idsOf(some));
		this.#notTaken = { of: whose, all: await this.#parts.outbox.refused(whose) };
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
		const { sender, call = callServer, sentAt = () => Promise.resolve(Date.now()) } = this.#parts;
		const whose = sender();
		if (whose === null) return;
		try {
			await deliver({ outbox: this.#shelf, sender: whose, call, now: sentAt });
			this.#pause = FIRST_PAUSE;
			this.signedOut = false;
		} catch (cause) {
			this.signedOut = cause instanceof ClientError && cause.code === 'signed-out';
			if (!this.signedOut) this.#later();
		}
		await this.#count(whose);
	}

	/** From here on the browser sends it, should this page be gone. */
	#handOver(): void {
		if (this.unsent.size > 0) this.#parts.askToDeliver?.();
	}

	async #count(sender: Sender): Promise<void> {
		const refused = await this.#parts.outbox.refused(sender).catch(() => null);
		if (refused) this.#notTaken = { of: sender, all: refused };
		const { batches, claims } = await this.#shelf.unsent(sender);
		const counts = new Map<string, number>();
		for (const { session, packets } of batches)
			counts.set(session, (counts.get(session) ?? 0) + packets.length);
		for (const { session } of claims) counts.set(session, (counts.get(session) ?? 0) + 1);
		this.#counts = counts;
		this.unsent = new Set(counts.keys());
	}

	#later(): void {
		// Once, and not at every further try: the browser has tries of its own.
		if (this.#pause === FIRST_PAUSE) this.#handOver();
		// Half of it by chance, so that the phones of a site do not all return at one moment.
		const pause = this.#pause * (0.5 + Math.random() / 2);
		this.#pause = Math.min(LONGEST_PAUSE, this.#pause * 2);
		this.#timer = setTimeout(() => void this.flush(), pause);
	}
}

function idsOf(some: readonly NotTaken[]): string[] {
	return some.flatMap(({ ids }) => ids);
}

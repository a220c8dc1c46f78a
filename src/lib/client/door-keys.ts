import type { Me } from '../api/app/people.ts';
import type { Keyring } from '../vault/keyring.ts';
import type { TurnAnswer, TurnWish } from '../vault/ekey-task.ts';
import { VaultError } from '../vault/store.ts';
import type { StoredTurn, Turns } from '../vault/turns.ts';
import { alone } from './alone.ts';
import { call, ClientError } from './call.ts';
import { OUTBOX_LOCK, ownerOf } from './delivery.ts';
import type { Readiness } from './offline.svelte.ts';
import { LOCK_FIRST } from './sync.svelte.ts';
import { tellTurns } from './turns.ts';

export interface DoorKeysParts {
	keyring: Pick<Keyring, 'turn'>;
	turns: Turns;
	readiness: Pick<Readiness, 'door' | 'look' | 'contact'>;
	/** Who is signed in; undefined until that is known. */
	me: () => Me | undefined;
	/** Asks the browser to have what waits sent although no page is open. */
	askToDeliver: () => void;
	/** Where one tab waits for another; absent in old browsers. */
	locks?: LockManager | undefined;
}

/** The eKeys on this phone, as one opening uses them. */
export class DoorKeys {
	readonly #parts: DoorKeysParts;
	#timer: ReturnType<typeof setTimeout> | undefined;
	/** Openings are noted that the server may not have heard of. */
	#owes = false;

	constructor(parts: DoorKeysParts) {
		this.#parts = parts;
	}

	/** Whether an eKey of this lock is here that may open it. */
	holds(door: number): boolean {
		return this.#parts.readiness.door(door).state === 'ready';
	}

	/** The next step of an opening without network. Never rejects. */
	async turn(wish: Omit<TurnWish, 'owner' | 'now'>): Promise<TurnAnswer> {
		const { keyring, readiness, me } = this.#parts;
		const owner = ownerOf(me());
		if (owner === null) return { kind: 'turn-refused', refusal: { code: 'no-key' } };
		const answer = await keyring.turn({ ...wish, owner, now: Date.now() });
		if (answer.kind !== 'frame') void readiness.look();
		return answer;
	}

	/**
	 * Notes an opening before it is tried, or what the lock answered to it. Never rejects: a full disk
	 * keeps nobody out, and the lock's log tells of it all the same.
	 */
	async note(turn: Omit<StoredTurn, 'owner'>): Promise<void> {
		const owner = ownerOf(this.#parts.me());
		if (owner === null) return;
		this.#owes = true;
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => this.#handOver(), LOCK_FIRST);
		await quietly(this.#parts.turns.note({ ...turn, owner }));
	}

	/** Tells the server of openings without network; what it does not take waits. Rejects by a fault of ours only. */
	async tell(): Promise<void> {
		const { turns, me, locks } = this.#parts;
		const owed = this.#owes;
		this.#owes = false;
		try {
			await alone(locks, OUTBOX_LOCK, 'wait', () => tellTurns({ turns, call }, me()));
		} catch (cause) {
			// Storage that fails says nothing of what waits: what was owed is owed still.
			this.#owes ||= owed || cause instanceof ClientError;
			this.#handOver();
			if (!(cause instanceof ClientError || cause instanceof VaultError)) throw cause;
		}
	}

	/** Hands over what is owed when the page may soon be gone; as long as the page lives. */
	start(network: EventTarget): void {
		network.addEventListener('visibilitychange', () => this.#handOver());
	}

	/** It is known not to have happened. Never rejects. */
	async withdraw(id: string): Promise<void> {
		await quietly(this.#parts.turns.withdraw(id));
	}

	/** Reports, now that there is network. */
	contact(): Promise<void> {
		return this.#parts.readiness.contact();
	}

	/** From here on the browser sends what waits, should this page be gone. */
	#handOver(): void {
		if (this.#owes) this.#parts.askToDeliver();
	}
}

async function quietly(work: Promise<void>): Promise<void> {
	await work.catch((cause: unknown) => {
		if (!(cause instanceof VaultError)) throw cause;
	});
}

import type { Keyring } from '../vault/keyring.ts';
import type { TurnAnswer, TurnWish } from '../vault/ekey-task.ts';
import { VaultError } from '../vault/store.ts';
import type { StoredTurn, Turns } from '../vault/turns.ts';
import type { Readiness } from './offline.svelte.ts';

export interface DoorKeysParts {
	keyring: Pick<Keyring, 'turn'>;
	turns: Pick<Turns, 'note' | 'withdraw'>;
	readiness: Pick<Readiness, 'door' | 'look' | 'contact'>;
	/** Person and company, or null: see `ownerOf`. */
	owner: () => string | null;
}

/** The eKeys on this phone, as one opening uses them. */
export class DoorKeys {
	readonly #parts: DoorKeysParts;

	constructor(parts: DoorKeysParts) {
		this.#parts = parts;
	}

	/** Whether an eKey of this lock is here that may open it. */
	holds(door: number): boolean {
		return this.#parts.readiness.door(door).state === 'ready';
	}

	/** The next step of an opening without network. Never rejects. */
	async turn(wish: Omit<TurnWish, 'owner' | 'now'>): Promise<TurnAnswer> {
		const { keyring, readiness, owner } = this.#parts;
		const whose = owner();
		if (whose === null) return { kind: 'turn-refused', refusal: { code: 'no-key' } };
		const answer = await keyring.turn({ ...wish, owner: whose, now: Date.now() });
		if (answer.kind !== 'frame') void readiness.look();
		return answer;
	}

	/**
	 * Notes an opening before it is tried, or what the lock answered to it. Never rejects: a full disk
	 * keeps nobody out, and the lock's log tells of it all the same.
	 */
	async note(turn: Omit<StoredTurn, 'owner'>): Promise<void> {
		const owner = this.#parts.owner();
		if (owner !== null) await quietly(this.#parts.turns.note({ ...turn, owner }));
	}

	/** It is known not to have happened. Never rejects. */
	async withdraw(id: string): Promise<void> {
		await quietly(this.#parts.turns.withdraw(id));
	}

	/** Reports, now that there is network. */
	contact(): Promise<void> {
		return this.#parts.readiness.contact();
	}
}

async function quietly(work: Promise<void>): Promise<void> {
	await work.catch((cause: unknown) => {
		if (!(cause instanceof VaultError)) throw cause;
	});
}

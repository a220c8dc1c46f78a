import type { Lock } from '$lib/api/app/locks.ts';
import { LockConversation } from '$lib/client/lock.svelte.ts';
import type { Conversation } from '$lib/client/phases.ts';

export class Talks {
	readonly #talks = new Map<string, Conversation>();
	trouble: string | null = null;

	with(lock: Lock): Conversation {
		let talk = this.#talks.get(lock.mac);
		if (!talk) {
			talk = new LockConversation(lock as never);
			this.#talks.set(lock.mac, talk);
		}
		return talk;
	}
	async nearest(locks: readonly Lock[], found: (lock: Lock) => void): Promise<void> {
		void locks;
		void found;
	}
}

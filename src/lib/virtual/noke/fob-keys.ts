/** What a fob holds, and what staged writes make of it: docs/lock-scheme.md section 8. */
import type { Masters } from './commit.ts';

/** What opens one lock. */
export interface Credential {
	/** The key of the slot, in hex. */
	readonly key: string;
	/** Of the lock, upper case with colons. */
	readonly mac: string;
	readonly slot: number;
}

/** What a fob holds, durable as a whole. */
export interface FobKeys extends Masters<string> {
	/** By position, 1..100. */
	readonly credentials: Readonly<Record<number, Credential>>;
}

export type FobWrite =
	| { readonly kind: 'add'; readonly position: number; readonly content: Credential }
	| { readonly kind: 'remove'; readonly position: number }
	| { readonly kind: 'clear' };

/** A fob out of the box: the base key as the master key of epoch 0, no locks. */
export function factoryFobKeys(baseKey: string): FobKeys {
	return { epoch: 0, master: baseKey, credentials: {}, previous: null };
}

/** The credential for a lock, at the lowest position if several are. */
export function credentialFor({ credentials }: FobKeys, mac: string): Credential | null {
	return Object.values(credentials).find((credential) => credential.mac === mac) ?? null;
}

export function appliedToFob(set: FobKeys, write: FobWrite): FobKeys {
	switch (write.kind) {
		case 'clear':
			return { ...set, credentials: {} };
		case 'add':
			return { ...set, credentials: { ...set.credentials, [write.position]: write.content } };
		case 'remove': {
			const { [write.position]: _, ...credentials } = set.credentials;
			return { ...set, credentials };
		}
	}
}

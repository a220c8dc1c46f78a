import type { PairingFacts } from '../client/paired.svelte.ts';

/** How a lock stands that the server does not have. */
export function waitingWords({ state, refused }: PairingFacts): { text: string; fails: boolean } {
	if (state === 'begun') return { text: 'Cut half-way: it may be yours', fails: true };
	if (state === 'owned') return { text: 'Cut half-way: it is yours', fails: true };
	// Another owner has it, or its own has newer keys of it: what waited takes nobody's place.
	if (refused === 'conflict')
		return {
			text: 'Paired. Hasp has this lock with other keys: delete it there first, or forget these',
			fails: true
		};
	if (refused === 'forbidden')
		return { text: 'Paired, waits for an owner or admin to sign in', fails: true };
	if (refused !== null) return { text: 'Paired. The server does not take it', fails: true };
	return { text: 'Paired, waits for the network', fails: false };
}

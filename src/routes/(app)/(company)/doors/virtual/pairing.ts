import { Paired } from '$lib/client/paired.svelte.ts';
import { LockPairing } from '$lib/client/pairing.svelte.ts';
import type { SessionState } from '$lib/client/session.svelte.ts';
import type { Talks } from '$lib/client/talks.svelte.ts';

/** Pairs the virtual door lock as any other: over its link, with the server, its keys kept meanwhile. */
export function virtualPairing(talks: Talks, session: SessionState): LockPairing {
	const { pairings } = talks;
	const company = () => session.me?.company?.id ?? null;
	return new LockPairing({
		choose: async () => (await talks.openDemoDoor('new'))?.target ?? null,
		paired: new Paired({ pairings, company, locks: navigator.locks }),
		pairings,
		company,
		persist: () => navigator.storage.persist(),
		locks: navigator.locks
	});
}

import { createContext } from 'svelte';
import type { Lock } from '$lib/api/app/locks.ts';
import type { SessionState } from '$lib/client/session.svelte.ts';
import type { Talks } from '$lib/client/talks.svelte.ts';
import type { Load } from '$lib/ui/load.svelte.ts';

/** Who is signed in, and for which company. */
export const [getSession, setSession] = createContext<SessionState>();

/** The first question of every visit: who is this? */
export const [getStart, setStart] = createContext<Load<boolean>>();

/** The locks this person sees. */
export const [getLocks, setLocks] = createContext<Load<Lock[]>>();

/** The conversations with locks, which outlive a page. */
export const [getTalks, setTalks] = createContext<Talks>();

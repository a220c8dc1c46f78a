import { createContext } from 'svelte';
import type { Lock } from '$lib/api/app/locks.ts';
import type { SessionState } from '$lib/client/session.svelte.ts';
import type { Load } from '$lib/ui/load.svelte.ts';
import type { TalksHolder } from './talks.ts';

/** Who is signed in, and for which company. */
export const [getSession, setSession] = createContext<SessionState>();

/** The first question of every visit: who is this? */
export const [getStart, setStart] = createContext<Load<boolean>>();

/** The locks this person sees. */
export const [getLocks, setLocks] = createContext<Load<Lock[]>>();

/** Where the conversations with locks are, once they are loaded; `talks.ts` has the way to them. */
export const [getHolder, setHolder] = createContext<TalksHolder>();

import { createContext } from 'svelte';
import type { DoorsReply } from '$lib/api/app/doors.ts';
import type { LocksReply } from '$lib/api/app/locks.ts';
import type { Me } from '$lib/api/app/people.ts';
import type { Known } from '$lib/client/known.ts';
import type { Install } from '$lib/client/install.svelte.ts';
import type { SessionState } from '$lib/client/session.svelte.ts';
import type { Load } from '$lib/ui/load.svelte.ts';
import type { TalksHolder } from './talks.ts';

/** Who is signed in, and for which company. */
export const [getSession, setSession] = createContext<SessionState>();

/** The first question of every visit: who is this? */
export const [getStart, setStart] = createContext<Load<Me>>();

/** What this phone keeps to be read without network. */
export const [getKnown, setKnown] = createContext<Known>();

/** The padlocks this person sees: of a large fleet the first, and those this phone has keys of. */
export const [getLocks, setLocks] = createContext<Load<LocksReply>>();

/** The same of door locks. */
export const [getDoors, setDoors] = createContext<Load<DoorsReply>>();

/** Where the conversations with locks are, once they are loaded; `talks.ts` has the way to them. */
export const [getHolder, setHolder] = createContext<TalksHolder>();

/** The way to the home screen. */
export const [getInstall, setInstall] = createContext<Install>();

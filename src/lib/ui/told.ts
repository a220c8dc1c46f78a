import type { Component } from 'svelte';
import type { Conversation } from '../client/phases.ts';

/** What a conversation tells, without its verbs. */
export type Told = Omit<Conversation, 'open' | 'stop'>;

/** What a page says of it. */
export interface Said {
	title: string;
	/** Before the text, and louder. */
	first?: string | undefined;
	text: string;
	alert?: boolean;
	icon?: Component;
}

/** Nothing was said on this visit. */
export const AT_REST: Told = {
	phase: 'idle',
	deed: 'unlock',
	reached: null,
	failure: null,
	began: { connecting: null, asking: null, opening: null, open: null },
	slow: false,
	offline: false,
	keyEnded: null,
	openedAt: null,
	endedAs: null,
	battery: null,
	reported: false
};

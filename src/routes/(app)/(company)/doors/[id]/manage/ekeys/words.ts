import type { Component } from 'svelte';
import CircleCheck from '@lucide/svelte/icons/circle-check';
import CircleSlash from '@lucide/svelte/icons/circle-slash';
import Clock from '@lucide/svelte/icons/clock';
import Snowflake from '@lucide/svelte/icons/snowflake';
import type { Ekey, EkeyEnd, EkeyVerdict } from '$lib/api/app/ekeys.ts';
import { lockMoment } from '$lib/ui/lock-time.ts';
import { periodWords } from '$lib/ui/periods.ts';

export interface EkeyWords {
	/** Whose it is, and what more there is to say of them. */
	who: string;
	note: string;
	icon: Component;
	tone: 'plain' | 'ready' | 'wait';
	state: string;
	period: string;
}

const STATES: Record<EkeyVerdict, Pick<EkeyWords, 'icon' | 'tone' | 'state'>> = {
	now: { icon: CircleCheck, tone: 'ready', state: 'Opens now' },
	'not-yet': { icon: Clock, tone: 'plain', state: 'Begins later' },
	'outside-hours': { icon: Clock, tone: 'plain', state: 'Not at this hour' },
	expired: { icon: CircleSlash, tone: 'plain', state: 'Over' },
	used: { icon: CircleSlash, tone: 'plain', state: 'Used' },
	frozen: { icon: Snowflake, tone: 'wait', state: 'Frozen' },
	reset: { icon: CircleSlash, tone: 'plain', state: 'Ended at the lock' }
};

/** What is known of an eKey. @param zone milliseconds that the lock's clock is ahead of UTC */
export function ekeyWords(ekey: Ekey, zone: number, now: number): EkeyWords {
	const { holder, kind, manages, name } = ekey;
	const role = kind === 'admin' ? 'owner' : manages ? 'manages the lock' : null;
	const called = kind === 'admin' || name === '' || name === holder.name ? null : name;
	const account = holder.userId === null ? 'account of the open API' : null;
	return {
		who: holder.name,
		note: [role, called, account].filter((part) => part !== null).join(', '),
		...STATES[ekey.opens],
		period: periodWords(ekey, zone, now)
	};
}

/** What taking an eKey away came to, as sentences: nothing that is not so. */
export function endWords(end: EkeyEnd, who: string, zone: number, now: number): string[] {
	const says = [];
	if (end.offlineUntil === null) says.push('It opens nothing from now on.');
	else
		says.push(
			'With signal it opens nothing from now on.',
			`A phone of ${who} that has no signal may still open until ${lockMoment(end.offlineUntil, zone, now)}: the lock itself knows nothing of it.`
		);
	if (end.leftHasp)
		says.push(
			`${who} may have fetched the lock’s keys through the open API. An app that is not Hasp opens with them until the eKeys are reset at the lock.`
		);
	return says;
}

/** What taking an eKey away means, before it is done. */
export function meansWords(who: string): string[] {
	return [
		`With signal ${who} opens nothing by it from then on.`,
		'A phone that holds it and has no signal may go on opening until it has to ask again: the lock itself knows nothing of it. Hasp tells until when.',
		'Resetting the eKeys at the lock ends it at once, with all others.'
	];
}

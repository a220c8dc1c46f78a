import type { Component } from 'svelte';
import CircleCheck from '@lucide/svelte/icons/circle-check';
import CircleSlash from '@lucide/svelte/icons/circle-slash';
import Clock from '@lucide/svelte/icons/clock';
import Hourglass from '@lucide/svelte/icons/hourglass';
import type { Passcode } from '$lib/api/app/passcodes.ts';
import { lockClock, lockMoment } from '$lib/ui/lock-time.ts';
import { DAYS } from './kinds.ts';

/** What is known of a passcode, in words: never a state that the lock has not proven. */
export interface PasscodeWords {
	name: string;
	icon: Component;
	tone: 'plain' | 'ready' | 'wait';
	state: string;
	/** When it opens. */
	when: string;
	/** What else is to be known, or null. */
	more: string | null;
}

/** @param zone milliseconds that the lock's clock is ahead of UTC */
export function passcodeWords(passcode: Passcode, zone: number, now: number): PasscodeWords {
	const name = passcode.name || 'Without a name';
	const when = whenWords(passcode, zone, now);
	return { name, when, ...stateWords(passcode, zone, now) };
}

type StateWords = Pick<PasscodeWords, 'icon' | 'tone' | 'state' | 'more'>;

function stateWords(passcode: Passcode, zone: number, now: number): StateWords {
	const { waits, isUnknown, isOver, usedAt, useBefore, origin } = passcode;
	const hourglass = (tone: 'plain' | 'wait', state: string, more: string | null = null) => ({
		icon: Hourglass,
		tone,
		state,
		more
	});
	if (waits !== null && isUnknown)
		return hourglass('wait', 'Not known', 'The lock was told, its answer was lost. Tell it again.');
	switch (waits) {
		case 'add':
			return hourglass('plain', 'Waits for the lock');
		case 'change':
			return hourglass('wait', 'Change waits for the lock', 'Until then it opens as it was.');
		case 'remove':
			return hourglass('wait', 'Deleted, still opens', 'Until it is taken off at the lock.');
		case null:
			break;
	}
	if (isOver) return { icon: CircleSlash, tone: 'plain', state: 'Over', more: null };
	if (origin === 'custom')
		return { icon: CircleCheck, tone: 'ready', state: 'On the lock', more: null };
	if (usedAt !== null)
		return {
			icon: CircleCheck,
			tone: 'ready',
			state: `Used ${lockMoment(usedAt, zone, now)}`,
			more: null
		};
	if (useBefore === null) return { icon: Clock, tone: 'plain', state: 'Not seen used', more: null };
	return useBefore <= now
		? {
				icon: CircleSlash,
				tone: 'plain',
				state: 'Not seen used',
				more: 'If it was not used in time, it never opens. The lock’s records tell.'
			}
		: {
				icon: Clock,
				tone: 'plain',
				state: 'Not seen used',
				more: `Use it before ${lockMoment(useBefore, zone, now)} the first time.`
			};
}

/** When a passcode opens. */
export function whenWords(
	{ kind, startDate, endDate }: Pick<Passcode, 'kind' | 'startDate' | 'endDate'>,
	zone: number,
	now: number
): string {
	const from = startDate === 0 ? '' : `from ${lockMoment(startDate, zone, now)}`;
	switch (kind) {
		case 'once':
			return `Once, ${from}`;
		case 'permanent':
			return startDate > now ? `Without end, ${from}` : 'Without end';
		case 'period':
			return `${from} to ${lockMoment(endDate, zone, now)}`.replace(/^f/, 'F');
		case 'delete':
			return 'Erases used random passcodes';
		default: {
			const days = DAYS.find(({ value }) => value === kind)?.label ?? kind;
			const until = lockClock(endDate, zone);
			return `${days}, ${lockClock(startDate, zone)} to ${until === '00:00' ? '24:00' : until}`;
		}
	}
}

/** What deleting a passcode means, as sentences: nothing that is not so. */
export function deleteWords(passcode: Passcode, lock: string, zone: number, now: number): string[] {
	if (passcode.isOver) return [`It opens ${lock} no more. Hasp forgets it.`];
	if (passcode.origin === 'custom')
		return passcode.waits === 'add' && !passcode.isUnknown
			? [`${lock} was never told of it. It ends at once.`]
			: [
					`It opens ${lock} until the lock is told: go there with this phone, or with another manager’s.`
				];
	if (passcode.usedAt !== null)
		return [`${lock} keeps it since it was used. It opens until the lock is told.`];
	const { useBefore } = passcode;
	return [
		useBefore === null
			? `${lock} computes it by itself. Until it was used there once, the lock cannot be told to forget it.`
			: `${lock} computes it by itself. Until it was used there once, the lock cannot be told to forget it: somebody who knows it may use it before ${lockMoment(useBefore, zone, now)}.`
	];
}

/** What is sent to whoever is to have a passcode. */
export function shareText(passcode: Passcode, lock: string, zone: number, now: number): string {
	const { useBefore, usedAt } = passcode;
	const first =
		useBefore !== null && usedAt === null && useBefore > now
			? ` Use it before ${lockMoment(useBefore, zone, now)} the first time.`
			: '';
	return `${passcode.code}# opens ${lock}. ${whenWords(passcode, zone, now)}.${first}`;
}

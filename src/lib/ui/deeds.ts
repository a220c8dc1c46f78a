import BadgeAlert from '@lucide/svelte/icons/badge-alert';
import CreditCard from '@lucide/svelte/icons/credit-card';
import DoorOpen from '@lucide/svelte/icons/door-open';
import Fingerprint from '@lucide/svelte/icons/fingerprint-pattern';
import Hash from '@lucide/svelte/icons/hash';
import KeyRound from '@lucide/svelte/icons/key-round';
import Lock from '@lucide/svelte/icons/lock-keyhole';
import LockOpen from '@lucide/svelte/icons/lock-keyhole-open';
import Power from '@lucide/svelte/icons/power';
import Siren from '@lucide/svelte/icons/siren';
import CircleQuestionMark from '@lucide/svelte/icons/circle-question-mark';
import type { DoorDeed, DoorRecord } from '../api/app/door-records.ts';
import type { EventWords } from './events.ts';

/** What a door lock's log tells of, in words. */
const DEEDS: Record<DoorDeed, EventWords> = {
	unlocked: { label: 'Opened', icon: LockOpen },
	locked: { label: 'Locked', icon: Lock },
	'unlocked-by-passcode': { label: 'Opened by passcode', icon: Hash },
	'locked-by-passcode': { label: 'Locked by passcode', icon: Hash },
	'wrong-passcode': { label: 'Wrong passcode', icon: Hash, fail: true },
	'passcode-over': { label: 'Refused: passcode is over', icon: Hash, fail: true },
	'passcode-refused': { label: 'Passcode refused', icon: Hash, fail: true },
	'passcode-changed': { label: 'Passcode changed', icon: Hash },
	'passcode-removed': { label: 'Passcode removed', icon: Hash },
	'passcodes-cleared': { label: 'All passcodes removed', icon: Hash },
	'delete-code-used': { label: 'Erase code used', icon: Hash },
	'passcodes-full': { label: 'Refused: passcodes are full', icon: Hash, fail: true },
	'unlocked-by-card': { label: 'Opened by card', icon: CreditCard },
	'card-refused': { label: 'Card refused', icon: CreditCard, fail: true },
	'unlocked-by-fingerprint': { label: 'Opened by fingerprint', icon: Fingerprint },
	'fingerprint-refused': { label: 'Fingerprint refused', icon: Fingerprint, fail: true },
	'unlocked-by-key': { label: 'Opened by a metal key', icon: KeyRound },
	'locked-by-key': { label: 'Locked by a metal key', icon: KeyRound },
	'unlocked-by-gateway': { label: 'Opened by a gateway', icon: LockOpen },
	'unlocked-by-fob': { label: 'Opened by fob', icon: KeyRound },
	'unlocked-from-inside': { label: 'Opened from inside', icon: DoorOpen },
	'unlocked-by-button': { label: 'Opened by its button', icon: LockOpen },
	'locked-by-button': { label: 'Locked by its button', icon: Lock },
	'auto-locked': { label: 'Locked by itself', icon: Lock },
	'dead-bolt': { label: 'Refused: dead bolt', icon: Lock, fail: true },
	'locked-out': { label: 'Keypad dead: wrong tries', icon: Siren, fail: true },
	forced: { label: 'Forced open', icon: Siren, fail: true },
	tampered: { label: 'Tampered with', icon: BadgeAlert, fail: true },
	started: { label: 'Started, battery in', icon: Power },
	other: { label: 'Something else', icon: CircleQuestionMark }
};

/** What a record tells. What the lock refused is marked so, whatever it was. */
export function deedWords({ deed, success }: Pick<DoorRecord, 'deed' | 'success'>): EventWords {
	const words = DEEDS[deed];
	if (success || words.fail) return words;
	return {
		...words,
		label: deed === 'unlocked' ? 'Refused' : `${words.label}: refused`,
		fail: true
	};
}

/** Whose doing it was, or null. */
export function doerOf({ who, passcode }: Pick<DoorRecord, 'who' | 'passcode'>): string | null {
	return who ?? passcode;
}

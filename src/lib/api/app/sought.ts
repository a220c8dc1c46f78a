import type { Door } from './doors.ts';
import type { Lock } from './locks.ts';

/** The words of a text by which a lock is looked for, in small letters. */
export function wordsOf(text: string): string[] {
	return text.toLowerCase().split(/\s+/).filter(Boolean);
}

/** Whether every word stands in what is searched of a padlock: name, place, serial, MAC with colons or without. */
export function isSoughtLock(
	{ name, place, serial, mac }: Pick<Lock, 'name' | 'place' | 'serial' | 'mac'>,
	words: readonly string[]
): boolean {
	return holds(`${name} ${place} ${serial}`, mac, words);
}

/** The same of a door lock: name, the name it advertises, MAC. */
export function isSoughtDoor(
	{ name, deviceName, mac }: Pick<Door, 'name' | 'deviceName' | 'mac'>,
	words: readonly string[]
): boolean {
	return holds(`${name} ${deviceName}`, mac, words);
}

function holds(text: string, mac: string, words: readonly string[]): boolean {
	const own = `${text} ${mac} ${mac.replaceAll(':', '')}`.toLowerCase();
	return words.every((word) => own.includes(word));
}

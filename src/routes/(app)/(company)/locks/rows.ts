import type { Door } from '$lib/api/app/doors.ts';
import type { Lock } from '$lib/api/app/locks.ts';
import { isSoughtDoor, isSoughtLock, wordsOf } from '$lib/api/app/sought.ts';
import { byName } from '$lib/client/by-name.ts';

/** One line of a holder's list: a padlock or a door lock. */
export interface Row {
	mac: string;
	name: string;
	/** Its page. */
	href: string;
	mayOpen: boolean;
	lock?: Lock;
	door?: Door;
}

/** All that a person opens, by name. */
export function rowsOf(locks: readonly Lock[], doors: readonly Door[]): Row[] {
	const padlocks = locks.map((lock): Row => {
		const { mac, name, mayOpen } = lock;
		return { mac, name, mayOpen, href: `/locks/${mac}`, lock };
	});
	const ofDoors = doors.map((door): Row => {
		const { mac, name, opens, id } = door;
		return { mac, name, mayOpen: opens === 'now', href: `/doors/${id}`, door };
	});
	if (ofDoors.length === 0) return padlocks;
	return [...padlocks, ...ofDoors].sort(byName);
}

/** The rows in which every word of the text stands, as the server looks for them. */
export function holding(rows: readonly Row[], text: string): readonly Row[] {
	const words = wordsOf(text);
	if (words.length === 0) return rows;
	return rows.filter(
		({ lock, door }) =>
			(lock !== undefined && isSoughtLock(lock, words)) ||
			(door !== undefined && isSoughtDoor(door, words))
	);
}

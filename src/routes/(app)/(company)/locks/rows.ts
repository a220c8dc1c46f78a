import type { Door } from '$lib/api/app/doors.ts';
import type { Lock } from '$lib/api/app/locks.ts';
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

/** What is searched of a lock. */
export function textOf({ lock, door, name, mac }: Omit<Row, 'href' | 'mayOpen'>): string {
	const own = lock ? `${lock.place} ${lock.serial}` : (door?.deviceName ?? '');
	return `${name} ${own} ${mac} ${mac.replaceAll(':', '')}`;
}

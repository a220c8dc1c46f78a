import type { Lock } from '$lib/api/app/locks.ts';
import { readBattery } from '$lib/client/battery.ts';
import type { FacetGroup } from '$lib/ui/Facets.svelte';
import { KINDS, kindOf } from '$lib/ui/kinds.ts';
import { textOf } from './rows.ts';

const MONTH = 30 * 86_400_000;

interface Facet {
	id: string;
	label: string;
	fits: (lock: Lock, now: number) => boolean;
}
interface Group {
	title: string;
	facets: readonly Facet[];
}

/** When anything was heard of a lock last, or null. */
function lastHeard(lock: Lock): number | null {
	const times = [lock.lastKnown?.at, lock.battery?.at, lock.lastOpened?.at].filter(
		(at) => at !== undefined
	);
	return times.length === 0 ? null : Math.max(...times);
}

const GROUPS: readonly Group[] = [
	{
		title: 'Needs someone',
		facets: [
			{
				id: 'battery',
				label: 'Battery 1 or 2 of 7',
				fits: (lock) => lock.battery !== null && readBattery(lock.battery.millivolts).scale <= 2
			},
			{
				id: 'debt',
				label: 'Revoked, still opens',
				fits: (lock) => lock.waiting.revoked > 0
			},
			{ id: 'waits', label: 'Waits for the lock', fits: (lock) => lock.waitsForLock },
			{
				id: 'silent',
				label: 'Not heard for 30 days',
				fits: (lock, now) => {
					const heard = lastHeard(lock);
					return heard !== null && heard < now - MONTH;
				}
			},
			{ id: 'setup', label: 'Awaiting setup', fits: (lock) => lock.awaitingSetup },
			{
				id: 'unknown-keys',
				label: 'Keys not known',
				fits: (lock) => lock.keysUnknownSince !== null
			}
		]
	},
	{
		title: 'State, as last heard',
		facets: [
			{ id: 'closed', label: 'Closed', fits: (lock) => lock.lastKnown?.state === 'closed' },
			{
				id: 'open',
				label: 'Open',
				fits: (lock) => lock.lastKnown !== null && lock.lastKnown.state !== 'closed'
			},
			{ id: 'unknown', label: 'Not known', fits: (lock) => lock.lastKnown === null }
		]
	},
	{
		title: 'Kind',
		facets: KINDS.map((kind) => ({
			id: kind.hardwareType,
			label: kind.name,
			fits: (lock: Lock) => kindOf(lock.hardwareType).name === kind.name
		}))
	},
	{
		title: 'Environment',
		facets: [
			{ id: 'production', label: 'Production', fits: (lock) => lock.environment === 'production' },
			{ id: 'sandbox', label: 'Sandbox', fits: (lock) => lock.environment === 'sandbox' }
		]
	}
];

/** Locks whose name, place, serial or MAC holds every word of the text. */
export function search(locks: readonly Lock[], text: string): readonly Lock[] {
	return holding(locks, text, (lock) => textOf({ lock, name: lock.name, mac: lock.mac }));
}

/** Those in whose own text stands every word of the text. */
export function holding<T>(all: readonly T[], text: string, of: (one: T) => string): readonly T[] {
	const words = text.toLowerCase().split(/\s+/).filter(Boolean);
	if (words.length === 0) return all;
	return all.filter((one) => {
		const own = of(one).toLowerCase();
		return words.every((word) => own.includes(word));
	});
}

function fitsGroup(group: Group, lock: Lock, chosen: readonly string[], now: number): boolean {
	const wanted = group.facets.filter((facet) => chosen.includes(facet.id));
	return wanted.length === 0 || wanted.some((facet) => facet.fits(lock, now));
}

/** Locks that fit one chosen facet of every group in which one is chosen. */
export function narrow(locks: readonly Lock[], chosen: readonly string[], now: number) {
	return locks.filter((lock) => GROUPS.every((group) => fitsGroup(group, lock, chosen, now)));
}

/** Each facet with the number of locks it would leave, given what is chosen in the other groups. */
export function countFacets(
	locks: readonly Lock[],
	chosen: readonly string[],
	now: number
): FacetGroup[] {
	const sandboxed = locks.some((lock) => lock.environment === 'sandbox');
	return GROUPS.filter((group) => group.title !== 'Environment' || sandboxed).map((group) => {
		const rest = locks.filter((lock) =>
			GROUPS.every((other) => other === group || fitsGroup(other, lock, chosen, now))
		);
		return {
			title: group.title,
			options: group.facets.map(({ id, label, fits }) => ({
				id,
				label,
				count: rest.reduce((sum, lock) => sum + (fits(lock, now) ? 1 : 0), 0)
			}))
		};
	});
}

import { FACETS, type Facet, type FacetGroup, type FleetRow } from '../api/app/fleet.ts';
import { isSoughtDoor, isSoughtLock, wordsOf } from '../api/app/sought.ts';
import { batteryScale, kindOf } from '../protocol/noke/profile.ts';

/** Milliseconds after which a lock counts as silent. */
const SILENT = 30 * 86_400_000;
/** A battery that wants a change: 2 of 7, which of a hundred is 28. */
const LOW_SCALE = 2;
const LOW_PERCENT = 28;

/** The groups, and what is in each. */
export const FACET_GROUPS = Object.entries(FACETS) as [FacetGroup, readonly Facet[]][];

/** Whether a lock fits a facet; a door lock tells nothing of its bolt, and is set up by pairing. */
const FITS: Record<Facet, (row: FleetRow, now: number) => boolean> = {
	battery: (row) =>
		row.family === 'door'
			? row.door.battery !== null && row.door.battery.percent <= LOW_PERCENT
			: row.lock.battery !== null && batteryScale(row.lock.battery.millivolts) <= LOW_SCALE,
	debt: (row) => row.family === 'padlock' && row.lock.waiting.revoked > 0,
	waits: (row) => (row.family === 'door' ? row.waiting > 0 : row.lock.waitsForLock),
	silent: (row, now) => {
		const heard = lastHeard(row);
		return heard !== null && heard < now - SILENT;
	},
	setup: (row) => row.family === 'padlock' && row.lock.awaitingSetup,
	'unknown-keys': (row) => row.family === 'padlock' && row.lock.keysUnknownSince !== null,
	closed: (row) => row.family === 'padlock' && row.lock.lastKnown?.state === 'closed',
	open: (row) =>
		row.family === 'padlock' &&
		row.lock.lastKnown !== null &&
		row.lock.lastKnown.state !== 'closed',
	unknown: (row) => row.family === 'door' || row.lock.lastKnown === null,
	'hd-padlock': (row) => isKind(row, 'hd-padlock'),
	padlock: (row) => isKind(row, 'padlock'),
	'u-lock': (row) => isKind(row, 'u-lock'),
	door: (row) => row.family === 'door',
	production: (row) => environmentOf(row) === 'production',
	sandbox: (row) => environmentOf(row) === 'sandbox'
};

function isKind(row: FleetRow, kind: ReturnType<typeof kindOf>): boolean {
	return row.family === 'padlock' && kindOf(row.lock.hardwareType) === kind;
}

function environmentOf(row: FleetRow) {
	return row.family === 'door' ? 'production' : row.lock.environment;
}

/** When anything was heard of it last, or null. */
function lastHeard(row: FleetRow): number | null {
	const times =
		row.family === 'door'
			? [row.door.battery?.at]
			: [row.lock.lastKnown?.at, row.lock.battery?.at, row.lock.lastOpened?.at];
	const heard = times.filter((at) => at !== undefined);
	return heard.length === 0 ? null : Math.max(...heard);
}

/** What a fleet is narrowed to. */
export class Narrowing {
	readonly #words: readonly string[];
	/** Groups of which something is chosen, and what. */
	readonly #chosen: readonly [FacetGroup, readonly Facet[]][];
	readonly #now: number;

	constructor(text: string, facets: readonly Facet[], now: number) {
		this.#words = wordsOf(text);
		this.#chosen = FACET_GROUPS.map(([group, all]): [FacetGroup, readonly Facet[]] => [
			group,
			all.filter((facet) => facets.includes(facet))
		]).filter(([, wanted]) => wanted.length > 0);
		this.#now = now;
	}

	/** Whether every word stands in what is searched of it. */
	holds(row: FleetRow): boolean {
		if (this.#words.length === 0) return true;
		return row.family === 'door'
			? isSoughtDoor(row.door, this.#words)
			: isSoughtLock(row.lock, this.#words);
	}

	/** The groups of which something is chosen and nothing fits; none when the lock is found. */
	misses(row: FleetRow): FacetGroup[] {
		return this.#chosen
			.filter(([, wanted]) => !wanted.some((facet) => this.is(row, facet)))
			.map(([group]) => group);
	}

	/** Whether a lock fits a facet. */
	is(row: FleetRow, facet: Facet): boolean {
		return FITS[facet](row, this.#now);
	}
}

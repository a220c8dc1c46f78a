import { z } from 'zod';
import type {
	Facet,
	FleetCountsQuery,
	FleetCountsReply,
	FleetQuery,
	FleetReply,
	FleetRow
} from '../api/app/fleet.ts';
import type { Db } from './db/connect.ts';
import { ServerError } from './error.ts';
import { FACET_GROUPS, Narrowing } from './fleet-facets.ts';
import { locksAfter } from './lock-list.ts';
import type { Member } from './people/identity.ts';
import { doorsAfter, waitingAt } from './sifely/door-list.ts';

/** Locks read in one go: a few milliseconds, so that whoever opens a lock meanwhile does not wait. */
const PORTION = 250;

/** A lock's place in the order of a fleet. */
const Place = z.union([
	z.tuple([z.literal('door'), z.string(), z.number()]),
	z.tuple([z.literal('padlock'), z.string(), z.string()])
]);
type Place = z.infer<typeof Place>;

/**
 * A page of the locks that a person sees, of both families, narrowed by words and facets. Reads no
 * further than the page needs. Throws ServerError `bad-input` for a cursor of nobody's.
 */
export async function listFleet(
	db: Db,
	who: Member,
	{ text, facets, cursor, limit }: FleetQuery,
	signal: AbortSignal,
	now: number = Date.now()
): Promise<FleetReply> {
	const narrowing = new Narrowing(text, facets, now);
	const from = cursor === undefined ? null : placeOf(cursor);
	const rows: FleetRow[] = [];
	for await (const portion of fleetFrom(db, who, from, signal)) {
		for (const row of portion) {
			if (!narrowing.holds(row) || narrowing.misses(row).length > 0) continue;
			// One more than is wanted: only then there is a next page.
			if (rows.length === limit) return { rows, next: cursorAfter(rows.at(-1)!) };
			rows.push(row);
		}
	}
	return { rows, next: null };
}

/** How many locks a person sees, how many of them are found, and how many each facet would leave. */
export async function countFleet(
	db: Db,
	who: Member,
	{ text, facets }: FleetCountsQuery,
	signal: AbortSignal,
	now: number = Date.now()
): Promise<FleetCountsReply> {
	const narrowing = new Narrowing(text, facets, now);
	const counts = new Map<Facet, number>(
		FACET_GROUPS.flatMap(([, all]) => all.map((facet): [Facet, number] => [facet, 0]))
	);
	let [total, found] = [0, 0];
	for await (const portion of fleetFrom(db, who, null, signal)) {
		total += portion.length;
		for (const row of portion) {
			if (!narrowing.holds(row)) continue;
			const misses = narrowing.misses(row);
			if (misses.length === 0) found++;
			for (const [group, all] of FACET_GROUPS) {
				if (misses.some((missed) => missed !== group)) continue;
				for (const facet of all)
					if (narrowing.is(row, facet)) counts.set(facet, counts.get(facet)! + 1);
			}
		}
	}
	return { total, found, facets: Object.fromEntries(counts) as Record<Facet, number> };
}

/** Every lock after a place, in portions; others are served between two of them. Ends when nobody waits any more. */
async function* fleetFrom(
	db: Db,
	who: Member,
	from: Place | null,
	signal: AbortSignal
): AsyncGenerator<readonly FleetRow[]> {
	if (from?.[0] !== 'padlock') {
		let after = from && { name: from[1], id: from[2] };
		for (let last = false; !last && !signal.aborted;) {
			const doors = await doorsAfter(db, who, after, PORTION);
			const waiting = await waitingAt(
				db,
				doors.map(({ id }) => id)
			);
			yield doors.map((door) => ({ family: 'door', door, waiting: waiting.get(door.id) ?? 0 }));
			after = doors.at(-1) ?? after;
			last = doors.length < PORTION;
			await othersFirst();
		}
	}
	let after = from?.[0] === 'padlock' ? { name: from[1], mac: from[2] } : null;
	for (let last = false; !last && !signal.aborted;) {
		const locks = await locksAfter(db, who, after, PORTION);
		yield locks.map((lock) => ({ family: 'padlock', lock }));
		after = locks.at(-1) ?? after;
		last = locks.length < PORTION;
		await othersFirst();
	}
}

function othersFirst(): Promise<void> {
	return new Promise((resolve) => setImmediate(resolve));
}

function cursorAfter(row: FleetRow): string {
	const place: Place =
		row.family === 'door'
			? ['door', row.door.name, row.door.id]
			: ['padlock', row.lock.name, row.lock.mac];
	return Buffer.from(JSON.stringify(place)).toString('base64url');
}

function placeOf(cursor: string): Place {
	try {
		return Place.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
	} catch (cause) {
		throw new ServerError('bad-input', 'This is no cursor of this list.', { cause });
	}
}

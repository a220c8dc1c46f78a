import type { Door } from '../api/app/doors.ts';
import {
	FleetCountsReply,
	FleetReply,
	type Facet,
	type FleetCountsReply as Counts,
	type FleetReply as Page
} from '../api/app/fleet.ts';
import type { Lock } from '../api/app/locks.ts';
import { call } from './call.ts';

/** What is looked for among all locks of a person. */
export interface FleetSearch {
	text: string;
	facets?: readonly Facet[];
	/** `next` of the page before. */
	cursor?: string | undefined;
	limit?: number;
}

/** A page of what the server finds. @throws ClientError */
export function searchFleet(search: FleetSearch, signal?: AbortSignal): Promise<Page> {
	return call(FleetReply, 'GET', `/api/fleet?${query(search)}`, undefined, signal);
}

/** How many it finds, and how many with each facet. @throws ClientError */
export function countFleet(
	search: Pick<FleetSearch, 'text' | 'facets'>,
	signal?: AbortSignal
): Promise<Counts> {
	return call(FleetCountsReply, 'GET', `/api/fleet/counts?${query(search)}`, undefined, signal);
}

/** The first that the server finds by a text, by family. @throws ClientError */
export async function findLocks(
	text: string,
	signal?: AbortSignal
): Promise<{ locks: Lock[]; doors: Door[] }> {
	const { rows } = await searchFleet({ text, limit: 50 }, signal);
	return {
		locks: rows.flatMap((row) => (row.family === 'padlock' ? row.lock : [])),
		doors: rows.flatMap((row) => (row.family === 'door' ? row.door : []))
	};
}

function query({ text, facets = [], cursor, limit }: FleetSearch): URLSearchParams {
	const all = new URLSearchParams({ text });
	if (facets.length > 0) all.set('facets', facets.join());
	if (cursor !== undefined) all.set('cursor', cursor);
	if (limit !== undefined) all.set('limit', String(limit));
	return all;
}

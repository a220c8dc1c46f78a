import { ACTIONS, type ActivityAction } from '$lib/api/app/activity.ts';

/** What the filters hold, as the fields have it; '' is no filter. */
export interface Filters {
	mac: string;
	action: ActivityAction | '';
	trackingKey: string;
	/** Local time as `<input type="datetime-local">` writes it. */
	after: string;
	before: string;
}

/** Filters out of the address of the page. */
export function filtersOf(query: URLSearchParams): Filters {
	const action = query.get('action') ?? '';
	return {
		mac: query.get('mac') ?? '',
		action: ACTIONS.find((known) => known === action) ?? '',
		trackingKey: query.get('trackingKey') ?? '',
		after: query.get('after') ?? '',
		before: query.get('before') ?? ''
	};
}

/** The address of the page that shows these filters; '' when there are none. */
export function queryOf(filters: Filters): string {
	const query = new URLSearchParams();
	for (const [name, value] of Object.entries(filters)) if (value !== '') query.set(name, value);
	return query.toString();
}

/** The path that answers them: times as milliseconds since 1970. */
export function pathOf(query: string, cursor?: string): string {
	const asked = new URLSearchParams(query);
	for (const name of ['after', 'before']) {
		const at = Date.parse(asked.get(name) ?? '');
		if (Number.isNaN(at)) asked.delete(name);
		else asked.set(name, String(at));
	}
	if (cursor !== undefined) asked.set('cursor', cursor);
	return `/api/activity?${asked}`;
}

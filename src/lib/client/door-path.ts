/** The path of a door lock among our own endpoints, by its number. */
export function doorPath(id: number | string): string {
	return `/api/door-locks/${encodeURIComponent(id)}`;
}

/**
 * A time of a better-auth table in milliseconds since 1970: SQLite keeps ISO text, PostgreSQL
 * answers a Date.
 */
export function toTime(value: string | Date): number {
	return typeof value === 'string' ? Date.parse(value) : value.getTime();
}

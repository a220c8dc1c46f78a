/** Those columns of a row that have changed, as they are now. */
export function deltaOf<T extends object>(before: T, after: T): Partial<T> {
	const names = Object.keys(after) as (keyof T)[];
	const changed = names.filter((name) => before[name] !== after[name]);
	return Object.fromEntries(changed.map((name) => [name, after[name]])) as Partial<T>;
}

let collator: Intl.Collator | undefined;

/** Orders by name as people count: `Valve 2` before `Valve 10`, capitals among the others. */
export function byName(a: { name: string }, b: { name: string }): number {
	collator ??= new Intl.Collator(undefined, { numeric: true });
	return collator.compare(a.name, b.name);
}

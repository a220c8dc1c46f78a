import type { Shape } from '$lib/api/app/reference.ts';

/** One member of a body, however deep: `quick_clicks[].code`. */
export interface Field {
	path: string;
	/** In words: what it is and within which bounds. */
	what: string;
	required: boolean;
}

/** Patterns whose meaning is shorter than they are. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
	[/\{2\}:\)\{5\}/, 'MAC, such as F1:E2:D3:C4:B5:A6'],
	[/\\\+/, 'packets of 40 hex characters, joined by +'],
	[/\{40\}/, '40 hex characters'],
	[/\{32\}/, '32 hex characters'],
	[/\\d\{1,4\}/, 'version, such as 1.0.0']
];

/** Every member of an object, its own members after it. */
export function fieldsOf(shape: Shape, path = ''): Field[] {
	const inner = within(shape);
	if (inner.items) return fieldsOf(inner.items, `${path}[]`);
	return Object.entries(inner.properties ?? {}).flatMap(([name, member]) => {
		const at = path === '' ? name : `${path}.${name}`;
		const required = inner.required?.includes(name) ?? false;
		return [{ path: at, what: say(member), required }, ...fieldsOf(member, at)];
	});
}

/** Of several forms, the one that shows the most: a list before its only element, all before null. */
function within(shape: Shape): Shape {
	const forms = shape.anyOf ?? shape.oneOf;
	if (forms === undefined) return shape;
	return forms.find(({ items }) => items) ?? forms.find(({ properties }) => properties) ?? {};
}

/** What a value is, in words. */
export function say(shape: Shape): string {
	const forms = shape.anyOf ?? shape.oneOf;
	if (forms !== undefined) return [...new Set(forms.map(say))].join(', or ');
	if (shape.const !== undefined) return JSON.stringify(shape.const);
	if (shape.enum !== undefined) return shape.enum.map((one) => JSON.stringify(one)).join(' or ');
	switch (shape.type) {
		case 'string':
			return sayText(shape);
		case 'integer':
			return `whole number${bounds(shape.minimum, shape.maximum, '')}`;
		case 'number':
			return `number${bounds(shape.minimum, shape.maximum, '')}`;
		case 'boolean':
			return 'true or false';
		case 'array':
			return `list${bounds(shape.minItems, shape.maxItems, '')}${of(shape.items)}`;
		case 'null':
			return 'null';
		default:
			return 'object';
	}
}

/** A list of objects shows them by its own fields; of anything else, here. */
function of(items: Shape | undefined): string {
	return items === undefined || within(items).properties ? '' : ` of: ${say(items)}`;
}

function sayText({ pattern, format, minLength, maxLength }: Shape): string {
	if (format === 'date-time') return 'time, such as 2026-11-22T10:00:00Z';
	const known = PATTERNS.find(([form]) => pattern !== undefined && form.test(pattern));
	return known ? known[1] : `text${bounds(minLength, maxLength, ' characters')}`;
}

function bounds(from: number | undefined, to: number | undefined, unit: string): string {
	// Zod writes the bounds of whole numbers that have none.
	const least = from === undefined || from <= -Number.MAX_SAFE_INTEGER ? undefined : from;
	const most = to === undefined || to >= Number.MAX_SAFE_INTEGER ? undefined : to;
	if (least === undefined && most === undefined) return '';
	if (most === undefined) return least === 0 ? '' : `, at least ${least}${unit}`;
	if (least === undefined) return `, at most ${most}${unit}`;
	return `, ${least} to ${most}${unit}`;
}

import fc from 'fast-check';

/** Values that somewhere were taken for something else. */
const STRANGE: readonly unknown[] = [
	null,
	true,
	-1,
	0.5,
	101,
	256,
	2 ** 31,
	2 ** 32,
	2 ** 53,
	-(2 ** 63),
	1e308,
	'',
	' ',
	'0',
	'\0',
	'\ud800',
	'\u202e\u200b',
	'é'.repeat(300),
	'F1:E2:D3:C4:B5',
	'f1e2d3c4b5a6',
	'F1:E2:D3:C4:B5:A6\n',
	'2018-02-30T00:00:00Z',
	'9999-12-31T23:59:59.999999999Z',
	'0000-01-01T00:00:00+14:00',
	"' or 1=1 --",
	'%00%ff',
	'../../core',
	'1.0.0',
	'99.0.0',
	'0'.repeat(40),
	'z'.repeat(40),
	'0101',
	[],
	[null],
	[[[[[[]]]]]],
	{},
	{ toString: 1, valueOf: null, length: -1 },
	JSON.parse('{"__proto__":{"polluted":1}}'),
	JSON.parse('{"constructor":{"prototype":{"polluted":1}}}'),
	Array.from({ length: 1500 }, (_, i) => i)
];

const value = fc.oneof(
	{ weight: 5, arbitrary: fc.constantFrom(...STRANGE) },
	{ weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
	{ weight: 1, arbitrary: fc.double() },
	{ weight: 1, arbitrary: fc.maxSafeInteger() },
	{ weight: 1, arbitrary: fc.json().map((text) => JSON.parse(text) as unknown) }
);

const change = fc.record({
	at: fc.nat(),
	how: fc.constantFrom('replace', 'replace', 'drop', 'add', 'twice', 'wrap'),
	value
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

/** How a request is damaged. */
export interface Damage {
	changes: readonly Change[];
	/** What becomes of the text of the body: cut off at, or with something in between. */
	text: { at: number; insert: string | null } | null;
	type: string;
	/** In place of what the path or the query names, or null. */
	name: string | null;
}

const TYPES = ['application/json; charset=utf-16', 'text/plain', 'multipart/form-data', ''];

/** Mostly one thing wrong, so that the rest gets it far; sometimes much. */
export const damage: fc.Arbitrary<Damage> = fc.record({
	changes: fc.array(change, { maxLength: 3 }),
	text: fc.option(
		fc.record({
			at: fc.nat(),
			insert: fc.option(
				fc.oneof(fc.string({ maxLength: 5 }), fc.constantFrom('[', '{"a":', '\\u0000'))
			)
		}),
		{ freq: 8 }
	),
	type: fc.oneof(
		{ weight: 20, arbitrary: fc.constant('application/json') },
		{ weight: 1, arbitrary: fc.constantFrom(...TYPES) }
	),
	name: fc.option(
		value.filter((one) => typeof one === 'string' && one !== '').map((one) => String(one)),
		{ freq: 3 }
	)
});

/** The body of a request as it is sent after the damage. */
export function mangled(body: unknown, { changes, text }: Damage): string {
	let whole = structuredClone(body);
	for (const one of changes) whole = changed(whole, one);
	const json = JSON.stringify(whole) ?? '';
	if (text === null) return json;
	const at = text.at % (json.length + 1);
	return text.insert === null
		? json.slice(0, at)
		: json.slice(0, at) + text.insert + json.slice(at);
}

type Holder = { holder: Record<string, unknown>; key: string };

/** Every member and element, however deep. */
function places(node: unknown): Holder[] {
	if (typeof node !== 'object' || node === null) return [];
	const holder = node as Record<string, unknown>;
	const own = Object.keys(holder).slice(0, 50);
	return own.flatMap((key) => [{ holder, key }, ...places(holder[key])]);
}

function changed(body: unknown, { at, how, value: given }: Change): unknown {
	// A copy: what is put in may be changed next.
	const value: unknown = structuredClone(given);
	const all = places(body);
	// One place more: the body itself.
	const place = all[at % (all.length + 1)];
	if (place === undefined) return how === 'wrap' ? [body] : value;
	const { holder, key } = place;
	const before = holder[key];
	if (how === 'replace') holder[key] = value;
	else if (how === 'drop') delete holder[key];
	else if (how === 'add') holder[`${key}s`] = value;
	else if (how === 'wrap') holder[key] = [before];
	else holder[key] = Array.isArray(before) ? [...before, ...before] : [before, before];
	return body;
}

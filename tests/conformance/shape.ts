/**
 * What an answer is to look like. Plain values stand for themselves, a RegExp for a text that it
 * matches, a list for exactly these elements, an object for exactly these members.
 */
export type Shape =
	| string
	| number
	| boolean
	| null
	| RegExp
	| Check
	| readonly Shape[]
	| { readonly [member: string]: Shape };

/** A rule about one value: the first thing wrong with it, else null. */
export interface Check {
	readonly check: (value: unknown, at: string) => string | null;
	/** The member may be missing. */
	readonly optional?: boolean;
}

/** Something came that the text does not have. The message: where, what was expected, what came. */
export class Mismatch extends Error {
	override readonly name = 'Mismatch';
}

/** @throws Mismatch at the first difference */
export function fits(value: unknown, shape: Shape, at = 'the answer'): void {
	const wrong = difference(value, shape, at);
	if (wrong !== null) throw new Mismatch(wrong);
}

/** @throws Mismatch with this sentence unless it holds */
export function holds(condition: boolean, otherwise: string): asserts condition {
	if (!condition) throw new Mismatch(otherwise);
}

/** @throws Mismatch unless both are equal as JSON */
export function same(came: unknown, expected: unknown, what: string): void {
	const [a, b] = [JSON.stringify(came), JSON.stringify(expected)];
	if (a !== b) throw new Mismatch(`${what}: expected ${short(expected)}, came ${short(came)}`);
}

/** The first difference between a value and a shape as a sentence, else null. */
export function difference(value: unknown, shape: Shape, at: string): string | null {
	if (isCheck(shape)) return shape.check(value, at);
	if (shape instanceof RegExp)
		return typeof value === 'string' && shape.test(value)
			? null
			: unlike(at, `a text like ${String(shape)}`, value);
	if (Array.isArray(shape)) return ofList(value, shape as readonly Shape[], at);
	if (typeof shape === 'object' && shape !== null)
		return ofObject(value, shape as Record<string, Shape>, at);
	return value === shape ? null : unlike(at, short(shape), value);
}

function ofList(value: unknown, shape: readonly Shape[], at: string): string | null {
	if (!Array.isArray(value)) return unlike(at, 'a list', value);
	if (value.length !== shape.length)
		return `${at}: expected ${shape.length} elements, came ${value.length}: ${short(value)}`;
	for (const [i, one] of shape.entries()) {
		const wrong = difference(value[i], one, `${at}[${i}]`);
		if (wrong !== null) return wrong;
	}
	return null;
}

function ofObject(value: unknown, shape: Record<string, Shape>, at: string): string | null {
	if (!isObject(value)) return unlike(at, 'an object', value);
	for (const [member, one] of Object.entries(shape)) {
		if (Object.hasOwn(value, member)) {
			const wrong = difference(value[member], one, `${at}.${member}`);
			if (wrong !== null) return wrong;
		} else if (!(isCheck(one) && one.optional)) {
			return `${at}: expected a member ${member}, came ${short(value)}`;
		}
	}
	const more = Object.keys(value).filter((member) => !Object.hasOwn(shape, member));
	return more.length === 0 ? null : `${at}: expected no member ${more.join(', ')}`;
}

/** A rule of one's own. */
export function that(says: string, holdsFor: (value: unknown) => boolean): Check {
	return { check: (value, at) => (holdsFor(value) ? null : unlike(at, says, value)) };
}

export const someText = that('a text that is not empty', (v) => typeof v === 'string' && v !== '');
export const anyText = that('a text', (v) => typeof v === 'string');
export const count = that(
	'a whole number, 0 or more',
	(v) => Number.isInteger(v) && Number(v) >= 0
);
export const yesOrNo = that('true or false', (v) => typeof v === 'boolean');

/** A list whose every element has the shape. */
export function each(shape: Shape, atLeast = 0): Check {
	return {
		check: (value, at) => {
			if (!Array.isArray(value)) return unlike(at, 'a list', value);
			if (value.length < atLeast) return unlike(at, `at least ${atLeast} elements`, value);
			return ofList(value, Array<Shape>(value.length).fill(shape), at);
		}
	};
}

/** One of several shapes. */
export function either(...shapes: readonly Shape[]): Check {
	return {
		check: (value, at) => {
			const wrongs = shapes.map((shape) => difference(value, shape, at));
			return wrongs.includes(null) ? null : wrongs.join(', or ');
		}
	};
}

/** These members, and any others. */
export function atLeast(shape: { readonly [member: string]: Shape }): Check {
	return {
		check: (value, at) => {
			if (!isObject(value)) return unlike(at, 'an object', value);
			const named = Object.entries(value).filter(([member]) => Object.hasOwn(shape, member));
			return ofObject(Object.fromEntries(named), shape, at);
		}
	};
}

/** A member that may be missing. */
export function maybe(shape: Shape): Check {
	return { optional: true, check: (value, at) => difference(value, shape, at) };
}

function isCheck(shape: Shape): shape is Check {
	return typeof shape === 'object' && shape !== null && 'check' in shape;
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unlike(at: string, expected: string, value: unknown): string {
	return `${at}: expected ${expected}, came ${short(value)}`;
}

/** The value on one line, cut where it is long. */
export function short(value: unknown): string {
	const text = value === undefined ? 'nothing' : JSON.stringify(value);
	return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

import { z } from 'zod';
import { ServerError } from '../error.ts';

/** The value as the schema makes it. Throws ServerError `bad-input` that names the members. */
export function parse<S extends z.core.$ZodType>(schema: S, value: unknown): z.output<S> {
	const result = z.core.safeParse(schema, value);
	if (result.success) return result.data;
	throw new ServerError('bad-input', saidOf(result.error.issues));
}

/** What is wrong with a value, by member, the first three: `macs.0: a MAC has six octets; …`. */
export function saidOf(issues: readonly z.core.$ZodIssue[]): string {
	return issues
		.flatMap(unfolded)
		.slice(0, 3)
		.map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message))
		.join('; ');
}

/**
 * Where one of several forms was allowed: what is wrong with the form that fits furthest, because
 * "invalid input" helps nobody.
 */
function unfolded(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
	if (issue.code !== 'invalid_union') return [issue];
	const forms = issue.errors.map((inner) => inner.flatMap(unfolded));
	const depthOf = (form: z.core.$ZodIssue[]) => Math.max(0, ...form.map(({ path }) => path.length));
	const furthest = forms.toSorted((a, b) => depthOf(b) - depthOf(a))[0];
	if (furthest === undefined) return [issue];
	return furthest.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
}

import { z } from 'zod';
import { ServerError } from '../error.ts';

/** The value as the schema makes it. Throws ServerError `bad-input` that names the members. */
export function parse<S extends z.core.$ZodType>(schema: S, value: unknown): z.output<S> {
	const result = z.core.safeParse(schema, value);
	if (result.success) return result.data;
	const said = result.error.issues
		.slice(0, 3)
		.map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message));
	throw new ServerError('bad-input', said.join('; '));
}

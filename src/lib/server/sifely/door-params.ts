import { z } from 'zod';

/** An id of ours in a path: 31 bits. */
export const PathId = z.coerce.number().pipe(
	z
		.int()
		.min(0)
		.max(2 ** 31 - 1)
);

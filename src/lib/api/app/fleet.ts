import * as z from 'zod/mini';
import { Door } from './doors.ts';
import { Lock } from './locks.ts';

/** What a fleet is narrowed by. Of one group a lock fits any that is chosen, of each group one. */
export const FACETS = {
	need: ['battery', 'debt', 'waits', 'silent', 'setup', 'unknown-keys'],
	state: ['closed', 'open', 'unknown'],
	kind: ['hd-padlock', 'padlock', 'u-lock', 'door'],
	environment: ['production', 'sandbox']
} as const;
export type FacetGroup = keyof typeof FACETS;
export type Facet = (typeof FACETS)[FacetGroup][number];

const Facet = z.enum(Object.values(FACETS).flat());

/** A lock of either family, as its manager finds it. */
export const FleetRow = z.discriminatedUnion('family', [
	z.object({ family: z.literal('padlock'), lock: Lock }),
	z.object({
		family: z.literal('door'),
		door: Door,
		/** Passcodes that the lock has still to be told of. */
		waiting: z.int()
	})
]);
export type FleetRow = z.infer<typeof FleetRow>;

/** Of every word one has to stand in a lock's name, place, serial or MAC. */
const Text = z._default(z.string().check(z.maxLength(200)), '');
/** Joined by commas. */
const Chosen = z._default(
	z.pipe(
		z.pipe(
			z.string().check(z.maxLength(300)),
			z.transform((text) => text.split(',').filter(Boolean))
		),
		z.array(Facet)
	),
	[]
);

export const FleetCountsQuery = z.object({ text: Text, facets: Chosen });
export type FleetCountsQuery = z.infer<typeof FleetCountsQuery>;

export const FleetQuery = z.object({
	text: Text,
	facets: Chosen,
	/** `next` of the page before. */
	cursor: z.optional(z.string().check(z.maxLength(1000))),
	limit: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(200)), 200)
});
export type FleetQuery = z.infer<typeof FleetQuery>;

/** Door locks by name, then padlocks by name. */
export const FleetReply = z.object({ rows: z.array(FleetRow), next: z.nullable(z.string()) });
export type FleetReply = z.infer<typeof FleetReply>;

export const FleetCountsReply = z.object({
	total: z.int(),
	found: z.int(),
	/** How many locks each would leave, given the text and what is chosen in the other groups. */
	facets: z.record(Facet, z.int())
});
export type FleetCountsReply = z.infer<typeof FleetCountsReply>;

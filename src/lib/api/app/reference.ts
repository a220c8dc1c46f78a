import * as z from 'zod/mini';

/** What the page reads of a JSON Schema. */
export interface Shape {
	type?: string;
	properties?: Record<string, Shape>;
	required?: string[];
	items?: Shape;
	anyOf?: Shape[];
	oneOf?: Shape[];
	enum?: unknown[];
	const?: unknown;
	pattern?: string;
	format?: string;
	minimum?: number;
	maximum?: number;
	minLength?: number;
	maxLength?: number;
	minItems?: number;
	maxItems?: number;
}

const Shape = z.custom<Shape>((value) => typeof value === 'object' && value !== null);
const Content = z.object({
	'application/json': z.object({ schema: Shape, example: z.optional(z.unknown()) })
});

/** One call of the Core API. */
export const Operation = z.object({
	operationId: z.string(),
	summary: z.string(),
	deprecated: z._default(z.boolean(), false),
	security: z.array(z.record(z.string(), z.unknown())),
	requestBody: z.object({ required: z.boolean(), content: Content }),
	responses: z.object({ 200: z.object({ description: z.string(), content: Content }) })
});
export type Operation = z.infer<typeof Operation>;

/** Of the OpenAPI document at /api/core-openapi.json, what its page draws. */
export const Reference = z.object({
	info: z.object({ version: z.string(), description: z.string() }),
	servers: z.array(z.object({ url: z.string() })),
	paths: z.record(z.string(), z.object({ post: Operation })),
	components: z.object({
		responses: z.record(z.string(), z.object({ description: z.string() }))
	})
});
export type Reference = z.infer<typeof Reference>;

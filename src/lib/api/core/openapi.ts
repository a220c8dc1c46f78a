import { z } from 'zod';
import { ENDPOINTS, type CoreEndpoint, type EndpointName } from './endpoints.ts';
import { ERROR_CODE, Failure, successOf } from './envelope.ts';
import { EXAMPLES } from './examples.ts';
import { API_VERSION } from './versions.ts';

/** A JSON value of the document, whose form JSON Schema and OpenAPI define. */
type Json = Readonly<Record<string, unknown>>;

const JSON_TYPE = 'application/json';

const ABOUT = `Nokē's Core API as this server speaks it. Every call is a POST with a JSON body, with or
without a slash at the end of its path. Refusals are answered with HTTP 200 and \`result: "failure"\`.
Under /pre-release/core/ the same calls work on the same data.`;

/** The Core API as an OpenAPI 3.1 document, from the schemas that parse its calls. */
export function openApi(origin: string): Json {
	const names = Object.keys(ENDPOINTS) as EndpointName[];
	return {
		openapi: '3.1.1',
		info: { title: 'Core API', version: API_VERSION.default, description: ABOUT },
		servers: [{ url: `${origin}/core` }, { url: `${origin}/pre-release/core` }],
		paths: Object.fromEntries(names.map((name) => [`/${name}/`, { post: operation(name) }])),
		components: {
			securitySchemes: {
				private: { type: 'http', scheme: 'bearer', description: 'A private API key.' },
				mobile: { type: 'http', scheme: 'bearer', description: 'A mobile API key; it is public.' }
			},
			schemas: { Failure: schemaOf(Failure, 'output') },
			responses: {
				TooLarge: response('The body is larger than 256 KiB: `error_code` 3.', FAILURE),
				TooMany: response('The key sends too much: `error_code` 99, and `Retry-After`.', FAILURE),
				Internal: response('The server failed: `error_code` 1.', FAILURE)
			}
		}
	};
}

const FAILURE = { $ref: '#/components/schemas/Failure' };

function operation(name: EndpointName): Json {
	const { summary, keys, request, data }: CoreEndpoint = ENDPOINTS[name];
	const codes = Object.entries(ERROR_CODE).map(([code, number]) => `${number} ${code}`);
	return {
		operationId: name.replaceAll('/', '-'),
		summary,
		...(name === 'qc' ? { deprecated: true } : {}),
		security: keys.map((kind) => ({ [kind]: [] })),
		requestBody: {
			required: !request.safeParse({}).success,
			content: { [JSON_TYPE]: { schema: schemaOf(request, 'input'), example: EXAMPLES[name] } }
		},
		responses: {
			200: response(`What was asked for, or a refusal: ${codes.join(', ')}.`, {
				oneOf: [schemaOf(successOf(data), 'output'), FAILURE]
			}),
			413: { $ref: '#/components/responses/TooLarge' },
			...(keys.includes('mobile') ? { 429: { $ref: '#/components/responses/TooMany' } } : {}),
			500: { $ref: '#/components/responses/Internal' }
		}
	};
}

function response(description: string, schema: Json): Json {
	return { description, content: { [JSON_TYPE]: { schema } } };
}

/** JSON Schema 2020-12, which is what OpenAPI 3.1 has; the document names the dialect, not each schema. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
	const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
	return rest;
}

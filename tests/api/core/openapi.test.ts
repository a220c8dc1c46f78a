import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ENDPOINTS, type EndpointName } from '../../../src/lib/api/core/endpoints.ts';
import { EXAMPLES } from '../../../src/lib/api/core/examples.ts';
import { Reference } from '../../../src/lib/api/app/reference.ts';
import { openApi } from '../../../src/lib/api/core/openapi.ts';
import { databases } from '../../setup/databases.ts';
import { ORIGIN, TestApp } from '../app.ts';

type Node = Record<string, unknown>;
const NAMES = Object.keys(ENDPOINTS) as EndpointName[];

/** Every schema object of the document, with the way to it. */
function* nodes(value: unknown, way = '#'): Generator<[string, Node]> {
	if (typeof value !== 'object' || value === null) return;
	if (!Array.isArray(value)) yield [way, value as Node];
	for (const [name, child] of Object.entries(value)) yield* nodes(child, `${way}/${name}`);
}

describe('the OpenAPI document', () => {
	const document = JSON.parse(JSON.stringify(openApi(ORIGIN)));

	test('has every call, and no other', () => {
		expect(Object.keys(document.paths)).toEqual(NAMES.map((name) => `/${name}/`));
		for (const path of Object.values<Node>(document.paths))
			expect(Object.keys(path)).toEqual(['post']);
	});

	test.each(NAMES)('%s: its keys, its request and its answer', (name) => {
		const { post } = document.paths[`/${name}/`];
		expect(post.operationId).toBe(name.replaceAll('/', '-'));
		expect(post.summary).toBe(ENDPOINTS[name].summary);
		expect(post.security).toEqual(ENDPOINTS[name].keys.map((kind) => ({ [kind]: [] })));
		const request = post.requestBody.content['application/json'].schema;
		expect(request.type ?? request.anyOf).toBeDefined();
		const [success, failure] = post.responses['200'].content['application/json'].schema.oneOf;
		expect(success.required).toEqual(
			expect.arrayContaining(['result', 'message', 'error_code', 'data', 'request', 'api_version'])
		);
		expect(failure).toEqual({ $ref: '#/components/schemas/Failure' });
	});

	test('says what the schemas say', () => {
		const schema = (name: EndpointName) =>
			document.paths[`/${name}/`].post.requestBody.content['application/json'].schema;
		expect(schema('unlock').properties.session.pattern).toBe('^[0-9a-fA-F]{40}$');
		expect(schema('unlock').required).toEqual(['mac', 'session']);
		expect(schema('fobs/issue').properties.locks).toMatchObject({ minItems: 1, maxItems: 100 });
		expect(document.paths['/lock/'].post.requestBody.required).toBe(false);
		expect(document.paths['/unlock/'].post.requestBody.required).toBe(true);
		expect(document.paths['/qc/'].post.deprecated).toBe(true);
		expect(document.components.schemas.Failure.properties.error_code).toMatchObject({
			minimum: 1,
			maximum: 99
		});
	});

	test.each(NAMES)('%s: the example is a body that it takes', (name) => {
		const { example } = document.paths[`/${name}/`].post.requestBody.content['application/json'];
		expect(example).toEqual(EXAMPLES[name]);
		expect(ENDPOINTS[name].request.safeParse(example).error).toBeUndefined();
	});

	test('is what its page reads', () => {
		const read = Reference.parse(document);
		expect(Object.keys(read.paths)).toEqual(Object.keys(document.paths));
	});

	test('every reference leads somewhere', () => {
		for (const [way, node] of nodes(document)) {
			const { $ref } = node;
			if (typeof $ref !== 'string') continue;
			const target = $ref
				.slice(2)
				.split('/')
				.reduce<unknown>((at, name) => (at as Node)[name], document);
			expect(target, way).toBeDefined();
		}
	});
});

describe('the OpenAPI document, served', () => {
	let app: TestApp;
	beforeAll(async () => {
		app = await TestApp.open(databases[0].create);
	});
	afterAll(() => app.close());

	test('to everybody, as it is made', async () => {
		const { status, body, headers } = await app.ask('GET', '/api/core-openapi.json');
		expect(status).toBe(200);
		expect(headers.get('content-type')).toMatch(/^application\/json/);
		expect(body).toEqual(JSON.parse(JSON.stringify(openApi(ORIGIN))));
		expect(body.openapi).toBe('3.1.1');
	});
});

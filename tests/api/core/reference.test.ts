import { describe, expect, test } from 'vitest';
import { Reference } from '../../../src/lib/api/app/reference.ts';
import { openApi } from '../../../src/lib/api/core/openapi.ts';
import { fieldsOf, say } from '../../../src/routes/(app)/(company)/developers/reference/fields.ts';

const { paths } = Reference.parse(JSON.parse(JSON.stringify(openApi('https://locks.example'))));

/** The page's lines of a call: what it takes. */
function asked(path: string): string[] {
	const { schema } = paths[path]!.post.requestBody.content['application/json'];
	return fieldsOf(schema).map((one) => `${one.path}${one.required ? '' : '?'}: ${one.what}`);
}

describe('the page about the calls says of fields', () => {
	test('what they are, how deep they lie, and which may be left out', () => {
		expect(asked('/qc/issue/')).toEqual([
			'mac: MAC, such as F1:E2:D3:C4:B5:A6',
			'quick_clicks: list, 1 to 1000',
			'quick_clicks[].code: text, at most 200 characters',
			'quick_clicks[].uses: number',
			'api_version?: version, such as 1.0.0'
		]);
		expect(asked('/unlock/')).toEqual([
			'mac: MAC, such as F1:E2:D3:C4:B5:A6',
			'session: 40 hex characters',
			'tracking_key?: text, at most 200 characters, or null'
		]);
	});

	test('of two forms the one that shows its members', () => {
		expect(asked('/keys/').slice(0, 3)).toEqual([
			'issue?: list, at most 1000, or object',
			'issue[].macs: list, 1 to 1000 of: MAC, such as F1:E2:D3:C4:B5:A6',
			'issue[].tracking_keys: list, 1 to 1000 of: text, 1 to 200 characters'
		]);
	});

	test('something, of every member of every call', () => {
		for (const [path, { post }] of Object.entries(paths)) {
			const { schema } = post.responses[200].content['application/json'];
			const data = schema.oneOf![0]!.properties!['data']!;
			for (const { what } of fieldsOf(data, 'data')) expect(what, path).not.toBe('');
		}
		expect(say({ type: 'integer', minimum: 0, maximum: 255 })).toBe('whole number, 0 to 255');
		expect(say({ enum: ['ready', 'awaiting setup'] })).toBe('"ready" or "awaiting setup"');
		expect(say({ type: 'integer', maximum: Number.MAX_SAFE_INTEGER })).toBe('whole number');
	});
});

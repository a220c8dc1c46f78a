import { refused } from '../envelope.ts';
import type { Case } from '../case.ts';
import { same } from '../shape.ts';
import type { Stand } from '../stand.ts';
import { CALLS, type CoreCall } from './calls.ts';

/** Ways to ask without a key that counts. */
const NO_KEYS: readonly [what: string, authorization: string | null][] = [
	['no header', null],
	['nothing after Bearer', 'Bearer '],
	['an unknown key', 'Bearer 0123456789abcdef0123456789abcdef'],
	['a scheme other than Bearer', 'Basic cHJpdmF0ZTprZXk=']
];

const NOT_JSON: readonly string[] = ['{', 'x', '{"a":1,}', '{ //empty body }', "{'a':1}"];
const NOT_OBJECTS: readonly string[] = ['[]', 'null', '1', '"a"', 'true'];

const right = (stand: Stand, { key }: CoreCall) => ({ authorization: stand.caller.bearer(key) });

/** Rules that hold for each call alike: eight cases a call. */
export const EVERY_CALL: readonly Case[] = CALLS.flatMap((call) => [
	{
		name: `${call.path}/slash`,
		rule: 'treatment 19: with and without a slash at its end',
		run: async (stand) => {
			const answers = [`${call.path}/`, call.path].map((path) =>
				stand.ask(path, call.body(stand), right(stand, call))
			);
			const [a, b] = (await Promise.all(answers)).map(({ status, body }) => ({
				status,
				error_code: body.error_code,
				request: body.request
			}));
			same(a?.request, call.request, 'request');
			same(b, a, 'the answer without a slash');
		}
	},
	{
		name: `${call.path}/method`,
		rule: 'error code 4: wrong request method, POST only',
		run: async (stand) => {
			for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) {
				const ways = { ...right(stand, call), method };
				refused(await stand.ask(`${call.path}/`, call.body(stand), ways), call.request, 4);
			}
		}
	},
	...NO_KEYS.map(([what, authorization], i) => ({
		name: `${call.path}/no-key-${i + 1}`,
		rule: `error code 2: API key wrong or missing (${what})`,
		run: async (stand: Stand) => {
			refused(
				await stand.ask(`${call.path}/`, call.body(stand), { authorization }),
				call.request,
				2
			);
		}
	})),
	...(call.key === 'private' ? [mobileKeyRefused(call)] : []),
	{
		name: `${call.path}/not-json`,
		rule: 'error code 3; treatment 11: trailing commas and comments are not JSON',
		run: async (stand) => {
			for (const body of NOT_JSON)
				refused(await stand.ask(`${call.path}/`, body, right(stand, call)), call.request, 3);
		}
	},
	{
		name: `${call.path}/not-an-object`,
		rule: 'error code 3: bad input; every request of the text is an object',
		run: async (stand) => {
			for (const body of NOT_OBJECTS)
				refused(await stand.ask(`${call.path}/`, body, right(stand, call)), call.request, 3);
		}
	},
	{
		name: `${call.path}/empty-body`,
		rule: 'treatment 11: an empty body is {}',
		run: async (stand) => {
			const ways = right(stand, call);
			const asked = ['{}', '', undefined].map((body) => stand.ask(`${call.path}/`, body, ways));
			for (const { body } of await Promise.all(asked))
				same(
					[body?.error_code, body?.request],
					[call.takesNothing ? 0 : 3, call.request],
					'error_code and request'
				);
		}
	}
]);

function mobileKeyRefused(call: CoreCall): Case {
	return {
		name: `${call.path}/mobile-key`,
		rule: 'error code 2: all requests made by the client take the private key',
		run: async (stand) => {
			const ways = { authorization: stand.caller.bearer('mobile') };
			refused(await stand.ask(`${call.path}/`, call.body(stand), ways), call.request, 2);
		}
	};
}

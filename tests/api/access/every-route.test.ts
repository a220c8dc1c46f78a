import { expect, test } from 'vitest';
import { ENDPOINTS } from '../../../src/lib/api/core/endpoints.ts';
import { AUTH_PATHS } from '../../../src/lib/server/people/auth.ts';
import { routes } from '../app.ts';
import { APP_ROWS, AUTH_ROWS } from './app-rows.ts';
import { CORE_ROWS } from './core-rows.ts';

/* The rows that the tests beside this one go through are those of the router, no more and no fewer. */

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'fallback'];
const found = routes.flatMap(({ id, module }) =>
	METHODS.filter((method) => method in module).map((method) => `${method} ${id}`)
);
/** Whose rows are elsewhere. */
const ELSEWHERE = [
	'POST /api/auth/[...path]',
	'fallback /core/[...path]',
	'fallback /pre-release/core/[...path]',
	// tests/api/sifely goes through every call of it.
	'fallback /sifely/[...path]'
];

test('every method of every endpoint has its rows', () => {
	expect(found.toSorted()).toEqual([...Object.keys(APP_ROWS), ...ELSEWHERE].sort());
});

test('a row says of who gets in what the endpoint says', () => {
	for (const { id, module } of routes) {
		for (const [method, handler] of Object.entries(module)) {
			const who = typeof handler === 'function' && 'who' in handler ? handler.who : undefined;
			if (who === undefined) continue;
			for (const row of APP_ROWS[`${method} ${id}`] ?? []) expect(row.who, id).toBe(who);
		}
	}
});

test('every call of the Core API has its rows', () => {
	expect(Object.keys(CORE_ROWS).sort()).toEqual(Object.keys(ENDPOINTS).sort());
});

test('every path of signing in has its row', () => {
	expect(Object.keys(AUTH_ROWS)).toEqual(expect.arrayContaining([...AUTH_PATHS]));
});

test('no page asks anything of the server by itself', () => {
	const pages = import.meta.glob('../../../src/routes/**/+{page,layout}.server.*');
	expect(Object.keys(pages)).toEqual([]);
	expect(
		found.filter((endpoint) => !/ \/(api|core|pre-release\/core|sifely)\//.test(endpoint))
	).toEqual([]);
});

import { expect, test } from 'vitest';
import { nextOf } from '../../src/routes/(app)/(outside)/next.ts';

const ORIGIN = 'https://locks.example.com';

/** Where the browser would go. */
function goesTo(next: string | null): string {
	const url = new URL('/sign-in', ORIGIN);
	if (next !== null) url.searchParams.set('next', next);
	return new URL(nextOf(url), ORIGIN).href;
}

test('signing in leads to the page that asked for it', () => {
	expect(goesTo('/locks/F1:E2:D3:C4:B5:A6?a=b#c')).toBe(`${ORIGIN}/locks/F1:E2:D3:C4:B5:A6?a=b#c`);
	expect(goesTo(null)).toBe(`${ORIGIN}/locks`);
});

test.each([
	'//elsewhere.example',
	'/\\elsewhere.example',
	'/\t/elsewhere.example',
	'/\n\\elsewhere.example',
	'/.//elsewhere.example',
	'https://elsewhere.example',
	'javascript:alert(1)',
	'locks'
])('and never to another site: %j', (next) => {
	expect(new URL(goesTo(next)).origin).toBe(ORIGIN);
});

import { expect, test } from 'vitest';
import { ENDPOINTS, TOKEN_PATH } from '../../src/lib/api/sifely/endpoints.ts';
import { CALLS } from '../../src/routes/(app)/(company)/developers/sifely/calls.ts';

test('the page of the open API names every call, and no other', () => {
	const named = CALLS.flatMap(({ path, verbs }) => verbs.map((verb) => `${path}/${verb}`));
	expect(named.toSorted()).toEqual([TOKEN_PATH, ...Object.keys(ENDPOINTS)].toSorted());
});

import { describe, expect, it } from 'vitest';
import { firstId, newId } from '../../../src/lib/server/db/id.ts';

const NOW = 1_790_000_000_000;

describe('ids', () => {
	it('begin with their time, and are 26 characters of the alphabet', () => {
		const id = newId(NOW);
		expect(id).toMatch(/^[0-9a-hjkmnp-tv-z]{26}$/);
		expect(id.startsWith(firstId(NOW))).toBe(true);
		expect(newId(NOW + 1) > id).toBe(true);
		expect(firstId(NOW + 1) > id).toBe(true);
	});

	it('of one moment keep the order in which they were made, and differ', () => {
		const ids = Array.from({ length: 5_000 }, () => newId(NOW));
		expect(ids.toSorted()).toEqual(ids);
		expect(new Set(ids).size).toBe(ids.length);
	});

	it('of another moment begin anywhere', () => {
		const ids = Array.from({ length: 200 }, (_, i) => newId(NOW + i).slice(10));
		expect(new Set(ids).size).toBe(200);
		expect(ids.toSorted()).not.toEqual(ids);
	});
});

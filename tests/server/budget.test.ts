import { expect, test } from 'vitest';
import { Budget } from '../../src/lib/server/budget.ts';

const NOW = 1_790_000_000_000;

function left(budget: Budget, key: string, now: number): true | number | undefined {
	try {
		budget.check(key, now);
		return true;
	} catch (error) {
		return (error as { retryAfter?: number }).retryAfter;
	}
}

test('each has its own until the window ends, and hears how long that is', () => {
	const budget = new Budget(3, 60);
	for (let i = 0; i < 3; i++) {
		expect(left(budget, 'a', NOW + i)).toBe(true);
		budget.spend('a', 1, NOW + i);
	}
	expect(left(budget, 'a', NOW + 20_000)).toBe(40);
	expect(left(budget, 'b', NOW + 20_000)).toBe(true);
	expect(left(budget, 'a', NOW + 59_999)).toBe(1);
	expect(left(budget, 'a', NOW + 60_000)).toBe(true);
});

test('what is spent at once counts, also when it is more than there was', () => {
	const budget = new Budget(10, 60);
	budget.spend('a', 9, NOW);
	expect(left(budget, 'a', NOW)).toBe(true);
	budget.spend('a', 500, NOW);
	expect(left(budget, 'a', NOW)).toBe(60);
	expect(left(budget, 'a', NOW + 61_000)).toBe(true);
});

test('a clock that is set back begins another window', () => {
	const budget = new Budget(1, 60);
	budget.spend('a', 1, NOW);
	expect(left(budget, 'a', NOW - 3600_000)).toBe(true);
	budget.spend('a', 1, NOW - 3600_000);
	expect(left(budget, 'a', NOW - 3600_000 + 59_000)).toBe(1);
});

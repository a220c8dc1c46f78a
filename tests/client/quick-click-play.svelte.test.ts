import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Entry } from '../../src/routes/(app)/(company)/locks/[mac]/manage/quick-clicks/entry.svelte.ts';
import { Player } from '../../src/routes/(app)/(company)/locks/[mac]/manage/quick-clicks/player.svelte.ts';

const vibrate = vi.fn();

beforeEach(() => {
	vi.useFakeTimers();
	vi.stubGlobal('navigator', { vibrate });
	vibrate.mockClear();
});
afterEach(() => {
	vi.useRealTimers();
	vi.unstubAllGlobals();
});

describe('a rhythm that is played', () => {
	test('lights each press as long as it is held, and shakes in the same rhythm', () => {
		const player = new Player();
		player.play('01');
		expect(vibrate).toHaveBeenLastCalledWith([160, 340, 800, 340]);
		const seen: unknown[] = [];
		const note = (milliseconds: number) => {
			seen.push([player.at, player.lamp]);
			vi.advanceTimersByTime(milliseconds);
		};
		note(160);
		note(340);
		note(400);
		note(400);
		note(340);
		seen.push([player.at, player.lamp]);
		expect(seen).toEqual([
			[0, 'short'],
			[0, 'off'],
			[1, 'short'],
			[1, 'long'],
			[1, 'off'],
			[null, 'off']
		]);
		expect(vi.getTimerCount()).toBe(0);
	});

	test('stops at once, and begins anew', () => {
		const player = new Player();
		player.play('1111');
		vi.advanceTimersByTime(1_200);
		player.stop();
		expect(player).toMatchObject({ at: null, lamp: 'off' });
		expect(vibrate).toHaveBeenLastCalledWith([]);
		expect(vi.getTimerCount()).toBe(0);
		player.play('0');
		expect(player.at).toBe(0);
	});
});

describe('a rhythm that is pressed', () => {
	test('is measured as the lock measures it, and ends with a pause', () => {
		const done = vi.fn();
		const entry = new Entry(done);
		for (const [down, up] of [
			[0, 399],
			[700, 1_100],
			[1_400, 3_400]
		] as const) {
			entry.down(down);
			expect(entry.lamp).toBe('short');
			vi.advanceTimersByTime(400);
			expect(entry.lamp).toBe('long');
			entry.up(up);
			expect(entry.lamp).toBe('off');
		}
		expect(entry.code).toBe('011');
		vi.advanceTimersByTime(1_999);
		expect(done).not.toHaveBeenCalled();
		vi.advanceTimersByTime(1);
		expect(done).toHaveBeenCalledExactlyOnceWith('011');
		expect(entry.code).toBe('');
	});

	test('a press under way is no pause, and what is cleared is forgotten', () => {
		const done = vi.fn();
		const entry = new Entry(done);
		entry.down(0);
		entry.up(100);
		vi.advanceTimersByTime(1_500);
		entry.down(1_600);
		vi.advanceTimersByTime(5_000);
		expect(done).not.toHaveBeenCalled();
		entry.clear();
		vi.advanceTimersByTime(5_000);
		expect(done).not.toHaveBeenCalled();
		for (let i = 0; i < 30; i++) {
			entry.down(0);
			entry.up(100);
		}
		vi.advanceTimersByTime(2_000);
		expect(done).toHaveBeenCalledExactlyOnceWith('0'.repeat(25));
	});
});

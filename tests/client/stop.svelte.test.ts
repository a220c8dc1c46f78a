import { afterEach, describe, expect, test, vi } from 'vitest';
import { makeRig, pass, silence, success } from './rig.ts';

afterEach(() => {
	vi.useRealTimers();
});

describe('stop', () => {
	test('while connecting ends it', async () => {
		const { talk, lock } = makeRig();
		lock.awake = false;
		const done = talk.open('unlock');
		await pass(1_000);
		talk.stop();
		expect(talk.phase).toBe('idle');
		lock.awake = true;
		await done;
		expect(lock.connections).toBe(0);
	});

	test('while asking sends nothing', async () => {
		const { talk, lock, server } = makeRig();
		const { promise, resolve } = Promise.withResolvers<void>();
		server.gate = promise;
		const done = talk.open('unlock');
		await pass(100);
		talk.stop();
		expect(talk.phase).toBe('idle');
		resolve();
		await done;
		expect(lock.written).toEqual([[]]);
		expect(lock.ear).toBeNull();
		expect(talk.phase).toBe('idle');
	});

	test('between packets keeps the one that opens from going', async () => {
		const { talk, lock } = makeRig();
		lock.script = [silence];
		const done = talk.open('unlock');
		await pass(100);
		expect(talk.phase).toBe('opening');
		talk.stop();
		expect(talk.phase).toBe('idle');
		await done;
		expect(lock.written).toEqual([['00'.repeat(20)]]);
	});

	test('after it only ends the waiting, and says that nothing is known', async () => {
		const { talk, lock } = makeRig();
		lock.script = [success, silence];
		const done = talk.open('unlock');
		await pass(100);
		talk.stop();
		expect(talk).toMatchObject({ phase: 'failed', failure: 'lost-after' });
		await done;
		expect(talk.failure).toBe('lost-after');
		expect(lock.connections).toBe(1);
	});

	test('while open lets go of the lock', async () => {
		const { talk, lock } = makeRig();
		const done = talk.open('unlock');
		await pass();
		talk.stop();
		await done;
		expect(talk.phase).toBe('asleep');
		expect(lock.ear).toBeNull();
	});

	test('without anything running does nothing', () => {
		const { talk } = makeRig();
		talk.stop();
		expect(talk.phase).toBe('idle');
	});
});

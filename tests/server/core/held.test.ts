import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
	isChange,
	issued,
	latest,
	step as stepHeld,
	type Held,
	type HeldEvent
} from '../../../src/lib/server/core/held.ts';
import { step as stepSync, type KeySync } from '../../../src/lib/server/core/sync.ts';

function run<C>(held: Held<C>, ...events: HeldEvent<C>[]): Held<C> {
	return events.reduce((before, event) => stepHeld(before, event).held, held);
}

const freeze = (epoch: number, content: string | null = null) =>
	({ kind: 'freeze', epoch, content }) as const;
const proof = (epoch: number) => ({ kind: 'proof', epoch }) as const;
const change = (content: string | null) => ({ kind: 'change', content }) as const;
const revoke = { kind: 'revoke', unknown: false, content: 'a' } as const;
const fresh: Held<string> = issued('a');
const onLock = run(fresh, freeze(2), proof(2));

describe('what a lock is to hold', () => {
	test('waits, travels with a set, and is on the lock by its proof alone', () => {
		expect(stepHeld(fresh, freeze(2)).write).toBe('set');
		expect(run(fresh, freeze(2))).toMatchObject({ state: 'waiting', frozen: 2 });
		expect(run(fresh, freeze(2), proof(1)).state).toBe('waiting');
		expect(onLock).toEqual({ ...fresh, state: 'on-lock' });
		expect(stepHeld(onLock, freeze(3))).toEqual({ held: onLock, write: null });
	});

	test('that was never sent is off at once when it is revoked', () => {
		expect(run(fresh, revoke).state).toBe('off');
		expect(run(fresh, { ...revoke, unknown: true }).state).toBe('revoking');
	});

	test('that is on the lock is off by the proof of its removal', () => {
		const revoked = run(onLock, revoke);
		expect(revoked.state).toBe('revoking');
		expect(stepHeld(revoked, freeze(3)).write).toBe('remove');
		expect(run(revoked, freeze(3), revoke, proof(3)).state).toBe('off');
	});

	test('revoked while a set brings it goes with the set after that one', () => {
		const revoked = run(fresh, freeze(2), revoke);
		expect(run(revoked, proof(2))).toMatchObject({ state: 'revoking', frozen: null });
		expect(isChange(revoked)).toBe(true);
		const next = stepHeld(run(revoked, proof(2)), freeze(3));
		expect(next.write).toBe('remove');
		expect(run(next.held, proof(3)).state).toBe('off');
	});

	test('gets a content that is decided when the set is put together', () => {
		const { held, write } = stepHeld(onLock, freeze(3, 'b'));
		expect(write).toBe('set');
		expect(held).toMatchObject({ state: 'on-lock', content: 'a', next: 'b' });
		expect(run(held, proof(3))).toMatchObject({ content: 'b', next: null, frozen: null });
		// The lock may have either by now: whoever revokes says which counts.
		const revoked = run(held, { ...revoke, content: 'b' });
		expect(revoked).toMatchObject({ state: 'revoking', content: 'b', next: null });
		expect(run(revoked, proof(3), freeze(4), proof(4)).state).toBe('off');
	});

	test('changes at once while nothing has left, and by a set when it is on the lock', () => {
		expect(run(fresh, change('b'))).toEqual(issued('b'));
		const wished = run(onLock, change('b'));
		expect(wished).toMatchObject({ content: 'a', wanted: 'b' });
		expect(isChange(wished)).toBe(true);
		const { held, write } = stepHeld(wished, freeze(3));
		expect(write).toBe('set');
		expect(held).toMatchObject({ content: 'a', next: 'b', wanted: null, frozen: 3 });
		expect(run(held, proof(3))).toEqual({ ...onLock, content: 'b' });
	});

	test('changed while a set carries it keeps that set as it is, and goes with the next', () => {
		for (const carried of [run(fresh, freeze(2)), run(onLock, change('b'), freeze(3))]) {
			const changed = run(carried, change('c'));
			expect(changed).toEqual({ ...carried, wanted: 'c' });
			expect(isChange(changed)).toBe(false);
			expect(latest(changed)).toBe('c');
			const proven = run(changed, proof(carried.frozen!));
			expect(isChange(proven)).toBe(true);
			expect(run(proven, freeze(4), proof(4)).content).toBe('c');
			// The wish can be taken back, what is carried cannot.
			expect(run(changed, change(null))).toEqual(carried);
		}
		expect(run(onLock, change('b'), change(null))).toEqual(onLock);
	});

	test('that is revoked changes no more', () => {
		const revoked = run(onLock, revoke);
		expect(run(revoked, change('b'))).toEqual(revoked);
		expect(run(fresh, revoke, change('b')).state).toBe('off');
	});

	test('of which nobody knows any more waits anew', () => {
		const restored = { kind: 'restored', content: 'z' } as const;
		for (const held of [fresh, onLock, run(fresh, freeze(2)), run(onLock, freeze(3, 'b'))])
			expect(run(held, restored)).toEqual(issued('z'));
		expect(run(onLock, revoke, freeze(3), restored)).toMatchObject({
			state: 'revoking',
			frozen: null
		});
		expect(run(fresh, revoke, restored).state).toBe('off');
	});
});

/** The lock as it is, beside what the server knows: sets arrive whole or not at all. */
interface World {
	sync: KeySync;
	held: Held<number>[];
	frozen: { place: number; content: number | null }[];
	lock: { epoch: number; contents: (number | null)[] };
	contents: number;
}

const PLACES = 3;
const place = fc.nat(PLACES - 1);
const events = fc.array(
	fc.oneof(
		fc.record({ kind: fc.constant('issue' as const), place }),
		fc.record({ kind: fc.constant('change' as const), place }),
		fc.record({ kind: fc.constant('revoke' as const), place }),
		fc.record({ kind: fc.constant('open' as const), reaches: fc.boolean(), proves: fc.boolean() }),
		fc.record({ kind: fc.constant('late' as const) })
	),
	{ maxLength: 40 }
);
type Event = (typeof events extends fc.Arbitrary<infer T> ? T : never)[number];

function happen(world: World, event: Event): void {
	switch (event.kind) {
		case 'issue': {
			if (world.held[event.place]!.state !== 'off') return;
			world.held[event.place] = issued(++world.contents);
			return;
		}
		case 'change': {
			const content = ++world.contents;
			world.held[event.place] = run(world.held[event.place]!, { kind: 'change', content });
			return;
		}
		case 'revoke': {
			const held = world.held[event.place]!;
			const content = latest(held);
			world.held[event.place] = run(held, { kind: 'revoke', unknown: false, content });
			return;
		}
		case 'open':
			return open(world, event);
		case 'late':
			return prove(world, world.lock.epoch);
	}
}

function open(world: World, { reaches, proves }: { reaches: boolean; proves: boolean }): void {
	const changes = world.held.some(isChange);
	const { sync, offer } = stepSync(world.sync, { kind: 'open-requested', changes });
	if (sync.phase === 'offered' && world.sync.phase === 'steady') {
		world.frozen = [];
		world.held = world.held.map((before, at) => {
			const event = { kind: 'freeze', epoch: sync.pending, content: null } as const;
			const { held, write } = stepHeld(before, event);
			const content = write === 'set' ? (held.next ?? held.content) : null;
			if (write !== null) world.frozen.push({ place: at, content });
			return held;
		});
	}
	world.sync = sync;
	if (!reaches) return;
	if (offer!.writesUnder === world.lock.epoch) {
		world.lock.epoch += 1;
		for (const { place: at, content } of world.frozen) world.lock.contents[at] = content;
	}
	if (proves) prove(world, world.lock.epoch);
}

function prove(world: World, epoch: number): void {
	const { sync, proven } = stepSync(world.sync, { kind: 'proof', epoch, probed: false });
	world.sync = sync;
	if (proven) world.held = world.held.map((held) => run(held, { kind: 'proof', epoch }));
}

test('with sets: what is said of a thing is so on the lock', () => {
	fc.assert(
		fc.property(events, (all) => {
			const off: Held<number> = { ...issued(0), state: 'off' };
			const world: World = {
				sync: { phase: 'steady', active: 1 },
				held: Array.from({ length: PLACES }, () => off),
				frozen: [],
				lock: { epoch: 1, contents: Array.from({ length: PLACES }, () => null) },
				contents: 0
			};
			for (const event of all) {
				happen(world, event);
				for (const [i, { state, content, next }] of world.held.entries()) {
					const there = world.lock.contents[i];
					if (state === 'off') expect(there).toBeNull();
					if (state === 'on-lock') expect([content, next]).toContain(there);
					if (state === 'waiting' && there !== null) expect(there).toBe(content);
				}
			}
			// Two clean openings bring everything, whatever happened before.
			const wanted = world.held.map((held) => latest(held));
			for (let i = 0; i < 2; i++) open(world, { reaches: true, proves: true });
			for (const [i, { state }] of world.held.entries()) {
				expect(['on-lock', 'off']).toContain(state);
				expect(world.lock.contents[i]).toBe(state === 'off' ? null : wanted[i]);
			}
		}),
		{ numRuns: 3000 }
	);
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
	isChange,
	issued,
	step as stepSlot,
	type Slot
} from '../../../src/lib/server/core/slot.ts';
import { step as stepSync, type KeySync } from '../../../src/lib/server/core/sync.ts';

const WINDOW = { from: 0, until: 100, renewAt: 50 };
const LATER = { from: 0, until: 200, renewAt: 150 };

function run(slot: Slot, ...events: Parameters<typeof stepSlot>[1][]): Slot {
	return events.reduce((before, event) => stepSlot(before, event).slot, slot);
}

describe('a slot', () => {
	const fresh = issued(7, WINDOW);
	const freeze = (epoch: number, window: typeof WINDOW | null = null) =>
		({ kind: 'freeze', epoch, window }) as const;
	const proof = (epoch: number) => ({ kind: 'proof', epoch }) as const;
	const revoke = { kind: 'revoke', unknown: false } as const;
	const onLock = run(fresh, freeze(2), proof(2));

	test('waits, travels with a set, and is on the lock by its proof alone', () => {
		expect(stepSlot(fresh, freeze(2)).write).toBe('set');
		expect(run(fresh, freeze(2))).toMatchObject({ state: 'waiting', frozen: 2 });
		expect(run(fresh, freeze(2), proof(1)).state).toBe('waiting');
		expect(onLock).toEqual({ ...fresh, state: 'on-lock' });
		expect(stepSlot(onLock, freeze(3))).toEqual({ slot: onLock, write: null });
	});

	test('that was never sent is off at once when it is revoked', () => {
		expect(run(fresh, revoke).state).toBe('off');
		expect(run(fresh, { kind: 'revoke', unknown: true }).state).toBe('revoking');
	});

	test('that is on the lock is off by the proof of its removal', () => {
		const revoked = run(onLock, revoke);
		expect(revoked.state).toBe('revoking');
		expect(stepSlot(revoked, freeze(3)).write).toBe('remove');
		expect(run(revoked, freeze(3), revoke, proof(3)).state).toBe('off');
	});

	test('revoked while a set brings it goes with the set after that one', () => {
		const revoked = run(fresh, freeze(2), revoke);
		expect(run(revoked, proof(2))).toMatchObject({ state: 'revoking', frozen: null });
		expect(isChange(revoked)).toBe(true);
		const next = stepSlot(run(revoked, proof(2)), freeze(3));
		expect(next.write).toBe('remove');
		expect(run(next.slot, proof(3)).state).toBe('off');
	});

	test('has its window written again, and the new one counts when it is proven', () => {
		const { slot, write } = stepSlot(onLock, freeze(3, LATER));
		expect(write).toBe('set');
		expect(slot).toMatchObject({ state: 'on-lock', window: WINDOW, next: LATER });
		expect(run(slot, proof(3))).toMatchObject({ window: LATER, next: null, frozen: null });
		// The lock may have the later window by now.
		expect(run(slot, revoke)).toMatchObject({ state: 'revoking', window: LATER, next: null });
		expect(run(slot, revoke, proof(3), freeze(4), proof(4)).state).toBe('off');
	});

	test('of which nobody knows any more waits under another number', () => {
		const restored = { kind: 'restored', issue: 99 } as const;
		for (const slot of [fresh, onLock, run(fresh, freeze(2)), run(onLock, freeze(3, LATER))])
			expect(run(slot, restored)).toMatchObject({ state: 'waiting', issue: 99, frozen: null });
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
	slots: Slot[];
	frozen: { slot: number; issue: number | null }[];
	lock: { epoch: number; keys: (number | null)[] };
	issues: number;
}

const SLOTS = 3;
const slotNumber = fc.nat(SLOTS - 1);
const events = fc.array(
	fc.oneof(
		fc.record({ kind: fc.constant('issue' as const), slot: slotNumber }),
		fc.record({ kind: fc.constant('revoke' as const), slot: slotNumber }),
		fc.record({ kind: fc.constant('open' as const), reaches: fc.boolean(), proves: fc.boolean() }),
		fc.record({ kind: fc.constant('late' as const) })
	),
	{ maxLength: 40 }
);
type Event = (typeof events extends fc.Arbitrary<infer T> ? T : never)[number];

function happen(world: World, event: Event): void {
	switch (event.kind) {
		case 'issue': {
			if (world.slots[event.slot]!.state !== 'off') return;
			world.slots[event.slot] = issued(++world.issues, WINDOW);
			return;
		}
		case 'revoke':
			world.slots[event.slot] = run(world.slots[event.slot]!, { kind: 'revoke', unknown: false });
			return;
		case 'open':
			return open(world, event);
		case 'late':
			return prove(world, world.lock.epoch);
	}
}

function open(world: World, { reaches, proves }: { reaches: boolean; proves: boolean }): void {
	const changes = world.slots.some(isChange);
	const { sync, offer } = stepSync(world.sync, { kind: 'open-requested', changes });
	if (sync.phase === 'offered' && world.sync.phase === 'steady') {
		world.frozen = [];
		world.slots = world.slots.map((before, slot) => {
			const event = { kind: 'freeze', epoch: sync.pending, window: null } as const;
			const { slot: after, write } = stepSlot(before, event);
			if (write !== null) world.frozen.push({ slot, issue: write === 'set' ? after.issue : null });
			return after;
		});
	}
	world.sync = sync;
	if (!reaches) return;
	if (offer!.writesUnder === world.lock.epoch) {
		world.lock.epoch += 1;
		for (const { slot, issue } of world.frozen) world.lock.keys[slot] = issue;
	}
	if (proves) prove(world, world.lock.epoch);
}

function prove(world: World, epoch: number): void {
	const { sync, proven } = stepSync(world.sync, { kind: 'proof', epoch, probed: false });
	world.sync = sync;
	if (proven) world.slots = world.slots.map((slot) => run(slot, { kind: 'proof', epoch }));
}

test('slots and sets together: what is said of a key is so on the lock', () => {
	fc.assert(
		fc.property(events, (all) => {
			const off: Slot = { ...issued(0, WINDOW), state: 'off' };
			const world: World = {
				sync: { phase: 'steady', active: 1 },
				slots: Array.from({ length: SLOTS }, () => off),
				frozen: [],
				lock: { epoch: 1, keys: Array.from({ length: SLOTS }, () => null) },
				issues: 0
			};
			for (const event of all) {
				happen(world, event);
				for (const [i, slot] of world.slots.entries()) {
					const key = world.lock.keys[i];
					if (slot.state === 'off') expect(key).toBeNull();
					if (slot.state === 'on-lock') expect(key).toBe(slot.issue);
					// A key that opens is one that somebody is told of.
					if (key !== null) expect(slot.issue).toBe(key);
				}
			}
			// Two clean openings bring everything, whatever happened before.
			for (let i = 0; i < 2; i++) open(world, { reaches: true, proves: true });
			for (const [i, { state, issue }] of world.slots.entries()) {
				expect(['on-lock', 'off']).toContain(state);
				expect(world.lock.keys[i]).toBe(state === 'off' ? null : issue);
			}
		}),
		{ numRuns: 3000 }
	);
});

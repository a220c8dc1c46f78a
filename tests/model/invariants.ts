import { AT, BROKEN, type State, type World } from './world.ts';

/**
 * The first invariant of the key rotation that this state breaks, or null. A content is what one
 * change puts into both slots, so a slot of an older content is a key that was revoked.
 */
export function violation(world: World, state: State, ignoring: readonly string[]): string | null {
	const broken = BROKEN[state[AT.broken]!]!;
	if (broken !== '' && !ignoring.includes(broken)) return broken;
	const { sync, activeContent } = world.servers.value(state[AT.server]!);
	const { epoch, slots } = world.locks.value(state[AT.lock]!).keys;
	if (!world.opensCleanly(state[AT.server]!, state[AT.lock]!)) return 'I1';
	if (sync.phase === 'recover') return null;
	const pending = sync.phase === 'offered' ? sync.pending : sync.active;
	if (epoch !== sync.active && epoch !== pending) return 'I2';
	if (sync.active > epoch) return 'I3';
	const [first, second] = [slots[1]!.key - 100, slots[2]!.key - 200];
	if (first !== second) return 'I4';
	if (activeContent < 0) return null;
	if (epoch === sync.active && first !== activeContent) return 'I4';
	return first < activeContent ? 'I8' : null;
}

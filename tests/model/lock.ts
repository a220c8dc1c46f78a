import {
	change,
	emptyStage,
	factoryKeys,
	type KeySet,
	type Stage
} from '../../src/lib/virtual/noke/keyset.ts';
import { accept } from '../../src/lib/virtual/noke/order.ts';
import { masterKey, writesOf, type Command } from './server.ts';

/** The lock: its durable key set, and what this session has of it. */
export interface Lock {
	readonly keys: KeySet<number>;
	readonly stage: Stage<number>;
	readonly lastId: number;
	/** Wrong keys since the last accepted command; the fifth ends the link. */
	readonly wrongKeys: number;
}

/** At epoch 1 with content 0, one rotation behind it. */
export function startLock(): Lock {
	let keys = factoryKeys(masterKey(0, 0));
	let stage = emptyStage(keys);
	const writes = writesOf(0);
	for (const write of writes) ({ stage } = change(keys, stage, 'current', write));
	const commit = {
		kind: 'commit',
		epoch: 1,
		master: masterKey(1, 0),
		count: 2,
		fits: true
	} as const;
	({ keys, stage } = change(keys, stage, 'current', commit));
	return { keys, stage, lastId: 0, wrongKeys: 0 };
}

/** The session ended, by whatever: durable is only the key set. */
export function forgetSession({ keys }: Lock): Lock {
	return { keys, stage: emptyStage(keys), lastId: 0, wrongKeys: 0 };
}

export interface Worked {
	readonly lock: Lock;
	/** The epoch that the server packets of the answer prove, null when there are none. */
	readonly proves: number | null;
	readonly opened: boolean;
	readonly success: boolean;
}

/** One whole command, by the production reducers. */
export function work(lock: Lock, { id, epoch, key, what }: Command): Worked {
	const { keys, stage } = lock;
	const fits = (set: { epoch: number; master: number } | null) =>
		set?.epoch === epoch && set.master === key;
	const under = fits(keys) ? 'current' : fits(keys.previous) ? 'previous' : null;
	const refused = { proves: null, opened: false, success: false };
	if (under === null) return { ...refused, lock: { ...lock, wrongKeys: lock.wrongKeys + 1 } };
	const order = accept({ lastId: lock.lastId, slotTimes: {} }, { slot: null, id, time: 1 });
	if (!order) return { ...refused, lock };
	const accepted = { ...lock, lastId: order.lastId, wrongKeys: 0 };
	if (what.kind === 'open') {
		if (under === 'previous') return { ...refused, lock: accepted };
		return { lock: accepted, proves: keys.epoch, opened: true, success: true };
	}
	const wanted =
		what.kind === 'write'
			? what.write
			: {
					kind: 'commit' as const,
					epoch: what.epoch,
					master: what.master,
					count: what.writes.length,
					fits: JSON.stringify(what.writes) === JSON.stringify(stage.writes)
				};
	const changed = change(keys, stage, under, wanted);
	const success = changed.result === 'success';
	const acknowledged = what.kind === 'commit' && (success || under === 'current');
	return {
		lock: { ...accepted, keys: changed.keys, stage: changed.stage },
		proves: acknowledged ? changed.keys.epoch : null,
		opened: false,
		success
	};
}

import type { RelayReply } from '../../api/app/doors.ts';
import { concat, toHex, type Bytes } from '../../protocol/bytes.ts';
import { replay, type Program, type Replayed } from '../../protocol/program.ts';
import { mintAdminGrant, type LockData } from '../../protocol/ttlock/grant.ts';
import type { AdminGrant } from '../../protocol/ttlock/offline.ts';
import type { UpkeepEnd } from '../../protocol/ttlock/upkeep.ts';
import type { Db } from '../db/connect.ts';
import { ServerError } from '../error.ts';
import type { Holder } from './caller.ts';
import { manages } from './doors.ts';
import type { PersonDoor } from './doors-for-people.ts';
import type { Doors } from './locks.ts';

/** One step of a conversation, inside the transaction that holds its lock. */
export interface Turn {
	readonly trx: Db;
	readonly doors: Doors;
	readonly holder: Holder;
	readonly door: PersonDoor;
	readonly data: LockData;
	/** Seconds; the same through a conversation. */
	readonly at: number;
	readonly answers: readonly Bytes[];
	readonly now: number;
}

/** The pieces that a conversation wants written, as the one frame that they are. */
export function frameOf<E, O>(step: Exclude<Replayed<E, O>, { outcome: O }>): string[] {
	return step.send.length === 0 ? [] : [toHex(concat(...step.send))];
}

/** Managers of the company, the lock's owner, and whom they authorized. */
export function administers({ door, now }: Turn): boolean {
	const { lock, key, isManager } = door;
	return isManager || (key !== undefined && manages({ lock, key }, now));
}

/**
 * Throws ServerError `forbidden` for who may open the lock and not manage it, or may manage it and
 * not what only its owner may.
 */
export function mustAdminister(turn: Turn, as: 'manager' | 'owner'): void {
	if (administers(turn)) {
		const { key, isManager } = turn.door;
		if (as === 'manager' || isManager || key?.kind === 'admin') return;
		throw new ServerError('forbidden', 'Only its owner and managers of the company may do this.');
	}
	throw new ServerError('forbidden', 'Only who manages the lock may do this.');
}

/** What the owner's conversations are had with. */
export function adminOf({ data, holder }: Turn): AdminGrant {
	return mintAdminGrant(data, holder.uid);
}

/** What comes of an owner's conversation, step by step. */
export interface Course<Event, Outcome> {
	/** What is written down before a frame leaves that changes the lock. */
	before?: () => Promise<void>;
	/** What the lock's success, or its refusal, means here; returns the result for the phone. */
	end: (outcome: Outcome, told: readonly Event[]) => Promise<string>;
}

/** Takes an owner's conversation through the lock's answers, and on to its next frame. */
export async function converse<Event extends { kind: string }, Outcome>(
	{ at, answers }: Turn,
	program: Program<Event, Outcome>,
	{ before, end }: Course<Event, Outcome>
): Promise<RelayReply> {
	const step = replay(program, answers);
	if ('outcome' in step) {
		const result = await end(step.outcome, step.told);
		return { at, commands: [], opensAt: null, result };
	}
	const changes = step.told.some(({ kind }) => kind === 'logged-in');
	if (changes && step.send.length > 0) await before?.();
	return { at, commands: frameOf(step), opensAt: null, result: null };
}

/** How a conversation ended, as the phone is told: a refusal by the lock's reason. */
export function resultOfEnd(end: UpkeepEnd): string {
	return end.end === 'refused' ? end.result : 'success';
}

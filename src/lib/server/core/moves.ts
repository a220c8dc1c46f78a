import { z } from 'zod';
import type { EnvironmentName, LockTable } from '../db/tables.ts';

/**
 * Which environment made the master keys of a lock, from which epoch on. The keys that a lock has
 * do not change when it moves to the other environment: only those that it is sent afterwards do.
 */
const Moves = z
	.array(z.object({ from: z.int().min(0), environment: z.enum(['production', 'sandbox']) }))
	.min(1);
type Moves = z.infer<typeof Moves>;

type MoveColumns = Pick<LockTable, 'environment' | 'moves'>;

function movesOf({ environment, moves }: MoveColumns): Moves {
	return moves === null ? [{ from: 0, environment }] : Moves.parse(JSON.parse(moves));
}

/** The environment that makes the master key of this epoch. */
export function environmentAt(row: MoveColumns, epoch: number): EnvironmentName {
	const all = movesOf(row);
	return (all.findLast(({ from }) => from <= epoch) ?? all[0]!).environment;
}

/** The lock's `moves` once epochs from `from` on are made in the other environment. */
export function movedTo(row: MoveColumns, environment: EnvironmentName, from: number): string {
	const before = movesOf(row).filter((one) => one.from < from);
	return JSON.stringify([...before, { from, environment }]);
}

/** Whether the lock still has a key of the environment it left: the next set brings one of the new. */
export function isMoving(row: MoveColumns & Pick<LockTable, 'active'>): boolean {
	return row.moves !== null && movesOf(row).at(-1)!.from > row.active;
}

import type { LockTable } from '../db/tables.ts';
import type { KeySync } from './sync.ts';

/** Where a lock's row keeps its KeySync, and the set that is offered. */
export type SyncColumns = Pick<LockTable, 'phase' | 'active' | 'pending' | 'pending_changes'>;

export function syncOf({ phase, active, pending }: SyncColumns): KeySync {
	if (phase === 'offered') return { phase, active, pending: pending ?? active + 1 };
	return { phase, active };
}

export function toColumns(sync: KeySync): Omit<SyncColumns, 'pending_changes'> {
	const pending = sync.phase === 'offered' ? sync.pending : null;
	return { phase: sync.phase, active: sync.active, pending };
}

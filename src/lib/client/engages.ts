import type { Lock } from '../api/app/locks.ts';

/** Explicit lock is on, as far as is known: the shackle holds only when the lock is told to engage. */
export function waitsToEngage({ explicitLock }: Pick<Lock, 'explicitLock'>): boolean {
	return explicitLock === 'on' || explicitLock === 'goes-off';
}

/** The next opening switches it: from then on the page says something else. */
export function isChanging({ explicitLock }: Pick<Lock, 'explicitLock'>): boolean {
	return explicitLock === 'goes-on' || explicitLock === 'goes-off';
}

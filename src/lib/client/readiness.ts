import type { KeyringFacts } from '../vault/keyring.ts';
import type { Lock } from '../api/app/locks.ts';
import { judgeEkey } from '../vault/ekeys.ts';
import { judge, type KeyFacts } from '../vault/keys.ts';

/** Whether a lock opens without network, and what is missing. Times are milliseconds since 1970. */
export type LockReadiness =
	| { state: 'ready'; until: number }
	/** The key is here and comes to the lock with its next opening with network, by anyone. */
	| { state: 'waits' }
	/** This phone has no key of it. */
	| { state: 'not-asked' }
	/** A manager took the key away. */
	| { state: 'revoked' }
	| { state: 'lease-over'; ended: number }
	| { state: 'clock-back' }
	/** The eKey is here, and does not hold now. */
	| { state: 'not-now'; why: 'not-yet' | 'expired' | 'outside-hours' | 'used' }
	/** The browser has removed the keys. */
	| { state: 'evicted' };

/**
 * What the vault's facts say of a lock with this key, if there is one.
 * @param now this phone's clock, by which the answer's times are, too
 */
export function readinessOf(
	{ device, evicted }: Pick<KeyringFacts, 'device' | 'evicted'>,
	key: KeyFacts | undefined,
	now: number
): LockReadiness {
	if (!device || !key) return { state: evicted ? 'evicted' : 'not-asked' };
	if (key.state === 'revoked') return { state: 'revoked' };
	const verdict = judge(device, key, now);
	if (verdict === 'clock-back') return { state: 'clock-back' };
	const end = key.notAfter - device.ahead;
	if (verdict === 'lease-over') return { state: 'lease-over', ended: end };
	if (!key.held) return { state: 'evicted' };
	return key.state === 'waiting' ? { state: 'waits' } : { state: 'ready', until: end };
}

/** The same of a door lock, by its number: its eKey comes with every contact, asked for or not. */
export function doorReadinessOf(
	{ device, ekeys, evicted }: Pick<KeyringFacts, 'device' | 'ekeys' | 'evicted'>,
	door: number,
	now: number
): LockReadiness {
	const key = ekeys.find((one) => one.door === door);
	if (!device || !key) return { state: evicted ? 'evicted' : 'not-asked' };
	const verdict = judgeEkey(device, key, now);
	const end = key.notAfter - device.ahead;
	if (verdict === 'clock-back') return { state: verdict };
	if (verdict === 'lease-over') return { state: 'lease-over', ended: end };
	if (!key.held) return { state: 'evicted' };
	return verdict === 'usable' ? { state: 'ready', until: end } : { state: 'not-now', why: verdict };
}

/** Locks that a key is to be asked for, in their order: those that this phone has none of. */
export function lacking<L extends Pick<Lock, 'mac' | 'mayOpen'>>(
	locks: readonly L[],
	of: (mac: string) => LockReadiness
): L[] {
	return locks.filter(({ mac, mayOpen }) => mayOpen && of(mac).state === 'not-asked');
}

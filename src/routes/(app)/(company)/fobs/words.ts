import type { Fob, FobLock } from '$lib/api/app/fobs.ts';
import { moment } from '$lib/ui/time.ts';

/** What is known, in words and in the colour of a Mark. */
export interface Words {
	tone: 'plain' | 'ready' | 'wait' | 'fail';
	text: string;
}

export function count(number: number, one: string, many = `${one}s`): string {
	return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}

/** How a fob stands: never more than it has proven. */
export function fobWords(fob: Fob, now: number): Words {
	if (fob.lostAt !== null) {
		const opens = fob.stillOpens > 0 ? `, still opens ${count(fob.stillOpens, 'lock')}` : '';
		return { tone: 'fail', text: `Lost since ${moment(fob.lostAt, now)}${opens}` };
	}
	const waits = fob.pending + fob.revoking;
	if (waits > 0) return { tone: 'wait', text: `${count(waits, 'change')} for its next sync` };
	if (fob.stillOpens > 0)
		return { tone: 'wait', text: `Revoked, still opens ${count(fob.stillOpens, 'lock')}` };
	if (fob.syncedAt === null) return { tone: 'plain', text: 'Never synced' };
	return { tone: 'ready', text: `Synced ${moment(fob.syncedAt, now)}` };
}

/** What the fob has of a lock. */
export function onFobWords({ onFob, syncedAt, onLock }: FobLock, now: number): Words {
	switch (onFob) {
		case 'pending':
			return syncedAt === null
				? { tone: 'plain', text: 'Pending: comes to the fob with its next sync' }
				: { tone: 'plain', text: 'Pending: a new key comes with the next sync' };
		case 'synced':
			return { tone: 'ready', text: `Synced: on the fob since ${moment(syncedAt ?? 0, now)}` };
		case 'revoke_pending':
			return onLock === 'off'
				? { tone: 'plain', text: 'Still on the fob, opens nothing; goes with its next sync' }
				: { tone: 'wait', text: 'Still on the fob, goes with its next sync' };
		case 'off':
			return { tone: 'plain', text: 'Not on the fob' };
	}
}

/** What the lock has of it. */
export function onLockWords({ onLock, provenAt, revokedAt, offAt }: FobLock, now: number): Words {
	switch (onLock) {
		case 'waiting':
			return { tone: 'plain', text: 'Waits for the lock: its next opening with signal' };
		case 'on-lock':
			return { tone: 'ready', text: `On the lock since ${moment(provenAt ?? 0, now)}` };
		case 'revoking':
			return { tone: 'wait', text: `Revoked ${moment(revokedAt ?? 0, now)}, still opens` };
		case 'off':
			return provenAt === null
				? { tone: 'plain', text: 'Never came to the lock' }
				: { tone: 'ready', text: `Proven off the lock ${moment(offAt ?? 0, now)}` };
	}
}

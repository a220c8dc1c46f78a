import type { Case } from '../case.ts';
import type { Key, Stand } from '../stand.ts';
import { same } from '../shape.ts';
import { askFobs, emptyFobs, grant } from './fob-locks.ts';
import { keyless } from './held-keys.ts';

/** Who opens the lock, in the first three columns of the text. */
type Row = readonly [alicePhone: boolean, aliceFob: boolean, bobFob: boolean];

/**
 * The timeline in the section on fobs, as far as there is a call for what happens: the lock reset and
 * the rows after it are done on the server's own pages.
 */
export const TIMELINE_CASES: readonly Case[] = [
	{
		name: 'fobs/timeline',
		rule: 'text, fobs: the timeline of revocations, its first five rows',
		run: async (stand) => {
			const lock = (await keyless(stand, 1))[0]!;
			const [aliceFob, bobFob] = await emptyFobs(stand, 2);
			await stand.open(lock);
			const macs = [lock.mac];
			const issue = [{ macs, tracking_keys: ['alice'] }];
			const alice: Key = (await stand.data('keys/', { issue })).locks[0].keys[0];
			await grant(stand, aliceFob!, [lock], 'alice-fob');
			await grant(stand, bobFob!, [lock], 'bob-fob');
			for (const fob of [aliceFob!, bobFob!]) await stand.sync(fob);
			await stand.open(lock);

			const offline = (): Row => [
				stand.openOffline(lock, alice).opened,
				aliceFob!.opens(lock),
				bobFob!.opens(lock)
			];
			same(offline(), [true, true, true], 'starting state');
			const revoke = [{ macs, tracking_keys: ['alice'] }];
			await stand.data('keys/', { revoke });
			same(offline(), [true, true, true], '/keys revoke A');
			await onlineUnlock(stand, lock);
			same(offline(), [false, true, true], 'tech unlocks the lock with online phone');
			await askFobs(stand, 'fobs/revoke', { fob_mac: aliceFob!.mac, lock_macs: macs });
			same(offline(), [false, true, true], '/fobs/revoke lock');
			await onlineUnlock(stand, lock);
			same(offline(), [false, false, true], 'tech does online unlock');
			await onlineUnlock(stand, lock);
		}
	}
];

/** The last column: an online phone opens at any time. */
async function onlineUnlock(stand: Stand, lock: Parameters<Stand['open']>[0]): Promise<void> {
	same((await stand.open(lock)).opened, true, 'an online phone opens the lock');
}

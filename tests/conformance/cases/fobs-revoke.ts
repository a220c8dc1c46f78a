import type { Case } from '../case.ts';
import { refused } from '../envelope.ts';
import { same } from '../shape.ts';
import { type Stand } from '../stand.ts';
import { askFobs, credentials, emptyFob, grant, lines } from './fob-locks.ts';
import { keyless } from './held-keys.ts';
import { badInputs } from './refusals.ts';

/** A fob with a credential for one padlock, which both of them hold. */
async function carried(stand: Stand, trackingKey?: string) {
	const [lock] = await keyless(stand, 1);
	const fob = await emptyFob(stand);
	await stand.open(lock!);
	await grant(stand, fob, [lock!], trackingKey);
	await stand.open(lock!);
	await stand.sync(fob);
	return { lock: lock!, fob };
}

export const FOBS_REVOKE_CASES: readonly Case[] = [
	{
		name: 'fobs/revoke/example',
		rule: 'text, POST /fobs/revoke/: example by tracking key; revoke_pending beside synced',
		run: async (stand) => {
			const fob = await emptyFob(stand);
			const [x, y] = stand.macs(2);
			const locks = [
				{ mac: x, tracking_key: 'BobFob' },
				{ mac: y, tracking_key: 'my-lock-tracking-key' }
			];
			await askFobs(stand, 'fobs/issue', { fob_mac: fob.mac, locks });
			await stand.sync(fob);
			const revoke = { fob_mac: fob.mac, tracking_keys: ['my-lock-tracking-key'] };
			const data = await askFobs(stand, 'fobs/revoke', revoke);
			same(
				data.map((one) => one.fob),
				[fob.mac],
				'the fobs of the answer'
			);
			const left = [`${x} BobFob synced`, `${y} my-lock-tracking-key revoke_pending`].toSorted();
			same(lines(data[0]!.locks), left, 'credentials of the answer');
			same(lines(await credentials(stand, fob)), left, 'credentials shown');
			await stand.sync(fob);
			same(lines(await credentials(stand, fob)), [`${x} BobFob synced`], 'after its next sync');
		}
	},
	{
		name: 'fobs/revoke/by-lock',
		rule: 'text, POST /fobs/revoke/: lock_macs, the locks to remove from a fob',
		run: async (stand) => {
			const fob = await emptyFob(stand);
			const [x, y] = stand.macs(2);
			await grant(stand, fob, [{ mac: x! }, { mac: y! }]);
			await stand.sync(fob);
			await askFobs(stand, 'fobs/revoke', { fob_mac: fob.mac, lock_macs: [x] });
			const left = [`${x} BobFob revoke_pending`, `${y} BobFob synced`].toSorted();
			same(lines(await credentials(stand, fob)), left, 'credentials');
		}
	},
	{
		name: 'fobs/revoke/neither',
		rule: 'treatment 23: neither filter is error 3, and the fob is not wiped',
		run: async (stand) => {
			const fob = await emptyFob(stand);
			await grant(stand, fob, [{ mac: stand.mac() }]);
			const body = { fob_mac: fob.mac };
			refused(await stand.ask('fobs/revoke/', body), 'fobs/revoke', 3);
			same((await credentials(stand, fob)).length, 1, 'credentials');
		}
	},
	{
		name: 'fobs/revoke/resets-the-key',
		rule: 'text, fobs: revoking also resets the key on the lock, from its next online unlock on',
		run: async (stand) => {
			const { lock, fob } = await carried(stand);
			await askFobs(stand, 'fobs/revoke', { fob_mac: fob.mac, lock_macs: [lock.mac] });
			same(fob.opens(lock), true, 'opens before the online unlock');
			await stand.open(lock);
			same(fob.opens(lock), false, 'opens after the online unlock');
		}
	},
	{
		name: 'fobs/activity',
		rule: 'text, POST /fobs/issue/: the tracking key tracks activity',
		run: async (stand) => {
			const who = `fob-${Date.now()}`;
			const { lock, fob } = await carried(stand, who);
			same(fob.opens(lock), true, 'the fob opens');
			// What the lock said to the fob is lost; the server has to notice and to ask for it.
			for (let i = 0; i < 2; i++) await stand.open(lock);
			const { activity } = await stand.data('activity/', { tracking_keys: [who] });
			const actions = activity.map(({ action }: { action: string }) => action);
			same(actions, ['unlocked'], 'its activity');
		}
	},
	{
		name: 'fobs/keys-revoke-is-another',
		rule: 'text, fobs: the timeline; revoking the key of a phone leaves the fob its own',
		run: async (stand) => {
			const { lock, fob } = await carried(stand, 'alice');
			const macs = [lock.mac];
			const { locks } = await stand.data('keys/', { issue: [{ macs, tracking_keys: ['alice'] }] });
			await stand.open(lock);
			const key = locks[0].keys[0];
			same(stand.openOffline(lock, key).opened, true, 'the phone opens');
			await stand.data('keys/', { revoke: [{ macs, tracking_keys: ['alice'] }] });
			await stand.open(lock);
			same(stand.openOffline(lock, key).opened, false, 'the phone opens once it is revoked');
			same(fob.opens(lock), true, 'the fob opens');
		}
	},
	...badInputs('fobs/revoke', 'the types of the table', {
		'no fob': (stand) => ({ lock_macs: [stand.mac()] }),
		'text for locks': (stand) => ({ fob_mac: stand.fobs(1)[0]!.mac, lock_macs: stand.mac() })
	})
];

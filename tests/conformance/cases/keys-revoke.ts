import type { Padlock } from '../padlock.ts';
import type { Case } from '../case.ts';
import { holds, same } from '../shape.ts';
import { foreignAsAbsent } from './refusals.ts';
import { ask, names, pairs, keyless, issued, ALL } from './held-keys.ts';

export const KEYS_REVOKE_CASES: readonly Case[] = [
	{
		name: 'keys/example-revoke-specific',
		rule: 'text, POST /keys/: revoke specific; what remains is answered',
		run: async (stand) => {
			const { macs } = await issued(stand, 2, ALL);
			const revoke = [{ tracking_keys: ['bob'], macs: [macs[0]!] }];
			same(names(await ask(stand, { revoke })), pairs([macs[0]!], ['linda']), 'what remains');
			const left = [...pairs([macs[0]!], ['linda']), ...pairs([macs[1]!], ALL)].toSorted();
			same(names(await ask(stand, {})), left, 'every key afterwards');
		}
	},
	{
		name: 'keys/example-revoke-mac',
		rule: 'text, POST /keys/: revoke all keys for mac/macs',
		run: async (stand) => {
			const { macs } = await issued(stand, 2, ALL);
			const answer = await ask(stand, { revoke: [{ macs: [macs[1]!] }] });
			same(names(answer), [], 'what remains of the lock');
			same(names(await ask(stand, {})), pairs([macs[0]!], ALL), 'every key afterwards');
		}
	},
	{
		name: 'keys/example-revoke-tracking-key',
		rule: 'text, POST /keys/: revoke all keys for tracking key/keys; treatment 17: locks touched',
		run: async (stand) => {
			const { macs } = await issued(stand, 2, ALL);
			const answer = await ask(stand, { revoke: [{ tracking_keys: ['bob'] }] });
			same(answer.map(({ mac }) => mac).toSorted(), macs.toSorted(), 'the locks touched');
			same(names(answer), pairs(macs, ['linda']), 'what remains');
		}
	},
	{
		name: 'keys/revoke-object',
		rule: 'treatment 17: an object for an array of one',
		run: async (stand) => {
			const { macs } = await issued(stand, 1, ALL);
			const answer = await ask(stand, { revoke: { macs, tracking_keys: ['linda'] } });
			same(names(answer), pairs(macs, ['bob']), 'what remains');
		}
	},
	{
		name: 'keys/sync',
		rule: '6.3: a key reaches the lock by the next online unlock, and no sooner',
		run: async (stand) => {
			const { locks, given } = await issued(stand, 1, ['bob']);
			const [lock, key] = [locks[0]!, given[0]!.keys[0]!];
			same(stand.openOffline(lock, key).opened, false, 'opens before the unlock');
			await stand.open(lock);
			same(stand.openOffline(lock, key).opened, true, 'opens after the unlock');
		}
	},
	{
		name: 'keys/revoked-until-unlock',
		rule: 'text, revoking keys: they still work until the lock is synced by an online unlock',
		run: async (stand) => {
			const { locks, macs, given } = await issued(stand, 1, ALL);
			const [lock, bob, linda] = [locks[0]!, given[0]!.keys[0]!, given[0]!.keys[1]!];
			await stand.open(lock);
			await ask(stand, { revoke: [{ macs, tracking_keys: [bob.tracking_key] }] });
			same(stand.openOffline(lock, bob).opened, true, 'opens before the unlock');
			await stand.open(lock);
			same(stand.openOffline(lock, bob).opened, false, 'opens after the unlock');
			same(stand.openOffline(lock, linda).opened, true, 'the other key still opens');
		}
	},
	{
		name: 'keys/another-lock',
		rule: 'treatment 13: real keys are per lock',
		run: async (stand) => {
			const { locks, given } = await issued(stand, 2, ['bob']);
			for (const lock of locks) await stand.open(lock);
			const other = given.find(({ mac }) => mac === locks[1]!.mac)!.keys[0]!;
			same(stand.openOffline(locks[0]!, other).opened, false, 'opens another lock');
			same(stand.openOffline(locks[1]!, other).opened, true, 'opens its own');
		}
	},
	{
		name: 'keys/activity',
		rule: 'text, POST /activity/: the tracking key of an offline unlock',
		run: async (stand) => {
			const who = `offline-${Date.now()}`;
			const { locks, given } = await issued(stand, 1, [who]);
			await stand.open(locks[0]!);
			const { session, server } = stand.openOffline(locks[0]!, given[0]!.keys[0]!);
			await stand.upload(locks[0]!.mac, session, server);
			const { activity } = await stand.data('activity/', { tracking_keys: [who] });
			same(
				activity.map(({ action }: { action: string }) => action),
				['unlocked'],
				'its activity'
			);
		}
	},
	{
		name: 'keys/flags',
		rule: 'text, POST /lock/: flags tell what needs to be synced; treatment 10: none or a list',
		run: async (stand) => {
			const flags = async () =>
				(await stand.data('lock/', { macs: [stand.mac()] })).locks[0].flags as unknown;
			const [lock] = (await keyless(stand, 1)) as [Padlock];
			same(await flags(), 'none', 'flags with nothing waiting');
			await ask(stand, { issue: [{ macs: [lock.mac], tracking_keys: ['bob'] }] });
			const waiting = await flags();
			holds(Array.isArray(waiting) && waiting.includes('keys'), 'flags: expected keys in a list');
			await stand.open(lock);
			same(await flags(), 'none', 'flags after the unlock');
		}
	},
	{
		name: 'keys/absent-or-foreign',
		rule: 'error code 7: lock not found, the same for a lock of another company; nothing is done',
		run: async (stand) => {
			const { macs } = await issued(stand, 1, ['bob']);
			const before = names(await ask(stand, {}));
			await foreignAsAbsent(stand, 'keys', (mac) => ({
				issue: [{ macs: [...macs, mac], tracking_keys: ['linda'] }]
			}));
			await foreignAsAbsent(stand, 'keys', (mac) => ({ revoke: [{ macs: [...macs, mac] }] }));
			same(names(await ask(stand, {})), before, 'every key afterwards');
		}
	}
];

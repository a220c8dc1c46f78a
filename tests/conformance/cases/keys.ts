import type { TestLock } from '../../server/core/test-lock.ts';
import type { Case } from '../case.ts';
import { refused, succeeded } from '../envelope.ts';
import { each, holds, same, type Shape } from '../shape.ts';
import { absentMac, type Key, type Stand } from '../stand.ts';
import { MAC } from './lock.ts';
import { badInputs, foreignAsAbsent } from './refusals.ts';

export const KEY: Record<string, Shape> = {
	tracking_key: /./,
	offline_key: /^[0-9a-fA-F]{32}$/,
	unlock_command: /^[0-9a-fA-F]{40}$/
};
const ANSWER = { request: 'keys', data: { locks: each({ mac: MAC, keys: each(KEY) }) } };

interface KeysOfLock {
	mac: string;
	keys: Key[];
}

/** The locks of an answer whose shape was looked at. */
async function ask(stand: Stand, body: unknown): Promise<KeysOfLock[]> {
	const answer = await stand.ask('keys/', body);
	succeeded(answer, ANSWER);
	return answer.body.data.locks;
}

/** `mac tracking_key`, sorted: what an answer lists, whatever its order. */
function names(locks: readonly KeysOfLock[]): string[] {
	return locks
		.flatMap(({ mac, keys }) => keys.map(({ tracking_key }) => `${mac} ${tracking_key}`))
		.toSorted();
}

const pairs = (macs: readonly string[], keys: readonly string[]): string[] =>
	macs.flatMap((mac) => keys.map((key) => `${mac} ${key}`)).toSorted();

/** Padlocks without a key, and with nothing waiting. */
export async function keyless(stand: Stand, many: number): Promise<TestLock[]> {
	const locks = await stand.padlocks(many);
	await stand.data('keys/', { revoke: [{ macs: locks.map(({ mac }) => mac) }] });
	for (const lock of locks) await stand.open(lock);
	return locks;
}

/** As `keyless`, and then with these keys, which no lock knows yet. */
async function issued(stand: Stand, many: number, tracking_keys: readonly string[]) {
	const locks = await keyless(stand, many);
	const macs = locks.map(({ mac }) => mac);
	const given = await ask(stand, { issue: [{ macs, tracking_keys }] });
	return { locks, macs, given };
}

const ALL = ['bob', 'linda'];

export const KEYS_CASES: readonly Case[] = [
	{
		name: 'keys/example-issue',
		rule: 'text, POST /keys/: issue example; treatment 4: full envelope',
		run: async (stand) => {
			const { macs, given } = await issued(stand, 3, ALL);
			same(names(given), pairs(macs, ALL), 'every lock for every tracking key');
		}
	},
	{
		name: 'keys/real',
		rule: 'treatments 12 and 13: 32 and 40 hex characters, of each lock and tracking key its own',
		run: async (stand) => {
			const { given } = await issued(stand, 3, ALL);
			const all = given.flatMap(({ keys }) => keys);
			same(new Set(all.map(({ offline_key }) => offline_key)).size, 6, 'different offline keys');
		}
	},
	{
		name: 'keys/issue-object',
		rule: 'treatment 17: an object for an array of one, and several elements',
		run: async (stand) => {
			const [a, b] = (await keyless(stand, 2)).map(({ mac }) => mac) as [string, string];
			const one = await ask(stand, { issue: { macs: [a], tracking_keys: ['bob'] } });
			same(names(one), pairs([a], ['bob']), 'the keys of an object');
			const issue = [
				{ macs: [a], tracking_keys: ['linda'] },
				{ macs: [b], tracking_keys: ['steve'] }
			];
			same(names(await ask(stand, { issue })), [`${a} linda`, `${b} steve`].toSorted(), 'the keys');
		}
	},
	{
		name: 'keys/example-display-all',
		rule: 'text, POST /keys/: display example with an empty body is every key',
		run: async (stand) => {
			const { macs, given } = await issued(stand, 3, ALL);
			for (const body of [{}, undefined, { display: {} }])
				same(names(await ask(stand, body)), pairs(macs, ALL), 'every key of the company');
			const shown = await ask(stand, {});
			const sorted = (locks: KeysOfLock[]) =>
				locks.flatMap(({ keys }) => keys.map(({ offline_key }) => offline_key)).toSorted();
			same(sorted(shown), sorted(given), 'offline keys as they were issued');
		}
	},
	{
		name: 'keys/example-display-mac',
		rule: 'text, POST /keys/: display example, limit by mac',
		run: async (stand) => {
			const { macs } = await issued(stand, 2, ALL);
			const display = { macs: [macs[0]!.toLowerCase()] };
			same(names(await ask(stand, { display })), pairs([macs[0]!], ALL), 'the keys');
			same(names(await ask(stand, { display: [display] })), pairs([macs[0]!], ALL), 'by an array');
		}
	},
	{
		name: 'keys/example-display-tracking-key',
		rule: 'text, POST /keys/: display example, limit by tracking key',
		run: async (stand) => {
			const { macs } = await issued(stand, 2, ALL);
			const display = { tracking_keys: ['bob'] };
			same(names(await ask(stand, { display })), pairs(macs, ['bob']), 'the keys');
		}
	},
	{
		name: 'keys/display-both',
		rule: '6.2: both filters given, only keys that fit both',
		run: async (stand) => {
			const { macs } = await issued(stand, 2, ALL);
			const display = { macs: [macs[1]!], tracking_keys: ['linda', 'nobody'] };
			same(names(await ask(stand, { display })), pairs([macs[1]!], ['linda']), 'the keys');
		}
	},
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
			same((await stand.openOffline(lock, key)).opened, false, 'opens before the unlock');
			await stand.open(lock);
			same((await stand.openOffline(lock, key)).opened, true, 'opens after the unlock');
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
			same((await stand.openOffline(lock, bob)).opened, true, 'opens before the unlock');
			await stand.open(lock);
			same((await stand.openOffline(lock, bob)).opened, false, 'opens after the unlock');
			same((await stand.openOffline(lock, linda)).opened, true, 'the other key still opens');
		}
	},
	{
		name: 'keys/another-lock',
		rule: 'treatment 13: real keys are per lock',
		run: async (stand) => {
			const { locks, given } = await issued(stand, 2, ['bob']);
			for (const lock of locks) await stand.open(lock);
			const other = given.find(({ mac }) => mac === locks[1]!.mac)!.keys[0]!;
			same((await stand.openOffline(locks[0]!, other)).opened, false, 'opens another lock');
			same((await stand.openOffline(locks[1]!, other)).opened, true, 'opens its own');
		}
	},
	{
		name: 'keys/activity',
		rule: 'text, POST /activity/: the tracking key of an offline unlock',
		run: async (stand) => {
			const who = `offline-${Date.now()}`;
			const { locks, given } = await issued(stand, 1, [who]);
			await stand.open(locks[0]!);
			const { session, server } = await stand.openOffline(locks[0]!, given[0]!.keys[0]!);
			await stand.upload(locks[0]!.mac, session, server);
			const { activity } = await stand.data('activity/', { tracking_keys: [who] });
			same(activity.map(({ action }: { action: string }) => action), ['unlocked'], 'its activity');
		}
	},
	{
		name: 'keys/hundred',
		rule: '6.3: 100 keys a lock; one more is refused and nothing is done',
		run: async (stand) => {
			const many = Array.from({ length: 100 }, (_, i) => `k${i}`);
			const { macs } = await issued(stand, 1, many.slice(0, 98));
			const more = (tracking_keys: string[]) => ({ issue: [{ macs, tracking_keys }] });
			refused(await stand.ask('keys/', more(['a', 'b', 'c'])), 'keys', 3);
			same((await ask(stand, {})).flatMap(({ keys }) => keys).length, 98, 'keys afterwards');
			await ask(stand, more(many.slice(98)));
			refused(await stand.ask('keys/', more(['a'])), 'keys', 3);
			same(names(await ask(stand, {})), pairs(macs, many), 'every key');
			await keyless(stand, 1);
		}
	},
	{
		name: 'keys/flags',
		rule: 'text, POST /lock/: flags tell what needs to be synced; treatment 10: none or a list',
		run: async (stand) => {
			const flags = async () =>
				(await stand.data('lock/', { macs: [stand.mac()] })).locks[0].flags as unknown;
			const [lock] = (await keyless(stand, 1)) as [TestLock];
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
	},
	...badInputs('keys', 'treatments 8 and 17', {
		'issue without keys': (stand) => ({ issue: [{ macs: [stand.mac()] }] }),
		'issue without locks': () => ({ issue: [{ tracking_keys: ['bob'] }] }),
		'two octets': () => ({ issue: [{ macs: ['XX:XX'], tracking_keys: ['bob'] }] }),
		'text for locks': () => ({ issue: [{ macs: absentMac(), tracking_keys: ['bob'] }] }),
		'text for issue': () => ({ issue: 'bob' }),
		'number for a key': (stand) => ({ issue: [{ macs: [stand.mac()], tracking_keys: [1] }] }),
		'revoke of nothing': () => ({ revoke: [{}] })
	})
];

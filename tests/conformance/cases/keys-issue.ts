import type { Case } from '../case.ts';
import { refused } from '../envelope.ts';
import { same } from '../shape.ts';
import { absentMac } from '../stand.ts';
import { badInputs } from './refusals.ts';
import type { KeysOfLock } from './held-keys.ts';
import { ask, names, pairs, keyless, issued, ALL } from './held-keys.ts';

export const KEYS_ISSUE_CASES: readonly Case[] = [
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
		name: 'keys/hundred',
		rule: '6.3: 100 keys a lock; one more is refused and nothing is done',
		run: async (stand) => {
			const many = Array.from({ length: 100 }, (_, i) => `k${i}`);
			const { macs, locks } = await issued(stand, 1, many.slice(0, 98));
			const more = (tracking_keys: string[]) => ({ issue: [{ macs, tracking_keys }] });
			refused(await stand.ask('keys/', more(['a', 'b', 'c'])), 'keys', 3);
			same((await ask(stand, {})).flatMap(({ keys }) => keys).length, 98, 'keys afterwards');
			await ask(stand, more(many.slice(98)));
			refused(await stand.ask('keys/', more(['a'])), 'keys', 3);
			same(names(await ask(stand, {})), pairs(macs, many), 'every key');
			const [{ keys }] = (await ask(stand, {})) as [KeysOfLock];
			await stand.open(locks[0]!);
			for (const key of [keys[0]!, keys[99]!])
				same(stand.openOffline(locks[0]!, key).opened, true, 'opens after one online unlock');
			await keyless(stand, 1);
		}
	},
	{
		name: 'keys/hundred-at-once',
		rule: '6.3: 100 keys a lock, also when many calls want the last ones at the same time',
		run: async (stand) => {
			const { macs } = await issued(stand, 1, ['first']);
			const asked = Array.from({ length: 12 }, (_, i) => {
				const tracking_keys = Array.from({ length: 12 }, (__, j) => `k${i}-${j}`);
				return stand.ask('keys/', { issue: [{ macs, tracking_keys }] });
			});
			const done = (await Promise.all(asked)).filter(({ body }) => body.error_code === 0);
			same(done.length, 8, 'calls of twelve keys that succeeded');
			const all = (await ask(stand, {})).flatMap(({ keys }) => keys);
			same(all.length, 97, 'keys afterwards');
			await keyless(stand, 1);
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

import type { Case } from '../case.ts';
import { refused } from '../envelope.ts';
import { each, fits, holds, same } from '../shape.ts';
import { absentMac, newSession } from '../stand.ts';
import { askFobs, credentials, emptyFob, emptyFobs, FOB_DATA, grant, lines } from './fob-locks.ts';
import { keyless } from './held-keys.ts';
import { badInputs, foreignAsAbsent, withoutMac } from './refusals.ts';

export const FOBS_ISSUE_CASES: readonly Case[] = [
	{
		name: 'fobs/issue/example',
		rule: 'text, POST /fobs/issue/: example with two locks; treatments 6 and 7: [] and a list',
		run: async (stand) => {
			const [x, y] = stand.macs(2);
			const fob = await emptyFob(stand);
			const locks = [
				{ mac: x, tracking_key: 'BobFob' },
				{ mac: y, tracking_key: 'JaneChain' }
			];
			const data = await askFobs(stand, 'fobs/issue', { fob_mac: fob.mac, locks });
			same(
				data.map((one) => one.fob),
				[fob.mac],
				'the fobs of the answer'
			);
			same(
				lines(data[0]!.locks),
				[`${x} BobFob pending`, `${y} JaneChain pending`].toSorted(),
				'credentials'
			);
		}
	},
	{
		name: 'fobs/issue/keys-of-their-own',
		rule: 'text, fobs: the same set of available keys, though not the same individual keys',
		run: async (stand) => {
			const [lock] = await keyless(stand, 1);
			const [a, b] = await emptyFobs(stand, 2);
			const issue = [{ macs: [lock!.mac], tracking_keys: ['BobFob'] }];
			const { locks } = await stand.data('keys/', { issue });
			const given = [locks[0].keys[0].offline_key as string];
			for (const fob of [a!, b!])
				given.push((await grant(stand, fob, [lock!]))[0]!.locks[0]!.offline_key);
			same(new Set(given).size, 3, 'different keys for a phone and two fobs');
		}
	},
	{
		name: 'fobs/issue/again',
		rule: 'text, POST /fobs/issue/: locks to create or update',
		run: async (stand) => {
			const fob = await emptyFob(stand);
			const lock = { mac: stand.mac() };
			await grant(stand, fob, [lock], 'BobFob');
			await grant(stand, fob, [lock], 'AnnFob');
			same(lines(await credentials(stand, fob)), [`${lock.mac} AnnFob pending`], 'credentials');
		}
	},
	{
		name: 'fobs/issue/mixed',
		rule: 'text, error_details: some locks fail while others succeed',
		run: async (stand) => {
			const fob = await emptyFob(stand);
			const [good, bad] = [stand.mac(), absentMac()];
			const locks = [bad, good].map((mac) => ({ mac, tracking_key: 'BobFob' }));
			const { body } = await stand.ask('fobs/issue/', { fob_mac: fob.mac, locks });
			same(body.result, 'success', 'result');
			fits(body.error_details, each({ check: () => null }, 1), 'error_details');
			same(JSON.stringify(body.error_details).includes(bad), true, 'error_details name the lock');
			fits(body.data, FOB_DATA, 'data');
			same(lines(await credentials(stand, fob)), [`${good} BobFob pending`], 'credentials');
		}
	},
	{
		name: 'fobs/issue/foreign-lock',
		rule: 'error codes 6 and 7: a lock of another company is refused as an absent one is',
		run: async (stand) => {
			const fob = await emptyFob(stand);
			const texts: string[] = [];
			for (const mac of [stand.foreignLock(), absentMac()]) {
				const locks = [{ mac, tracking_key: 'BobFob' }];
				const { body, text } = await stand.ask('fobs/issue/', { fob_mac: fob.mac, locks });
				holds(
					body.result === 'failure' || body.error_details?.length > 0,
					'expected a failure or error_details'
				);
				texts.push(withoutMac(text, mac));
			}
			same(texts[0], texts[1], 'the answer about a foreign lock');
			same(await credentials(stand, fob), [], 'credentials');
		}
	},
	{
		name: 'fobs/hundred',
		rule: 'text, fobs: the combined total number of offline keys and fob keys is 100',
		run: async (stand) => {
			const [a, b] = await emptyFobs(stand, 2);
			const [lock] = await keyless(stand, 1);
			const tracking_keys = Array.from({ length: 99 }, (_, i) => `k${i}`);
			await stand.data('keys/', { issue: [{ macs: [lock!.mac], tracking_keys }] });
			await grant(stand, a!, [lock!]);
			const locks = [{ mac: lock!.mac, tracking_key: 'AnnFob' }];
			const { body } = await stand.ask('fobs/issue/', { fob_mac: b!.mac, locks });
			holds(
				body.result === 'failure' || body.error_details?.length > 0,
				'the 101st: expected a failure or error_details'
			);
			same(await credentials(stand, b!), [], 'credentials of the second fob');
			const issue = [{ macs: [lock!.mac], tracking_keys: ['one more'] }];
			refused(await stand.ask('keys/', { issue }), 'keys', 3);
			await emptyFobs(stand, 2);
			await keyless(stand, 1);
		}
	},
	{
		name: 'fobs/absent-or-foreign',
		rule: 'error code 7: a fob of another company is answered as an absent one',
		run: async (stand) => {
			const lock = stand.mac();
			const of = 'fob';
			const locks = [{ mac: lock, tracking_key: 'BobFob' }];
			await foreignAsAbsent(stand, 'fobs/issue', (fob_mac) => ({ fob_mac, locks }), { of });
			const lock_macs = [lock];
			await foreignAsAbsent(stand, 'fobs/revoke', (fob_mac) => ({ fob_mac, lock_macs }), { of });
			const session = newSession();
			await foreignAsAbsent(stand, 'fobs/sync', (mac) => ({ mac, session }), { of });
		}
	},
	...badInputs('fobs/issue', 'treatment 8 and the types of the table', {
		'no fob': (stand) => ({ locks: [{ mac: stand.mac(), tracking_key: 'a' }] }),
		'no locks': (stand) => ({ fob_mac: stand.fobs(1)[0]!.mac }),
		'five octets': () => ({ fob_mac: 'ZZ:ZZ:XX:XX:XX', locks: [] }),
		'text for locks': (stand) => ({ fob_mac: stand.fobs(1)[0]!.mac, locks: stand.mac() })
	})
];

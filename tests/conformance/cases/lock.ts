import type { Case } from '../case.ts';
import { succeeded } from '../envelope.ts';
import { same } from '../shape.ts';
import { absentMac } from '../stand.ts';
import { badInputs, withoutMac } from './refusals.ts';
import type { Shown } from './locks-shown.ts';
import { ANSWER, shown, macsFor } from './locks-shown.ts';

export const LOCK_CASES: readonly Case[] = [
	{
		name: 'lock/one',
		rule: 'text, POST /lock/: example with one MAC, every field of the answer',
		run: async (stand) => {
			const mac = stand.mac();
			const answer = await stand.ask('lock/', { macs: [mac] });
			succeeded(answer, ANSWER);
			same(
				answer.body.data.locks.map((lock: Shown) => lock.mac),
				[mac],
				'the locks'
			);
		}
	},
	{
		name: 'lock/two',
		rule: 'text, POST /lock/: example with two MACs',
		run: async (stand) => {
			const macs = stand.macs(2);
			const answer = await stand.ask('lock/', { macs });
			succeeded(answer, ANSWER);
			same(await macsFor(stand, { macs }), macs.toSorted(), 'the locks');
		}
	},
	{
		name: 'lock/all',
		rule: 'text, POST /lock/: example with an empty body; treatment 9: {} is every lock',
		run: async (stand) => {
			const answer = await stand.ask('lock/', {});
			succeeded(answer, ANSWER);
			const all = answer.body.data.locks.map(({ mac }: Shown) => mac);
			for (const mac of [...stand.macs(3), stand.other().mac])
				same(
					all.filter((one: string) => one === mac),
					[mac],
					'one lock among all'
				);
			same(await macsFor(stand, undefined), all.toSorted(), 'all locks, asked without a body');
		}
	},
	{
		name: 'lock/by-serial',
		rule: 'text, POST /lock/: also by serial number',
		run: async (stand) => {
			const mac = stand.mac();
			const { serial } = await shown(stand, mac);
			same(await macsFor(stand, { serials: [serial] }), [mac], 'the locks with this serial');
			same(await macsFor(stand, { serials: ['no such serial'] }), [], 'the locks with no serial');
		}
	},
	{
		name: 'lock/either',
		rule: 'text, POST /lock/: locks that fit either array are returned, each once',
		run: async (stand) => {
			const [a, b] = stand.macs(2) as [string, string];
			const serials = [(await shown(stand, a)).serial];
			same(await macsFor(stand, { macs: [b], serials }), [a, b].toSorted(), 'the locks');
			same(await macsFor(stand, { macs: [a, a], serials }), [a], 'the lock that fits both');
		}
	},
	{
		name: 'lock/case',
		rule: 'treatment 8: MACs are compared without regard to case',
		run: async (stand) => {
			const mac = stand.mac();
			same(await macsFor(stand, { macs: [mac.toLowerCase()] }), [mac], 'the locks');
		}
	},
	{
		name: 'lock/foreign',
		rule: 'error codes 6 and 7: a lock of another company is shown no more than an absent one',
		run: async (stand) => {
			const texts: string[] = [];
			for (const mac of [stand.foreignLock(), absentMac()]) {
				const answer = await stand.ask('lock/', { macs: [mac] });
				succeeded(answer, { request: 'lock', data: { locks: [] } });
				texts.push(withoutMac(answer.text, mac));
			}
			same(texts[0], texts[1], 'the answer about a foreign lock');
			const all = await macsFor(stand, {});
			same(all.includes(stand.foreignLock()), false, 'a foreign lock among all');
		}
	},
	...badInputs('lock', 'treatment 8 and the types of the table', {
		'five octets': () => ({ macs: ['F1:E2:D3:C4:B5'] }),
		'no colons': () => ({ macs: ['F1E2D3C4B5A6'] }),
		'no hex': () => ({ macs: ['XX:XX:XX:XX:XX:XX'] }),
		'text for a list': () => ({ macs: 'F1:E2:D3:C4:B5:A6' }),
		'number for a mac': () => ({ macs: [1] }),
		'number for a serial': () => ({ serials: [1] })
	})
];

import type { Case } from '../case.ts';
import { succeeded } from '../envelope.ts';
import { fits, holds, same } from '../shape.ts';
import { absentMac } from '../stand.ts';
import {
	change,
	codeless,
	codelessLock,
	codesAt,
	displayed,
	SHOWN_DATA,
	holding,
	names,
	type CodesOfLock
} from './codes.ts';
import { badInputs, withoutMac } from './refusals.ts';

export const QC_DISPLAY_CASES: readonly Case[] = [
	{
		name: 'qc/display/example',
		rule: 'text, POST /qc/display/: example with two MACs, every field of the answer',
		run: async (stand) => {
			const [a, b] = await codeless(stand, 2);
			await change(stand, 'issue', a!.mac, [{ code: '101', uses: 255 }]);
			await change(stand, 'issue', b!.mac, [{ code: '010', uses: 10 }]);
			const shown = await displayed(stand, [a!.mac.toLowerCase(), b!.mac]);
			const lines = shown.map(({ mac, quick_clicks }) => `${mac} ${names(quick_clicks).join()}`);
			same(lines.toSorted(), [`${a!.mac} 101`, `${b!.mac} 010`].toSorted(), 'locks and codes');
		}
	},
	{
		name: 'qc/display/all',
		rule: 'text, POST /qc/display/: without macs all quick clicks for all locks',
		run: async (stand) => {
			const [a, b] = await codeless(stand, 2);
			for (const { mac } of [a!, b!]) await change(stand, 'issue', mac, ['101']);
			const named = (shown: CodesOfLock[]) =>
				shown
					.filter((one) => one.quick_clicks.length > 0)
					.map(({ mac }) => mac)
					.toSorted();
			const both = [a!.mac, b!.mac].toSorted();
			same(named(await displayed(stand)), both, 'locks with codes');
			const answer = await stand.ask('qc/display/');
			same(named(answer.body.data), both, 'locks with codes, asked without a body');
			same(named(await displayed(stand, [])), both, 'locks with codes, with an empty list');
			same(named(await displayed(stand, [a!.mac])), [a!.mac], 'locks with codes, of one');
		}
	},
	{
		name: 'qc/display/pending',
		rule: 'text, quick clicks: synced with a lock when an online unlock is requested; 6.3: proven',
		run: async (stand) => {
			const lock = await codelessLock(stand);
			await change(stand, 'issue', lock.mac, [{ code: '101', uses: 9 }]);
			const shown = { code: '101', revoked: false, uses: 9, start_uses: 9 };
			fits(await codesAt(stand, lock.mac), [{ ...shown, pending: true }]);
			await stand.open(lock, { upload: false });
			fits(await codesAt(stand, lock.mac), [{ ...shown, pending: true }]);
			await stand.open(lock);
			fits(await codesAt(stand, lock.mac), [{ ...shown, pending: false }]);
		}
	},
	{
		name: 'qc/display/uses-left',
		rule: 'text, quick clicks: a limited use count; uses is what remains, start_uses what was set',
		run: async (stand) => {
			const lock = await holding(stand, '10100', 2);
			const uses = async () =>
				(await codesAt(stand, lock.mac)).map((one) => [one.uses, one.start_uses]);
			same(await uses(), [[2, 2]], 'uses and start_uses before the first');
			for (const left of [1, 0]) {
				same(lock.enter('10100'), true, 'the code opens the lock');
				await stand.open(lock);
				same(await uses(), [[left, 2]], 'uses and start_uses');
			}
			same(lock.enter('10100'), false, 'the used-up code opens the lock');
		}
	},
	{
		name: 'qc/display/unlimited',
		rule: 'text, quick clicks: 255 uses are unlimited; activity unlocked_via_quick_click',
		run: async (stand) => {
			const lock = await holding(stand, '110', 255);
			for (let i = 0; i < 2; i++) same(lock.enter('110'), true, 'the code opens the lock');
			same(lock.enter('111'), false, 'another code opens the lock');
			await stand.open(lock);
			same(
				(await codesAt(stand, lock.mac)).map(({ uses }) => uses),
				[255],
				'uses'
			);
			const filter = { lock_macs: [lock.mac], actions: ['unlocked_via_quick_click'] };
			const { activity } = await stand.data('activity/', filter);
			holds(activity.length >= 2, `expected two openings by quick click, came ${activity.length}`);
		}
	},
	{
		name: 'qc/display/versions',
		rule: 'text, API versions: the version of this response is the one that was asked for',
		run: async (stand) => {
			for (const version of ['0.1.0', '1.0.0']) {
				const answer = await stand.ask('qc/display/', { api_version: version });
				succeeded(answer, { request: 'qc/display', details: 'null', data: SHOWN_DATA, version });
			}
			const { body } = await stand.ask('qc/display/', { api_version: '0.0.0' });
			same([body.result, body.api_version?.response], ['success', '0.0.0'], 'answer at 0.0.0');
			same('error_details' in body, false, 'a member error_details at 0.0.0');
		}
	},
	{
		name: 'qc/display/foreign',
		rule: 'error codes 6 and 7: a lock of another company tells no more than an absent one',
		run: async (stand) => {
			const texts: string[] = [];
			for (const mac of [stand.foreignLock(), absentMac()]) {
				const { body, text } = await stand.ask('qc/display/', { macs: [mac] });
				const data = (body.data ?? []) as CodesOfLock[];
				same(
					data.flatMap(({ quick_clicks }) => quick_clicks),
					[],
					'codes of a foreign lock'
				);
				texts.push(withoutMac(text, mac));
			}
			same(texts[0], texts[1], 'the answer about a foreign lock');
			same(
				(await displayed(stand)).some(({ mac }) => mac === stand.foreignLock()),
				false,
				'a foreign lock among all'
			);
		}
	},
	...badInputs('qc/display', 'the types of the table', {
		'text for locks': () => ({ macs: 'all' }),
		'five octets': () => ({ macs: ['YY:YY:YY:YY:YY'] }),
		'number for a version': () => ({ api_version: 1 })
	})
];

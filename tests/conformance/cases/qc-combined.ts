import type { Case } from '../case.ts';
import { succeeded } from '../envelope.ts';
import { fits, holds, same } from '../shape.ts';
import { absentMac, type Stand } from '../stand.ts';
import {
	change,
	codeless,
	codelessLock,
	codesAt,
	codesOf,
	DETAILS,
	SHOWN_DATA,
	holding,
	names,
	type CodesOfLock,
	type ErrorDetail
} from './codes.ts';
import { withoutMac } from './refusals.ts';

/** The answer of the deprecated call, in a version that has details. */
async function combined(stand: Stand, body: object) {
	const answer = await stand.ask('qc/', { ...body, api_version: '1.0.0' });
	same(answer.body?.result, 'success', 'result');
	fits(answer.body.data, SHOWN_DATA, 'data');
	same(answer.body.request, 'qc/display', 'request');
	return answer.body as { data: CodesOfLock[]; error_details: ErrorDetail[] | null };
}

export const QC_COMBINED_CASES: readonly Case[] = [
	{
		name: 'qc/example',
		rule: 'text, POST /qc/ (deprecated): issue, revoke and display in one; treatments 3, 18, 31',
		run: async (stand) => {
			const lock = await holding(stand, '101');
			const [, other] = await stand.padlocks(2);
			const body = {
				issue: [codesOf(lock.mac, [{ code: '010', uses: 10 }])],
				revoke: [{ mac: lock.mac, quick_clicks: [{ code: '101' }] }],
				display: { macs: [lock.mac, other!.mac] }
			};
			const answer = await stand.ask('qc/', body);
			succeeded(answer, { request: 'qc/display', details: 'null', data: SHOWN_DATA });
			const shown = (answer.body.data as CodesOfLock[]).filter(({ mac }) => mac === lock.mac);
			same(
				shown
					.flatMap(({ quick_clicks }) => quick_clicks)
					.map((one) => [one.code, one.revoked])
					.toSorted(),
				[
					['010', false],
					['101', true]
				],
				'codes of the lock'
			);
		}
	},
	{
		name: 'qc/always-a-display',
		rule: 'text, POST /qc/ (deprecated): without macs it displays all quick clicks for all locks',
		run: async (stand) => {
			const [a, b] = await codeless(stand, 2);
			await change(stand, 'issue', b!.mac, ['111']);
			const { data } = await combined(stand, { issue: [codesOf(a!.mac, ['000'])] });
			const macs = data.filter(({ quick_clicks }) => quick_clicks.length > 0).map(({ mac }) => mac);
			same(macs.toSorted(), [a!.mac, b!.mac].toSorted(), 'locks with codes');
			const { data: again } = await combined(stand, {});
			same(again, data, 'a call without members');
		}
	},
	{
		name: 'qc/failures',
		rule: 'text, POST /qc/ (deprecated): error_details still contains details about failures',
		run: async (stand) => {
			const { mac } = await codelessLock(stand);
			const { error_details } = await combined(stand, {
				issue: [codesOf(mac, ['10', '101'])],
				revoke: [{ mac, quick_clicks: [{ code: '0101' }] }]
			});
			fits(error_details, DETAILS, 'error_details');
			const failed = error_details!.map(({ code, action }) => `${action} ${code}`).toSorted();
			same(failed, ['issue 10', 'revoke 0101'], 'what failed');
			same(names(await codesAt(stand, mac)), ['101'], 'codes of the lock');
		}
	},
	{
		name: 'qc/foreign',
		rule: 'error codes 6 and 7: nothing is issued to a lock of another company, as to an absent one',
		run: async (stand) => {
			const texts: string[] = [];
			for (const mac of [stand.foreignLock(), absentMac()]) {
				const body = { issue: [codesOf(mac, ['10101'])], api_version: '1.0.0' };
				const { body: said, text } = await stand.ask('qc/', body);
				holds(
					said.result === 'failure' || said.error_details?.length > 0,
					'expected a failure or error_details'
				);
				texts.push(withoutMac(text, mac));
			}
			same(texts[0], texts[1], 'the answer about a foreign lock');
		}
	}
];

import type { Case } from '../case.ts';
import { refused, succeeded } from '../envelope.ts';
import { fits, same } from '../shape.ts';
import {
	change,
	CHANGED_DATA,
	codelessLock,
	codesAt,
	codesOf,
	DETAILS,
	holding,
	names,
	type CodesOfLock,
	type ErrorDetail
} from './codes.ts';
import { badInputs, foreignAsAbsent } from './refusals.ts';

export const QC_REVOKE_CASES: readonly Case[] = [
	{
		name: 'qc/revoke/example',
		rule: 'text, POST /qc/revoke/: as issue without uses; treatment 3: request is qc/revoke',
		run: async (stand) => {
			const lock = await holding(stand, '10100');
			const body = { mac: lock.mac, quick_clicks: [{ code: '10100' }] };
			const answer = await stand.ask('qc/revoke/', body);
			succeeded(answer, { request: 'qc/revoke', details: 'null', data: CHANGED_DATA });
			const [shown] = answer.body.data as CodesOfLock[];
			same([shown?.mac, names(shown?.quick_clicks ?? [])], [lock.mac, ['10100']], 'successes');
			same(shown!.quick_clicks[0]!.revoked, true, 'revoked');
		}
	},
	{
		name: 'qc/revoke/waits-for-the-lock',
		rule: 'text, quick clicks: only removed from a lock via an online unlock',
		run: async (stand) => {
			const lock = await holding(stand, '10100');
			await change(stand, 'revoke', lock.mac, ['10100']);
			same(
				(await codesAt(stand, lock.mac)).map(({ revoked }) => revoked),
				[true],
				'revoked'
			);
			same(lock.enter('10100'), true, 'the code opens before the unlock');
			await stand.open(lock, { upload: false });
			same(lock.enter('10100'), false, 'the code opens after the unlock');
			same((await codesAt(stand, lock.mac)).length, 1, 'codes before the lock was heard');
			await stand.open(lock);
			same(await codesAt(stand, lock.mac), [], 'codes after the lock was heard');
		}
	},
	{
		name: 'qc/revoke/reused-too-soon',
		rule: 'text, quick clicks: codes can only be reused once they have been removed from a lock',
		run: async (stand) => {
			const lock = await holding(stand, '10100');
			await change(stand, 'revoke', lock.mac, ['10100']);
			const again = codesOf(lock.mac, ['10100']);
			refused(await stand.ask('qc/issue/', again), 'qc/issue', 3);
			const detailed = await stand.ask('qc/issue/', { ...again, api_version: '1.0.0' });
			fits(detailed.body.error_details, DETAILS, 'error_details');
			await stand.open(lock);
			await change(stand, 'issue', lock.mac, ['10100']);
			fits(await codesAt(stand, lock.mac), [
				{ code: '10100', pending: true, revoked: false, uses: 255, start_uses: 255 }
			]);
		}
	},
	{
		name: 'qc/revoke/mixed',
		rule: 'text, error_details: the attempted action; some fail while others succeed',
		run: async (stand) => {
			const { mac } = await holding(stand, '10100');
			const body = { ...codesOf(mac, ['10100', '0101']), api_version: '1.0.0' };
			const answer = await stand.ask('qc/revoke/', body);
			succeeded(answer, {
				request: 'qc/revoke',
				details: 'null',
				errors: DETAILS,
				data: CHANGED_DATA,
				version: '1.0.0'
			});
			const failed = (answer.body.error_details as ErrorDetail[]).map((one) => [
				one.mac,
				one.code,
				one.action
			]);
			same(failed, [[mac, '0101', 'revoke']], 'error_details');
			same(names(answer.body.data[0].quick_clicks), ['10100'], 'successes');
		}
	},
	{
		name: 'qc/revoke/all-failed',
		rule: 'treatment 27: at 0.1.0 failure with error 3 if no code worked',
		run: async (stand) => {
			const { mac } = await codelessLock(stand);
			refused(await stand.ask('qc/revoke/', codesOf(mac, ['0101'])), 'qc/revoke', 3);
		}
	},
	{
		name: 'qc/revoke/absent-or-foreign',
		rule: 'error code 7: lock not found, the same for a lock of another company',
		run: (stand) => foreignAsAbsent(stand, 'qc/revoke', (mac) => codesOf(mac, ['10100']))
	},
	...badInputs('qc/revoke', 'the types of the table', {
		'no mac': () => ({ quick_clicks: [{ code: '10100' }] }),
		'no codes': (stand) => ({ mac: stand.mac() }),
		'text for codes': (stand) => ({ mac: stand.mac(), quick_clicks: '10100' })
	})
];

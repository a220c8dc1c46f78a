import type { Case } from '../case.ts';
import { refused, succeeded } from '../envelope.ts';
import { fits, holds, same } from '../shape.ts';
import { absentMac, type Stand } from '../stand.ts';
import {
	change,
	CHANGED_DATA,
	codeless,
	codelessLock,
	codesAt,
	codesOf,
	DETAILS,
	displayed,
	SHOWN_DATA,
	type Code,
	type CodesOfLock,
	type ErrorDetail
} from './codes.ts';
import { badInputs, foreignAsAbsent, withoutMac } from './refusals.ts';

const names = (codes: readonly Code[]) => codes.map(({ code }) => code).toSorted();

/** A code that the lock holds, and that is known to be there. */
async function onLock(stand: Stand, code: string, uses = 255) {
	const lock = await codelessLock(stand);
	await change(stand, 'issue', lock.mac, [{ code, uses }]);
	await stand.open(lock);
	return lock;
}

/** The answer of the deprecated call, in a version that has details. */
async function combined(stand: Stand, body: object) {
	const answer = await stand.ask('qc/', { ...body, api_version: '1.0.0' });
	same(answer.body?.result, 'success', 'result');
	fits(answer.body.data, SHOWN_DATA, 'data');
	same(answer.body.request, 'qc/display', 'request');
	return answer.body as { data: CodesOfLock[]; error_details: ErrorDetail[] | null };
}

export const QC_CASES: readonly Case[] = [
	{
		name: 'qc/revoke/example',
		rule: 'text, POST /qc/revoke/: as issue without uses; treatment 3: request is qc/revoke',
		run: async (stand) => {
			const lock = await onLock(stand, '10100');
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
			const lock = await onLock(stand, '10100');
			await change(stand, 'revoke', lock.mac, ['10100']);
			same((await codesAt(stand, lock.mac)).map(({ revoked }) => revoked), [true], 'revoked');
			await stand.open(lock, { upload: false });
			same((await codesAt(stand, lock.mac)).length, 1, 'codes before the lock was heard');
			await stand.open(lock);
			same(await codesAt(stand, lock.mac), [], 'codes after the lock was heard');
		}
	},
	{
		name: 'qc/revoke/reused-too-soon',
		rule: 'text, quick clicks: codes can only be reused once they have been removed from a lock',
		run: async (stand) => {
			const lock = await onLock(stand, '10100');
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
			const { mac } = await onLock(stand, '10100');
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
	}),
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
				shown.filter((one) => one.quick_clicks.length > 0).map(({ mac }) => mac).toSorted();
			const both = [a!.mac, b!.mac].toSorted();
			same(named(await displayed(stand)), both, 'locks with codes');
			const answer = await stand.ask('qc/display/');
			same(named(answer.body.data), both, 'locks with codes, asked without a body');
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
				same(data.flatMap(({ quick_clicks }) => quick_clicks), [], 'codes of a foreign lock');
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
	}),
	{
		name: 'qc/example',
		rule: 'text, POST /qc/ (deprecated): issue, revoke and display in one; treatments 3, 18, 31',
		run: async (stand) => {
			const lock = await onLock(stand, '101');
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
				shown.flatMap(({ quick_clicks }) => quick_clicks).map((one) => [one.code, one.revoked]).toSorted(),
				[['010', false], ['101', true]],
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

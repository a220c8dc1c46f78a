import type { Case } from '../case.ts';
import { refused, succeeded } from '../envelope.ts';
import { fits, holds, same } from '../shape.ts';
import type { Stand } from '../stand.ts';
import {
	change,
	CHANGED_DATA,
	codelessLock,
	codesAt,
	codesOf,
	DETAILS,
	type Code,
	type ErrorDetail
} from './codes.ts';
import { badInputs, foreignAsAbsent } from './refusals.ts';

const brief = (codes: readonly Code[]) => codes.map(({ code, uses }) => `${code} ${uses}`);

/** In the example's words. */
const TOO_MANY_USES = "use count can't be greater than 255";

/** As the example of mixed success and failure, in some version. */
async function mixed(stand: Stand, api_version?: string) {
	const { mac } = await codelessLock(stand);
	const codes = [
		{ code: '10001', uses: 256 },
		{ code: '00000', uses: 30 }
	];
	const answer = await stand.ask('qc/issue/', {
		...codesOf(mac, codes),
		...(api_version === undefined ? {} : { api_version })
	});
	same(brief(await codesAt(stand, mac)), ['00000 30'], 'the codes of the lock');
	return { mac, answer };
}

export const QC_ISSUE_CASES: readonly Case[] = [
	{
		name: 'qc/issue/example',
		rule: 'text, POST /qc/issue/: example; treatment 6: error_details null; treatment 7: a list',
		run: async (stand) => {
			const { mac } = await codelessLock(stand);
			const data = await change(stand, 'issue', mac, [
				{ code: '10100', uses: 255 },
				{ code: '010', uses: 10 }
			]);
			same(
				data.map((lock) => lock.mac),
				[mac],
				'the locks of the answer'
			);
			const codes = data[0]!.quick_clicks.toSorted((a, b) => (a.code < b.code ? -1 : 1));
			fits(codes, [
				{ code: '010', pending: true, uses: 10, start_uses: 10 },
				{ code: '10100', pending: true, uses: 255, start_uses: 255 }
			]);
		}
	},
	{
		name: 'qc/issue/example-mixed',
		rule: 'text, POST /qc/issue/: mixed success and failure, version 1.0.0; treatment 16',
		run: async (stand) => {
			const { mac, answer } = await mixed(stand, '1.0.0');
			succeeded(answer, {
				request: 'qc/issue',
				details: 'null',
				errors: [{ mac, code: '10001', msg: TOO_MANY_USES, action: 'issue' }],
				data: [{ mac, quick_clicks: [{ code: '00000', pending: true, uses: 30, start_uses: 30 }] }],
				version: '1.0.0'
			});
		}
	},
	{
		name: 'qc/issue/mixed-default-version',
		rule: 'treatment 27: at 0.1.0 error_details is null and success lists the codes that worked',
		run: async (stand) => {
			for (const version of [undefined, '0.1.0']) {
				const { mac, answer } = await mixed(stand, version);
				succeeded(answer, { request: 'qc/issue', details: 'null', data: CHANGED_DATA });
				const [lock] = answer.body.data;
				same([lock?.mac, brief(lock?.quick_clicks ?? [])], [mac, ['00000 30']], 'data');
			}
		}
	},
	{
		name: 'qc/issue/all-failed',
		rule: 'treatment 27: at 0.1.0 failure with error 3 if no code worked',
		run: async (stand) => {
			const { mac } = await codelessLock(stand);
			const answer = await stand.ask('qc/issue/', codesOf(mac, [{ code: '10001', uses: 256 }]));
			refused(answer, 'qc/issue', 3);
			same(answer.body.error_details ?? null, null, 'error_details');
		}
	},
	{
		name: 'qc/issue/all-failed-with-details',
		rule: 'treatment 27: details at 1.0.0',
		run: async (stand) => {
			const { mac } = await codelessLock(stand);
			const body = { ...codesOf(mac, [{ code: '10001', uses: 256 }]), api_version: '1.0.0' };
			const answer = await stand.ask('qc/issue/', body);
			fits(answer.body.error_details, DETAILS, 'error_details');
			const { mac: at, code, action } = answer.body.error_details[0] as ErrorDetail;
			same([at, code, action], [mac, '10001', 'issue'], 'what failed');
			same(await codesAt(stand, mac), [], 'the codes of the lock');
		}
	},
	{
		name: 'qc/issue/oldest-version',
		rule: 'text, API versions: 0.1.0 added error_details and the successes; 0.0.0 has neither',
		run: async (stand) => {
			const { mac } = await codelessLock(stand);
			const body = { ...codesOf(mac, ['10100']), api_version: '0.0.0' };
			const answer = await stand.ask('qc/issue/', body);
			same(answer.body.result, 'success', 'result');
			same(answer.body.api_version?.response, '0.0.0', 'api_version.response');
			same('error_details' in answer.body, false, 'a member error_details');
			same(answer.text.includes('start_uses'), false, 'successes in data');
			same(brief(await codesAt(stand, mac)), ['10100 255'], 'the codes of the lock');
		}
	},
	{
		name: 'qc/issue/again',
		rule: 'text, POST /qc/issue/: or to update the number of times an existing code can be used',
		run: async (stand) => {
			const { mac } = await codelessLock(stand);
			await change(stand, 'issue', mac, [{ code: '10100', uses: 3 }]);
			await change(stand, 'issue', mac, [{ code: '10100', uses: 7 }]);
			fits(await codesAt(stand, mac), [
				{ code: '10100', pending: true, revoked: false, uses: 7, start_uses: 7 }
			]);
		}
	},
	{
		name: 'qc/issue/on-the-lock',
		rule: 'text, syncing: that code will not work until after the next online unlock of that lock',
		run: async (stand) => {
			const lock = await codelessLock(stand);
			await change(stand, 'issue', lock.mac, ['0110']);
			same(lock.enter('0110'), false, 'opens before the unlock');
			await stand.open(lock);
			same(lock.enter('0110'), true, 'opens after the unlock');
		}
	},
	{
		name: 'qc/issue/again-on-the-lock',
		rule: 'text, POST /qc/issue/: to update the uses of a code that the lock holds',
		run: async (stand) => {
			const lock = await codelessLock(stand);
			await change(stand, 'issue', lock.mac, [{ code: '0110', uses: 9 }]);
			await stand.open(lock);
			await change(stand, 'issue', lock.mac, [{ code: '0110', uses: 1 }]);
			same(
				(await codesAt(stand, lock.mac)).map(({ pending }) => pending),
				[true],
				'pending'
			);
			await stand.open(lock);
			fits(await codesAt(stand, lock.mac), [
				{ code: '0110', pending: false, revoked: false, uses: 1, start_uses: 1 }
			]);
			same([lock.enter('0110'), lock.enter('0110')], [true, false], 'opens once and again');
		}
	},
	{
		name: 'qc/issue/flags',
		rule: 'text, POST /lock/: flags tell what needs to be synced, quick-clicks by this name',
		run: async (stand) => {
			const lock = await codelessLock(stand);
			const flags = async () =>
				(await stand.data('lock/', { macs: [lock.mac] })).locks[0].flags as unknown;
			await change(stand, 'issue', lock.mac, ['10100']);
			const waiting = await flags();
			holds(
				Array.isArray(waiting) && waiting.includes('quick-clicks'),
				`flags: expected a list with quick-clicks, came ${JSON.stringify(waiting)}`
			);
			await stand.open(lock);
			same(await flags(), 'none', 'flags after the unlock');
		}
	},
	{
		name: 'qc/issue/absent-or-foreign',
		rule: 'error code 7: lock not found, the same for a lock of another company',
		run: (stand) => foreignAsAbsent(stand, 'qc/issue', (mac) => codesOf(mac, ['10100']))
	},
	...badInputs('qc/issue', 'the types of the table', {
		'no mac': () => ({ quick_clicks: [{ code: '10100', uses: 1 }] }),
		'no codes': (stand) => ({ mac: stand.mac() }),
		'five octets': () => codesOf('E7:29:0E:6F:79', ['10100']),
		'text for codes': (stand) => ({ mac: stand.mac(), quick_clicks: '10100' }),
		'number for a version': (stand) => ({ ...codesOf(stand.mac(), ['101']), api_version: 1 })
	})
];

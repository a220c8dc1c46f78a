import type { Case } from '../case.ts';
import { refused } from '../envelope.ts';
import { holds, same } from '../shape.ts';
import { change, codelessLock, codeNumber, codesAt, codesOf, type Code } from './codes.ts';

const brief = (codes: readonly Code[]) => codes.map(({ code, uses }) => `${code} ${uses}`);

/** A code that cannot be issued: alone it fails the call, beside a good one it is left out. */
function badCode(what: string, bad: { code: unknown; uses?: unknown }): Case {
	return {
		name: `qc/issue/bad-${what.replaceAll(' ', '-')}`,
		rule: `text, quick clicks: 3 to 24 presses of 1 and 0, 1-254 uses or 255 (${what})`,
		run: async (stand) => {
			const { mac } = await codelessLock(stand);
			refused(await stand.ask('qc/issue/', codesOf(mac, [bad])), 'qc/issue', 3);
			same(await codesAt(stand, mac), [], 'the codes of the lock');
			const mixed = codesOf(mac, [{ code: '00000', uses: 30 }, bad]);
			const answer = await stand.ask('qc/issue/', { ...mixed, api_version: '1.0.0' });
			same(answer.body?.result, 'success', 'result, beside a code that can be issued');
			same(brief(await codesAt(stand, mac)), ['00000 30'], 'the codes of the lock');
		}
	};
}

export const QC_LIMIT_CASES: readonly Case[] = [
	{
		name: 'qc/issue/uses',
		rule: 'text, quick clicks: 1-254 uses, or 255 for unlimited',
		run: async (stand) => {
			const { mac } = await codelessLock(stand);
			const codes = [1, 2, 254, 255].map((uses, i) => ({ code: codeNumber(i, 5), uses }));
			await change(stand, 'issue', mac, codes);
			same(
				(await codesAt(stand, mac)).map(({ uses, start_uses }) => [uses, start_uses]),
				codes.map(({ uses }) => [uses, uses]),
				'uses and start_uses'
			);
		}
	},
	{
		name: 'qc/issue/lengths',
		rule: 'text, quick clicks: codes of 3 to 24 characters',
		run: async (stand) => {
			const { mac } = await codelessLock(stand);
			const codes = ['000', '111', '0'.repeat(24), '01'.repeat(12)].toSorted();
			await change(stand, 'issue', mac, codes);
			same(
				(await codesAt(stand, mac)).map(({ code }) => code),
				codes,
				'the codes of the lock'
			);
		}
	},
	{
		name: 'qc/issue/hundred',
		rule: 'text, quick clicks: each lock can hold up to 100 quick click codes',
		run: async (stand) => {
			const lock = await codelessLock(stand);
			const { mac } = lock;
			const codes = Array.from({ length: 100 }, (_, i) => codeNumber(i));
			await change(stand, 'issue', mac, codes.slice(0, 60));
			await change(stand, 'issue', mac, codes.slice(60));
			refused(await stand.ask('qc/issue/', codesOf(mac, [codeNumber(100)])), 'qc/issue', 3);
			same((await codesAt(stand, mac)).length, 100, 'codes of the lock');
			await stand.open(lock);
			const waiting = (await codesAt(stand, mac)).filter(({ pending }) => pending);
			same(waiting.length, 0, 'codes that are not on the lock after one online unlock');
			same([lock.enter(codes[0]!), lock.enter(codes[99]!)], [true, true], 'first and last open');
		}
	},
	{
		name: 'qc/issue/hundred-at-once',
		rule: 'text, quick clicks: up to 100 a lock, also when many calls come at the same time',
		run: async (stand) => {
			const { mac } = await codelessLock(stand);
			const asked = Array.from({ length: 12 }, (_, i) => {
				const codes = Array.from({ length: 9 }, (__, j) => codeNumber(i * 9 + j));
				return stand.ask('qc/issue/', codesOf(mac, codes));
			});
			await Promise.all(asked);
			const { length } = await codesAt(stand, mac);
			holds(
				length === 99 || length === 100,
				`codes of the lock: expected 99 or 100, came ${length}`
			);
		}
	},
	badCode('two presses', { code: '10', uses: 1 }),
	badCode('25 presses', { code: '1'.repeat(25), uses: 1 }),
	badCode('other characters', { code: '10200', uses: 1 }),
	badCode('no uses at all', { code: '10100', uses: 0 }),
	badCode('256 uses', { code: '10100', uses: 256 }),
	badCode('uses below zero', { code: '10100', uses: -1 }),
	badCode('half a use', { code: '10100', uses: 1.5 })
];

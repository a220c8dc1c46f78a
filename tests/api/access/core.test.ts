import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ENDPOINTS, type EndpointName } from '../../../src/lib/api/core/endpoints.ts';
import { databases } from '../../setup/databases.ts';
import type { Answer } from '../app.ts';
import { CORE_ROWS, type CoreRow } from './core-rows.ts';
import { comparable, Estate } from './estate.ts';
import { MAKE } from './things.ts';

/** Who asks, with what, and whose things are theirs; null has no key that counts. */
const CALLERS = {
	'no key': null,
	'a key that is none': null,
	'signed-in owner, no key': null,
	'mobile key': { whose: 'mine', kind: 'mobile' },
	'private key': { whose: 'mine', kind: 'private' },
	"another company's mobile key": { whose: 'theirs', kind: 'mobile' },
	"another company's private key": { whose: 'theirs', kind: 'private' }
} as const;
type Name = keyof typeof CALLERS;
const NAMES = Object.keys(CALLERS) as Name[];

const ROWS = (Object.keys(CORE_ROWS) as EndpointName[]).flatMap((call) =>
	CORE_ROWS[call].map((row, i) => [`${call}${i === 0 ? '' : `, way ${i + 1}`}`, call, row] as const)
);
const PLACES = ['/core/', '/pre-release/core/'] as const;
const BAD_KEY = 2;
const NO_LOCK = 7;

describe('each key gets at its own, and to no other', () => {
	let estate: Estate;
	const props: Record<'mine' | 'theirs', Record<'FOB' | 'LOCK', string>> = {
		mine: { FOB: '', LOCK: '' },
		theirs: { FOB: '', LOCK: '' }
	};
	beforeAll(async () => {
		estate = await Estate.open(databases[0].create);
		for (const whose of ['mine', 'theirs'] as const) {
			const { companyId } = estate[whose];
			props[whose].FOB = await MAKE.fob(estate.app, companyId);
			props[whose].LOCK = await MAKE.lock(estate.app, companyId);
		}
	});
	afterAll(() => estate.close());

	function asking(name: Name, path: string, row: CoreRow, environment: 'production' | 'sandbox') {
		const caller = CALLERS[name];
		const { FOB, LOCK } = props[caller?.whose ?? 'mine'];
		const key = caller && estate[caller.whose].keys[environment][caller.kind];
		const secret = name === 'a key that is none' ? 'hasp_prv_none' : key;
		const headers = secret === null ? {} : { authorization: `Bearer ${secret}` };
		return (thing: string): Promise<Answer> => {
			const text = JSON.stringify(row.body).replaceAll('"X"', `"${thing}"`);
			const body = text.replace('"FOB"', `"${FOB}"`).replace('"LOCK"', `"${LOCK}"`);
			const { owner } = estate.people;
			if (name === 'signed-in owner, no key') return owner.ask('POST', path, { body });
			return estate.app.ask('POST', path, { body, headers });
		};
	}

	/** What an own thing's answer is, but for its name and what is new each time. */
	const unnamed = ({ text }: Answer) => text.replace(/F1:E2:D3:C4:\w\w:\w\w/g, 'MAC');

	describe.each(ROWS)('%s', (_, call, row) => {
		const path = `${PLACES[0]}${row.path ?? call}`;
		const kinds: readonly string[] = ENDPOINTS[call].keys;
		const fits = (name: Name) => kinds.includes(CALLERS[name]?.kind ?? 'none');

		test('nothing without a key that fits', async () => {
			const shut = NAMES.filter((name) => !fits(name));
			const asks = shut.map((name) => asking(name, path, row, 'production'));
			const answers = await estate.thrice(row.about, true, asks);
			answers.forEach(({ own, foreign, absent }, i) => {
				expect([own.status, own.body.error_code], shut[i]).toEqual([200, BAD_KEY]);
				expect(comparable(own), shut[i]).toEqual(comparable(absent));
				expect(comparable(foreign), shut[i]).toEqual(comparable(absent));
			});
		});

		test.each(NAMES.filter(fits))('%s', async (name) => {
			const isMine = CALLERS[name]?.whose !== 'theirs';
			const ask = asking(name, path, row, 'production');
			const [answers] = await estate.thrice(row.about, isMine, [ask]);
			const { own, foreign, absent } = answers!;
			expect(comparable(foreign)).toEqual(comparable(absent));
			expect([own.status, own.body.error_code]).toEqual([200, row.own ?? 0]);
			if (row.blind !== true) expect(unnamed(own)).not.toBe(unnamed(absent));
		});

		test('a key of the sandbox: what is in production is not there', async () => {
			const name = ENDPOINTS[call].keys.length > 1 ? 'mobile key' : 'private key';
			const ask = asking(name, `${PLACES[1]}${row.path ?? call}/`, row, 'sandbox');
			const [answers] = await estate.thrice(row.about, true, [ask]);
			const { own, absent } = answers!;
			expect(unnamed(own)).toBe(unnamed(absent));
		});
	});

	test('what is named and not there is refused as a lock that is not there', async () => {
		const ask = asking('private key', '/core/unlock/', CORE_ROWS.unlock[0]!, 'production');
		expect((await ask('F1:E2:D3:C4:FF:FF')).body.error_code).toBe(NO_LOCK);
	});

	test('every other path and method, with every key, is the same', async () => {
		const key = estate.mine.keys.production.private;
		for (const headers of [{}, { authorization: `Bearer ${key}` }]) {
			for (const path of ['/core/users', '/core/__proto__', '/core/../api/keys', '/core/lock/x'])
				expect((await estate.app.ask('POST', path, { body: {}, headers })).body?.data ?? null).toBe(
					null
				);
			for (const method of ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'])
				expect((await estate.app.ask(method, '/core/lock/', { headers })).body.error_code).toBe(4);
		}
	});
});

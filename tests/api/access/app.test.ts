import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../../setup/databases.ts';
import type { Answer, Ask, Browser } from '../app.ts';
import { APP_ROWS, AUTH_ROWS, type AppRow, type Level } from './app-rows.ts';
import { comparable, Estate } from './estate.ts';

const LEVEL: Record<Level, number> = { anyone: 0, person: 1, member: 2, manager: 3 };
/** API keys open no page: whoever sends one is nobody here. */
const IDENTITIES = {
	'no key': 0,
	'mobile key': 0,
	'private key': 0,
	"another company's private key": 0,
	person: 1,
	member: 2,
	admin: 3,
	owner: 3,
	stranger: 3
} as const;
type Name = keyof typeof IDENTITIES;
const NAMES = Object.keys(IDENTITIES) as Name[];

const ROWS = Object.entries(APP_ROWS).flatMap(([endpoint, rows]) =>
	rows.map((row, i) => [`${endpoint}${i === 0 ? '' : `, way ${i + 1}`}`, endpoint, row] as const)
);

describe('each identity gets at its own, and to no other', () => {
	let estate: Estate;
	let nobody: Browser;
	beforeAll(async () => {
		estate = await Estate.open(databases[0].create);
		nobody = estate.app.browser();
	});
	afterAll(() => estate.close());

	async function ask(
		name: Name | 'another',
		method: string,
		path: string,
		given: Ask
	): Promise<Answer> {
		const { people, mine, theirs } = estate;
		const who = name in people ? people[name as keyof typeof people] : nobody;
		const key = {
			'mobile key': mine.keys.production.mobile,
			'private key': mine.keys.production.private,
			"another company's private key": theirs.keys.production.private
		}[name as string];
		const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
		const answer = await who.ask(method, path, { ...given, headers });
		nobody.cookies.clear();
		return answer;
	}

	/** One request of a row, with the thing's name in it. */
	function request(
		name: Name,
		endpoint: string,
		row: AppRow,
		thing: string
	): [string, string, Ask] {
		const [method = '', id = ''] = endpoint.split(' ');
		const member = estate.memberIds[name === 'stranger' ? 'theirs' : 'mine'];
		const lock = estate.locks[name === 'stranger' ? 'theirs' : 'mine'];
		const fob = estate.fobs[name === 'stranger' ? 'theirs' : 'mine'];
		const named = (text: string) =>
			text
				.replaceAll('X', thing)
				.replace('MEMBER', member)
				.replace('LOCK', lock)
				.replace('FOB', fob);
		const values = [...(row.path ?? [])];
		const path = id.replace(/\[\w+\]/g, () => encodeURIComponent(named(values.shift()!)));
		const query = row.query === undefined ? '' : `?${encodeURI(named(row.query))}`;
		const text =
			row.body &&
			JSON.stringify(row.body).replaceAll('"X"', `"${thing}"`).replace('"LOCK"', `"${lock}"`);
		// The id of a batch is taken in once: every asker and every lock has its own.
		const body = text?.replace('batch-access', `batch-${thing}-${++batches}`);
		return [method, path + query, body === undefined ? {} : { body }];
	}
	let batches = 0;

	/** With the same words every time, whatever the thing. */
	function asking(name: Name, endpoint: string, row: AppRow) {
		return (thing: string): Promise<Answer> => {
			batches = 0;
			return ask(name, ...request(name, endpoint, row, thing));
		};
	}

	describe.each(ROWS.filter(([, , { about }]) => about === undefined))('%s', (_, endpoint, row) => {
		test.each(NAMES)('%s', async (name) => {
			const isDemo = endpoint === 'POST /api/demo';
			const asker = isDemo && name === 'person' ? 'another' : name;
			const { status } = await ask(asker, ...request(name, endpoint, row, ''));
			// Who belongs to a company has no use for a demo.
			const done = isDemo && IDENTITIES[name] >= LEVEL.member ? 409 : (row.own ?? 200);
			expect(status).toBe(refusal(name, row) ?? done);
		});
	});

	const about = ROWS.flatMap(([title, endpoint, row]) =>
		row.about === undefined ? [] : [[title, endpoint, row, row.about] as const]
	);
	describe.each(about)('%s', (_, endpoint, row, kind) => {
		const [shut, allowed] = [true, false].map((is) =>
			NAMES.filter((name) => (refusal(name, row) !== null) === is)
		) as [Name[], Name[]];

		test(`nothing for ${shut.join(', ')}`, async () => {
			const asks = shut.map((name) => asking(name, endpoint, row));
			const answers = await estate.thrice(kind, true, asks, true);
			answers.forEach(({ own, foreign, absent }, i) => {
				const name = shut[i]!;
				expect(own.status, name).toBe(refusal(name, row));
				expect(comparable(own), name).toEqual(comparable(absent));
				expect(comparable(foreign), name).toEqual(comparable(absent));
			});
		});

		test.each(allowed)('%s', async (name) => {
			const mayHave = IDENTITIES[name] === LEVEL.manager || row.managersOwn !== true;
			const ask = asking(name, endpoint, row);
			const [answers] = await estate.thrice(kind, name !== 'stranger', [ask], mayHave);
			const { own, foreign, absent } = answers!;
			expect(comparable(foreign)).toEqual(comparable(absent));
			expect(own.status).toBe(mayHave ? (row.own ?? 200) : absent.status);
			if (mayHave && row.blind !== true) expect(unnamed(own)).not.toBe(unnamed(absent));
		});
	});

	/** A member asks about a lock of the company that is not granted: it is not there. */
	const ofLocks = ROWS.filter(
		([, , row]) => row.who === 'member' && row.about === 'lock' && row.ofCompany !== true
	);
	test.each(ofLocks)('%s: a lock that is not granted is not there', async (_, endpoint, row) => {
		const [answers] = await estate.thrice('lock', true, [asking('member', endpoint, row)]);
		const { own, absent } = answers!;
		expect(unnamed(own)).toBe(unnamed(absent));
		expect(own.status).toBe(absent.status);
	});

	describe.each(Object.entries(AUTH_ROWS))('POST /api/auth%s', (path, row) => {
		test.each(['no key', 'private key', 'person'] as const)('%s', async (name) => {
			const ip = `203.0.113.${++addresses}`;
			const answer = await ask(name, 'POST', `/api/auth${path}`, { body: row.body, ip });
			expect(answer.status).toBe(name === 'person' ? row.in : row.out);
		});
	});
	let addresses = 0;
});

/** How the door is shut to an identity, or null. */
function refusal(name: Name, { who }: AppRow): number | null {
	if (IDENTITIES[name] >= LEVEL[who]) return null;
	return IDENTITIES[name] === LEVEL.anyone ? 401 : 403;
}

/** Names and times of one's own and the absent thing differ; nothing else may. */
function unnamed({ text }: Answer): string {
	return text
		.replace(/F1:E2:D3:C4:\w\w:\w\w/g, 'MAC')
		.replace(/"(now|leaseEnds|issuedAt)":\d+/g, '"$1":0')
		.replace(/batch-[^"]+/g, 'batch');
}

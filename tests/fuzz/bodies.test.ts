import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { ErrorReply } from '../../src/lib/api/app/error.ts';
import { ENDPOINTS, type EndpointName } from '../../src/lib/api/core/endpoints.ts';
import { Failure, successOf } from '../../src/lib/api/core/envelope.ts';
import { APP_ROWS, AUTH_ROWS } from '../api/access/app-rows.ts';
import { CORE_ROWS } from '../api/access/core-rows.ts';
import { Estate } from '../api/access/estate.ts';
import { MAKE } from '../api/access/things.ts';
import type { Answer, Browser } from '../api/app.ts';
import { runSeed } from '../pair/chance.ts';
import { databases } from '../setup/databases.ts';
import { damage, mangled, type Damage } from './mangled.ts';

/** Requests to each database; `HASP_BODIES=50000` for the long run, `HASP_SEED` to repeat one. */
const BODIES = Number(process.env['HASP_BODIES'] ?? 500);
/** Requests to one server: no budget of changes runs out. */
const LIFE = 2_500;
/** Milliseconds until a request is taken to hang, on a machine that does much else. */
const HANGS = 10_000;

interface Target {
	method: string;
	path: string;
	query: string;
	body: object | undefined;
	/** Null for our own pages'. */
	call: EndpointName | null;
	signedIn: boolean;
}

const calls: Target[] = (Object.keys(CORE_ROWS) as EndpointName[]).flatMap((call) =>
	CORE_ROWS[call].map(({ body, path = call }) => ({
		...{ method: 'POST', path: `/core/${path}`, query: '', signedIn: false },
		...{ body, call }
	}))
);
const own: Target[] = Object.entries(APP_ROWS).flatMap(([endpoint, rows]) =>
	rows.map(({ path = [], query = '', body }) => {
		const [method = '', id = ''] = endpoint.split(' ');
		const values = [...path];
		const place = id.replace(/\[\w+\]/g, () => values.shift()!);
		return { method, path: place, query, body, call: null, signedIn: true };
	})
);
const auth: Target[] = Object.entries(AUTH_ROWS).map(([path, { body }]) => ({
	...{ method: 'POST', path: `/api/auth${path}`, query: '', body },
	...{ call: null, signedIn: false }
}));

const target = fc.oneof(
	{ weight: 60, arbitrary: fc.constantFrom(...calls) },
	{ weight: 39, arbitrary: fc.constantFrom(...own) },
	// A password is hashed for tens of milliseconds.
	{ weight: 1, arbitrary: fc.constantFrom(...auth) }
);

/** A server, and who asks it. */
class Asker {
	readonly estate: Estate;
	readonly #names: Record<'X' | 'FOB' | 'LOCK' | 'MEMBER', string>;
	readonly #nobody: Browser;
	#asked = 0;

	private constructor(estate: Estate, names: Record<'X' | 'FOB' | 'LOCK' | 'MEMBER', string>) {
		this.estate = estate;
		this.#names = names;
		this.#nobody = estate.app.browser();
	}

	static async open(create: (typeof databases)[number]['create']): Promise<Asker> {
		const estate = await Estate.open(create);
		const { companyId } = estate.mine;
		const X = await MAKE.lock(estate.app, companyId);
		const FOB = await MAKE.fob(estate.app, companyId);
		return new Asker(estate, { X, FOB, LOCK: X, MEMBER: estate.memberIds.mine });
	}

	#named(text: string): string {
		return text.replace(/\b(X|FOB|LOCK|MEMBER)\b/g, (name) => this.#names[name as 'X']);
	}

	ask({ method, path, query, body, call, signedIn }: Target, given: Damage): Promise<Answer> {
		const { app, mine, people } = this.estate;
		const name = given.name === null ? null : encodeURIComponent(given.name.toWellFormed());
		const place = name === null ? path : path.replace(/\b(X|MEMBER|1)\b/, name);
		const asked = name === null ? query : query.replace('X', name);
		const where = this.#named(asked === '' ? place : `${place}?${asked}`);
		const headers: Record<string, string> = { 'content-type': given.type };
		if (call !== null) headers['authorization'] = `Bearer ${mine.keys.production.private}`;
		const text = body && mangled(JSON.parse(this.#named(JSON.stringify(body))), given);
		const ask = method === 'GET' || text === undefined ? { headers } : { headers, body: text };
		// Sign-ins are counted by address.
		const ip = `10.${(++this.#asked >> 16) & 255}.${(this.#asked >> 8) & 255}.${this.#asked & 255}`;
		if (call !== null) return app.ask(method, where, { ...ask, ip });
		return (signedIn ? people.owner : this.#nobody).ask(method, where, { ...ask, ip });
	}
}

/** A refusal by its type, or what was asked for in the form that was promised. */
function judge({ call }: Target, { status, body, text }: Answer): void {
	const told = `${status} ${text.slice(0, 300)}`;
	if (call === null) {
		expect(status, told).toBeLessThan(500);
		if (status >= 400) expect(ErrorReply.safeParse(body).success, told).toBe(true);
		else expect(typeof body, told).toBe('object');
		return;
	}
	expect([200, 413], told).toContain(status);
	const form = body?.result === 'success' ? successOf(ENDPOINTS[call].data) : Failure;
	expect(form.safeParse(body).error, told).toBeUndefined();
	if (body.result === 'failure') expect(body.error_code, told).not.toBe(1);
}

const lines: string[] = [];
afterAll(() => console.log(lines.join('\n')));

describe.each(databases)('whatever is sent, on $name', ({ name, create }) => {
	test(`${BODIES} bodies are taken or refused by their type, and soon`, async () => {
		const seed = runSeed();
		const statuses = new Map<string, number>();
		let slowest = 0;
		for (let done = 0; done < BODIES; done += LIFE) {
			const asker = await Asker.open(create);
			const property = fc.asyncProperty(target, damage, async (one, given) => {
				const began = performance.now();
				const answer = await Promise.race([asker.ask(one, given), hung()]);
				slowest = Math.max(slowest, performance.now() - began);
				judge(one, answer);
				const what = `${one.call === null ? 'app' : 'core'} ${answer.body?.result ?? answer.status}`;
				statuses.set(what, (statuses.get(what) ?? 0) + 1);
			});
			const numRuns = Math.min(LIFE, BODIES - done);
			await fc.assert(property, { seed: seed + done, numRuns });
			await asker.estate.close();
		}
		const told = [...statuses].sort().map(([what, times]) => `${times} × ${what}`);
		const worst = `the slowest ${slowest.toFixed(0)} ms`;
		lines.push(`${name}: ${BODIES} bodies, HASP_SEED=${seed}, ${worst}: ${told.join(', ')}`);
		expect('polluted' in {}).toBe(false);
		// Some got through and some did not, at both: else nothing was tried.
		for (const what of ['core success', 'core failure', 'app 200', 'app 400', 'app 404'])
			expect(statuses.get(what) ?? 0, what).toBeGreaterThan(BODIES / 500);
	}, 3_600_000);
});

function hung(): Promise<never> {
	return new Promise((_, refuse) => {
		setTimeout(() => refuse(new Error(`no answer within ${HANGS} ms`)), HANGS).unref();
	});
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../src/lib/server/config.ts';
import { holdServer, openServer, type Server } from '../../src/lib/server/context.ts';
import { around, type HandledEvent } from '../../src/lib/server/http/handle.ts';
import { makeLog } from '../../src/lib/server/log.ts';
import type { databases } from '../setup/databases.ts';
import { type DatabaseSettings } from '../setup/databases.ts';

export const ORIGIN = 'http://hasp.test';

/** What an endpoint answered: `body` parsed where it is JSON, `text` as it came. */
export interface Answer {
	status: number;
	/** As untyped as JSON is: what is in it is the test's business. */
	body: ReturnType<typeof JSON.parse>;
	text: string;
	headers: Headers;
}

export interface Ask {
	/** Sent as JSON; a string is sent as it is. */
	body?: unknown;
	headers?: Record<string, string>;
	ip?: string;
}

type Handler = (event: RouteEvent) => Response | Promise<Response>;

interface RouteEvent extends HandledEvent {
	readonly params: Record<string, string>;
	readonly cookies: undefined;
}

/** Every endpoint of the app as the router would find it. */
export const routes = Object.entries(
	import.meta.glob<Record<string, unknown>>('../../src/routes/**/+server.ts', { eager: true })
)
	.map(([file, module]) => {
		const id = file.slice('../../src/routes'.length, -'/+server.ts'.length);
		const names: string[] = [];
		const pattern = id.replace(
			/\[(\.\.\.)?(\w+)\]/g,
			(_, rest: string | undefined, name: string) => {
				names.push(name);
				return rest ? '(.*)' : '([^/]+)';
			}
		);
		// A rest parameter may be nothing at all, its slash included.
		const match = new RegExp(`^${pattern.replace('/(.*)', '(?:/(.*))?')}/?$`);
		return { id, names, match, module };
	})
	// `/people/invitations` before `/people/[userId]`, as Kit sorts them.
	.sort((a, b) => (a.id.replaceAll('[', '~') < b.id.replaceAll('[', '~') ? -1 : 1));

/** The app on a fresh database, asked as a browser would, without a socket. */
export class TestApp {
	readonly server: Server;
	readonly #drop: () => Promise<void>;
	#people = 0;

	private constructor(server: Server, drop: () => Promise<void>) {
		this.server = server;
		this.#drop = drop;
	}

	static async open(
		create: (typeof databases)[number]['create'],
		env: Record<string, string> = {}
	): Promise<TestApp> {
		const database = await create();
		const data = mkdtempSync(join(tmpdir(), 'hasp-data-'));
		const config = {
			...readConfig({ ORIGIN, HASP_DATA: data, ...env }),
			database: database.settings satisfies DatabaseSettings
		};
		const server = await openServer(config, makeLog('silent'));
		holdServer(server);
		return new TestApp(server, async () => {
			rmSync(data, { recursive: true, force: true });
			await database.drop();
		});
	}

	async close(): Promise<void> {
		await this.server.close();
		await this.#drop();
	}

	async ask(method: string, path: string, { body, headers, ip }: Ask = {}): Promise<Answer> {
		const url = new URL(path, this.server.config.origin);
		const sent = new Headers(headers);
		if (body !== undefined && !sent.has('content-type')) {
			sent.set('content-type', 'application/json');
		}
		const request = new Request(url, {
			method,
			headers: sent,
			...(body === undefined
				? {}
				: { body: typeof body === 'string' ? body : JSON.stringify(body) })
		});
		const route = routes.find(({ match }) => match.test(url.pathname));
		const values = route?.match.exec(url.pathname)?.slice(1) ?? [];
		const params: Record<string, string> = {};
		route?.names.forEach((name, i) => (params[name] = decodeURIComponent(values[i] ?? '')));
		const event: RouteEvent = {
			request,
			url,
			params,
			cookies: undefined,
			route: { id: route?.id ?? null },
			locals: {},
			getClientAddress: () => ip ?? '192.0.2.1'
		};
		const response = await around(this.server, event, (e) => {
			const handler = (route?.module[method] ?? route?.module['fallback']) as Handler | undefined;
			return handler ? handler(e) : new Response('Not found', { status: route ? 405 : 404 });
		});
		const text = await response.text();
		const json = response.headers.get('content-type')?.includes('json');
		return {
			status: response.status,
			body: json ? JSON.parse(text) : undefined,
			text,
			headers: response.headers
		};
	}

	/** Someone with a browser of their own: keeps cookies, has an address nobody else has. */
	browser(): Browser {
		const n = ++this.#people;
		return new Browser(this, `198.51.100.${n}`);
	}

	/** Signs up (as the first, or by an invitation token). */
	async signUp(name: string, invitation?: string): Promise<Browser> {
		const browser = this.browser();
		const email = `${name.toLowerCase()}@example.com`;
		const body = { name, email, password: PASSWORD, invitation };
		const { status, text } = await browser.ask('POST', '/api/auth/sign-up/email', { body });
		if (status !== 200) throw new Error(`sign-up of ${name}: ${status} ${text}`);
		return browser;
	}

	/** The first company with its owner. */
	async owner(name = 'Olga', company = 'Acme'): Promise<Browser> {
		const browser = await this.signUp(name);
		const { status } = await browser.ask('POST', '/api/companies', { body: { name: company } });
		if (status !== 200) throw new Error(`company: ${status}`);
		return browser;
	}

	/** Someone who joined by an invitation of `by`. */
	async join(by: Browser, name: string, role: 'admin' | 'member', locks: string[] = []) {
		const invited = await by.ask('POST', '/api/people/invitations', {
			body: { name, role, locks }
		});
		const token = tokenOf(String(invited.body.link));
		const browser = await this.signUp(name, token);
		const { status } = await browser.ask('POST', `/api/invitations/${token}`);
		if (status !== 200) throw new Error(`join of ${name}: ${status}`);
		return browser;
	}

	/** A second company, which only the operator can make, with an owner who is signed in. */
	async stranger(): Promise<Browser> {
		const { addCompany } = await import('../../src/lib/server/people/companies.ts');
		const { addPerson } = await import('../../src/lib/server/people/accounts.ts');
		const { id } = await addCompany(this.server.db, 'Other', 'cli');
		const person = { email: 'sam@other.example', name: 'Sam', role: 'owner' as const };
		await addPerson(this.server, id, 'cli', person, PASSWORD);
		const browser = this.browser();
		await browser.signIn(person.email);
		return browser;
	}
}

export const PASSWORD = 'correct horse battery staple';

/** The token at the end of an invitation link. */
export function tokenOf(link: string): string {
	return new URL(link).hash.slice(1);
}

export class Browser {
	readonly app: TestApp;
	readonly ip: string;
	readonly cookies = new Map<string, string>();

	constructor(app: TestApp, ip: string) {
		this.app = app;
		this.ip = ip;
	}

	async ask(method: string, path: string, ask: Ask = {}): Promise<Answer> {
		const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
		const headers = { origin: ORIGIN, ...(cookie ? { cookie } : {}), ...ask.headers };
		const answer = await this.app.ask(method, path, { ip: this.ip, ...ask, headers });
		for (const line of answer.headers.getSetCookie()) {
			const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
			if (name === undefined || value === undefined) continue;
			if (/max-age=0/i.test(line)) this.cookies.delete(name);
			else this.cookies.set(name, value);
		}
		return answer;
	}

	async signIn(email: string, password = PASSWORD): Promise<Answer> {
		return this.ask('POST', '/api/auth/sign-in/email', { body: { email, password } });
	}

	/** The body of GET /api/me. */
	async me() {
		return (await this.ask('GET', '/api/me')).body;
	}
}

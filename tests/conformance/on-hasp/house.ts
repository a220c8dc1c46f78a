import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { addKey } from '../../../src/lib/server/api-keys.ts';
import { addFob } from '../../../src/lib/server/fobs.ts';
import { addLock } from '../../../src/lib/server/locks.ts';
import { addCompany } from '../../../src/lib/server/people/companies.ts';
import { TestApp, type Answer } from '../../api/app.ts';
import type { EnvironmentName } from '../../../src/lib/server/db/tables.ts';
import type { databases } from '../../setup/databases.ts';
import { Caller } from '../call.ts';
import { findEquipment, NEEDED } from '../equipment.ts';
import { BASE_KEY } from '../padlock.ts';
import { Stand } from '../stand.ts';

/** One call on its way to the server. */
export interface Call {
	readonly method: string;
	/** Below /core/. */
	readonly path: string;
	/** As it came over the wire. */
	readonly text: string;
	readonly headers: Record<string, string>;
}

export type Next = (call: Call) => Promise<Pick<Answer, 'status' | 'text'>>;

/** A company with its keys of one environment. */
interface Company {
	readonly id: string;
	readonly environment: EnvironmentName;
	readonly private: string;
	readonly mobile: string;
}

/** Something between client and server; most let all pass. */
export type Between = (call: Call, next: Next) => ReturnType<Next>;

/** Hasp behind a socket of its own, as the suite finds any server. */
export class House {
	readonly app: TestApp;
	readonly #url: string;
	readonly #close: () => Promise<void>;
	#between: Between = (call, next) => next(call);
	#companies = 0;

	private constructor(app: TestApp, url: string, close: () => Promise<void>) {
		this.app = app;
		this.#url = url;
		this.#close = close;
	}

	static async open(create: (typeof databases)[number]['create']): Promise<House> {
		const app = await TestApp.open(create);
		let house: House | null = null;
		const server = createServer((request, response) => {
			void house!.#answer(request).then(({ status, text }) => {
				response.writeHead(status, { 'content-type': 'application/json' }).end(text);
			});
		});
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		const { port } = server.address() as AddressInfo;
		house = new House(app, `http://127.0.0.1:${port}/core/`, async () => {
			server.closeAllConnections();
			server.close();
			await app.close();
		});
		return house;
	}

	close(): Promise<void> {
		return this.#close();
	}

	/** Damages what goes by, from now on. */
	set between(between: Between) {
		this.#between = between;
	}

	/** A company with all that the suite needs, and a second one with a lock and a fob. */
	async stand(environment: EnvironmentName = 'production'): Promise<Stand> {
		const own = await this.#company(environment);
		for (let i = 0; i < NEEDED.padlocks; i++) await this.#lock(own, '4I', '4.25');
		await this.#lock(own, '3P', '2.10');
		for (let i = 0; i < NEEDED.fobs; i++) await this.#fob(own);
		const other = await this.#company(environment);
		const foreign = {
			lock: await this.#lock(other, '4I', '4.25'),
			fob: await this.#fob(other)
		};
		const caller = new Caller(this.#url, own);
		return new Stand(caller, await findEquipment(caller, foreign));
	}

	async #company(environment: EnvironmentName): Promise<Company> {
		const { db } = this.app.server;
		const { id } = await addCompany(db, `Company ${++this.#companies}`, 'cli');
		const key = async (kind: 'private' | 'mobile') =>
			(await addKey(db, id, 'cli', { environment, kind })).secret;
		return { id, environment, private: await key('private'), mobile: await key('mobile') };
	}

	async #lock(company: Company, hardwareType: string, firmware: string): Promise<string> {
		const { db, secret } = this.app.server;
		const mac = newMac();
		const { id: companyId, environment } = company;
		const by = { companyId, actor: 'cli', name: 'J Doe' };
		const lock = { mac, name: mac, place: '', serial: `SER-${mac}`, hardwareType, firmware };
		await addLock(db, secret, by, { ...lock, environment });
		return mac;
	}

	async #fob(company: Company): Promise<string> {
		const { db, secret } = this.app.server;
		const mac = newMac();
		const { id: companyId, environment } = company;
		const by = { companyId, actor: 'cli', name: 'J Doe' };
		await addFob(db, secret, by, {
			mac,
			serial: '',
			name: mac,
			environment,
			baseKey: BASE_KEY
		});
		return mac;
	}

	async #answer(request: IncomingMessage): Promise<Pick<Answer, 'status' | 'text'>> {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk as Buffer);
		const headers: Record<string, string> = {};
		for (const name of ['authorization', 'content-type'] as const) {
			const value = request.headers[name];
			if (value !== undefined) headers[name] = value;
		}
		const call: Call = {
			method: request.method ?? 'GET',
			path: request.url!.slice('/core/'.length),
			text: Buffer.concat(chunks).toString('utf8'),
			headers
		};
		return this.#between(call, async ({ method, path, text, headers: sent }) => {
			const body = method === 'GET' || text === '' ? undefined : text;
			return this.app.ask(method, `/core/${path}`, { body, headers: sent });
		});
	}
}

let macs = 0;

function newMac(): string {
	const hex = (++macs).toString(16).padStart(6, '0').toUpperCase();
	return `F1:E2:D3:${hex.slice(0, 2)}:${hex.slice(2, 4)}:${hex.slice(4)}`;
}

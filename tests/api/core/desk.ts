import { addKey } from '../../../src/lib/server/api-keys.ts';
import { AddFob, addFob } from '../../../src/lib/server/fobs.ts';
import { addLock } from '../../../src/lib/server/locks.ts';
import { addCompany } from '../../../src/lib/server/people/companies.ts';
import type { databases } from '../../setup/databases.ts';
import type { TestFob } from '../../server/core/test-fob.ts';
import { TestLock } from '../../server/core/test-lock.ts';
import { TestApp, type Answer } from '../app.ts';

export const SAMPLE = '0000040ba7b0d91f7f45ad25698a18375c7e4f16';

type Environment = 'production' | 'sandbox';
type Kind = 'private' | 'mobile';

/** A company with its four keys. */
export interface Integrator {
	companyId: string;
	keys: Record<Environment, Record<Kind, string>>;
}

/** An integrator's desk: the app, a company's keys, and `post` as curl would. */
export class Desk {
	readonly app: TestApp;
	readonly mine: Integrator;
	readonly theirs: Integrator;

	private constructor(app: TestApp, mine: Integrator, theirs: Integrator) {
		this.app = app;
		this.mine = mine;
		this.theirs = theirs;
	}

	static async open(create: (typeof databases)[number]['create']): Promise<Desk> {
		const app = await TestApp.open(create);
		return new Desk(app, await integrator(app, 'Acme'), await integrator(app, 'Other'));
	}

	close(): Promise<void> {
		return this.app.close();
	}

	/** A lock of ours, out of the box, on the bench. */
	async lock(
		hardwareType = '4I',
		environment: Environment = 'production',
		owner = this.mine,
		mac = randomMac(),
		firmware = '2.10'
	): Promise<TestLock> {
		const { db, secret } = this.app.server;
		const by = { companyId: owner.companyId, actor: 'cli', name: 'J Doe' };
		await addLock(db, secret, by, {
			mac,
			name: mac,
			place: '',
			serial: `SER-${mac.slice(-5)}`,
			hardwareType,
			firmware,
			environment
		});
		return new TestLock(mac, hardwareType, Date.now(), firmware);
	}

	/** A fob of ours, out of the box: its MAC. */
	async fob(environment: Environment = 'production', owner = this.mine): Promise<string> {
		const { db, secret } = this.app.server;
		const by = { companyId: owner.companyId, actor: 'cli', name: 'J Doe' };
		const mac = randomMac();
		await addFob(
			db,
			secret,
			by,
			AddFob.parse({ mac, serial: `FOB-${mac.slice(-5)}`, environment })
		);
		return mac;
	}

	/** POST with our private production key. */
	post(path: string, body?: unknown, key = this.mine.keys.production.private): Promise<Answer> {
		const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
		return this.app.ask('POST', `/core/${path}`, { body, headers });
	}

	/** One opening through the API, its answers uploaded with the mobile key. */
	async open(lock: TestLock, trackingKey?: string, path = 'unlock/'): Promise<void> {
		const session = lock.connect();
		const { body } = await this.post(path, { mac: lock.mac, session, tracking_key: trackingKey });
		const { server } = lock.write(body.data.commands.split('+'));
		await this.upload(lock, session, server);
		lock.disconnect();
		lock.close();
	}

	/** One sync of a fob through the API, its answers uploaded. Returns the results of its packets. */
	async syncFob(fob: TestFob, upload = true): Promise<number[]> {
		const session = fob.connect();
		const { body } = await this.post('fobs/sync/', { mac: fob.mac, session });
		const { results, server } = fob.write(body.data.commands.split('+'));
		fob.disconnect();
		const received_time = Math.ceil(Date.now() / 1000);
		const logs = [{ session, mac: fob.mac, received_time, responses: server }];
		if (upload) await this.post('upload/', { logs }, this.mine.keys.production.mobile);
		return results;
	}

	upload(lock: TestLock, session: string, responses: string[], path = 'upload/') {
		const received_time = Math.ceil(lock.now / 1000);
		const logs = [{ session, mac: lock.mac, received_time, responses }];
		return this.post(path, { logs }, this.mine.keys.production.mobile);
	}
}

async function integrator(app: TestApp, name: string): Promise<Integrator> {
	return addCompanyKeys(app, (await addCompany(app.server.db, name, 'cli')).id);
}

/** All four kinds of API key for a company that is there. */
export async function addCompanyKeys(
	{ server: { db } }: TestApp,
	companyId: string
): Promise<Integrator> {
	const key = async (environment: Environment, kind: Kind) =>
		(await addKey(db, companyId, 'cli', { environment, kind })).secret;
	const pair = async (environment: Environment) => ({
		private: await key(environment, 'private'),
		mobile: await key(environment, 'mobile')
	});
	return {
		companyId,
		keys: { production: await pair('production'), sandbox: await pair('sandbox') }
	};
}

let macs = 0;

function randomMac(): string {
	const hex = (++macs).toString(16).padStart(4, '0').toUpperCase();
	return `F1:E2:D3:C4:${hex.slice(0, 2)}:${hex.slice(2)}`;
}

import { expect } from 'vitest';
import { ContactReply, LockKeysReply } from '../../src/lib/api/app/offline.ts';
import type { databases } from '../setup/databases.ts';
import { TestLock } from '../server/core/test-lock.ts';
import { TestApp, type Answer, type Browser } from './app.ts';

export const DAY = 24 * 3600 * 1000;

export interface Phone {
	id: string;
	name: string;
}

/** A company with an owner, a member without grants and a lock; people who have phones. */
export class Premises {
	readonly app: TestApp;
	readonly owner: Browser;
	readonly mia: Browser;
	readonly stranger: Browser;
	#locks = 0;
	#phones = 0;

	private constructor(app: TestApp, people: [owner: Browser, mia: Browser, stranger: Browser]) {
		this.app = app;
		[this.owner, this.mia, this.stranger] = people;
	}

	static async open(create: (typeof databases)[number]['create']): Promise<Premises> {
		const app = await TestApp.open(create);
		const owner = await app.owner();
		const mia = await app.join(owner, 'Mia', 'member');
		return new Premises(app, [owner, mia, await app.stranger()]);
	}

	close(): Promise<void> {
		return this.app.close();
	}

	/** Takes all locks and phones away. */
	async clear(): Promise<void> {
		await this.app.server.db.deleteFrom('lock').execute();
		await this.app.server.db.deleteFrom('phone').execute();
	}

	async lock(): Promise<TestLock> {
		const number = (++this.#locks).toString(16).padStart(2, '0').toUpperCase();
		const mac = `F1:E2:D3:C4:00:${number}`;
		const body = { mac, name: `Gate ${number}`, hardwareType: '4I' };
		expect((await this.owner.ask('POST', '/api/locks', { body })).status).toBe(200);
		return new TestLock(mac);
	}

	phone(name = 'Pixel 9'): Phone {
		return { id: `phone-${++this.#phones}-xxxxxxxx`, name };
	}

	async idOf(person: Browser): Promise<string> {
		return (await person.me()).user.id;
	}

	/** Exactly these locks for Mia. */
	async grant(...granted: TestLock[]): Promise<Answer> {
		const body = { locks: granted.map(({ mac }) => mac) };
		return this.owner.ask('PUT', `/api/people/${await this.idOf(this.mia)}/locks`, { body });
	}

	async contact(
		by: Browser,
		phone: Phone,
		has: object[] = [],
		wiped: object[] = []
	): Promise<Answer> {
		const body = { phone, persisted: null, has, wiped };
		const answer = await by.ask('POST', '/api/offline/contact', { body });
		if (answer.status === 200) expect(ContactReply.parse(answer.body)).toEqual(answer.body);
		return answer;
	}

	ask(by: Browser, { mac }: TestLock, body: object): Promise<Answer> {
		return by.ask('POST', `/api/locks/${mac}/keys`, { body });
	}

	async list({ mac }: TestLock, by = this.owner): Promise<LockKeysReply> {
		const { body } = await by.ask('GET', `/api/locks/${mac}/keys`);
		expect(LockKeysReply.parse(body)).toEqual(body);
		return body;
	}

	async openOnline(lock: TestLock, by = this.owner): Promise<void> {
		const session = lock.connect();
		const body = { session, action: 'unlock' };
		const { body: issued } = await by.ask('POST', `/api/locks/${lock.mac}/commands`, { body });
		const { server } = lock.write(issued.commands);
		const batch = { id: `batch-${session}`, mac: lock.mac, session, receivedAt: Date.now() };
		const batches = [{ ...batch, packets: server }];
		const sent = await by.ask('POST', '/api/uploads', { body: { batches } });
		expect(sent.body.durable).toHaveLength(1);
		lock.disconnect();
		lock.close();
	}
}

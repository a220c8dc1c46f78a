import { expect, vi } from 'vitest';
import { RelayReply } from '../../../src/lib/api/app/doors.ts';
import { fromHex, toHex } from '../../../src/lib/protocol/bytes.ts';
import { aesKeyStr, encodeLockData } from '../../../src/lib/protocol/ttlock/grant.ts';
import type { PairedLock } from '../../../src/lib/protocol/ttlock/pairing.ts';
import { converse } from '../../../src/lib/protocol/ttlock/programs.ts';
import { HEADER, HOUR, OFFSET, paired, SEED, type Air } from '../../pair/ttlock/air.ts';
import type { databases } from '../../setup/databases.ts';
import { TestApp, type Answer, type Browser } from '../app.ts';

export interface Conversation {
	/** Of the last step. */
	answer: Answer;
	/** Every frame that the server gave out, and what the lock answered. */
	frames: string[];
	answers: string[];
}

/** What a phone makes of a lock that it has paired. */
function lockDataOf({ keys, featureValue, adminPasscode }: PairedLock): string {
	return encodeLockData({
		lockMac: 'C4:54:12:32:3B:D8',
		lockName: 'M101T_d83b32',
		lockVersion: HEADER,
		aesKeyStr: aesKeyStr(fromHex(keys.aesKey)),
		lockKey: keys.unlockKey,
		lockFlagPos: 0,
		timezoneRawOffset: OFFSET,
		featureValue,
		adminPwd: keys.adminPs,
		noKeyPwd: adminPasscode,
		pwdInfo: toHex(SEED)
	});
}

/** A company with an owner, a member, and a door lock in the air that the owner has paired. */
export class Porch {
	readonly app: TestApp;
	readonly owner: Browser;
	readonly mia: Browser;
	air!: Air;
	/** Of the lock. */
	id = 0;
	lockData = '';
	#people = 0;

	private constructor(app: TestApp, owner: Browser, mia: Browser) {
		[this.app, this.owner, this.mia] = [app, owner, mia];
	}

	static async open(create: (typeof databases)[number]['create']): Promise<Porch> {
		// Sessions must last until the day on which the lock is paired.
		vi.useFakeTimers({ now: paired().air.utc, toFake: ['Date'] });
		const app = await TestApp.open(create);
		const owner = await app.owner();
		return new Porch(app, owner, await app.join(owner, 'Mia', 'member'));
	}

	/** Another lock, at the time that it shows. */
	async pair(): Promise<void> {
		const home = paired();
		this.air = home.air;
		vi.useFakeTimers({ now: this.air.utc, toFake: ['Date'] });
		await this.app.server.db.deleteFrom('door_lock').execute();
		this.lockData = lockDataOf(home.lock);
		const body = { lockData: this.lockData, name: 'Front door' };
		this.id = (await this.owner.ask('POST', '/api/door-locks', { body })).body.id;
	}

	async join(role: 'admin' | 'member'): Promise<Browser> {
		return this.app.join(this.owner, `Person${++this.#people}`, role);
	}

	step(by: Browser, body: object, door = this.id): Promise<Answer> {
		return by.ask('POST', `/api/door-locks/${door}/relay`, { body });
	}

	/** As a phone has it: carries the frame, and hears the lock's answer into `answers`. */
	write({ commands, opensAt }: Answer['body'], answers: string[]): void {
		const frames = commands.map((frame: string) => fromHex(frame));
		this.air.run(converse(frames, opensAt), (event) => {
			if (event.kind === 'server-packet') answers.push(toHex(event.packet));
		});
		vi.setSystemTime(this.air.utc);
	}

	/** A conversation to its end: asks, writes, asks again with the answer. */
	async carry(by: Browser, action: string, more: object = {}): Promise<Conversation> {
		const answers: string[] = [];
		const frames: string[] = [];
		for (let at: number | undefined; ;) {
			const answer = await this.step(by, { action, at, answers, ...more });
			if (answer.status !== 200) return { answer, frames, answers };
			expect(RelayReply.parse(answer.body)).toEqual(answer.body);
			if (answer.body.result !== null) return { answer, frames, answers };
			at = answer.body.at;
			frames.push(...answer.body.commands);
			this.write(answer.body, answers);
			if (action === 'log') answers.splice(0, answers.length - 1);
		}
	}

	/** An eKey for a person, straight into the table: id 77. */
	async give(to: Browser, columns: object = {}): Promise<number> {
		const { db } = this.app.server;
		await to.ask('GET', '/api/door-locks');
		const { user } = await to.me();
		const { id: account_id } = await db
			.selectFrom('sifely_account')
			.select('id')
			.where('user_id', '=', user.id)
			.executeTakeFirstOrThrow();
		await db.deleteFrom('ekey').where('id', '=', 77).execute();
		const key = {
			id: 77,
			lock_id: this.id,
			account_id,
			sender_id: null,
			name: 'key',
			kind: 'common' as const,
			state: 'normal' as const,
			start_date: this.air.utc - HOUR,
			end_date: this.air.utc + HOUR,
			recurrence: null,
			key_right: 0,
			remote_enable: 2,
			remarks: '',
			used_at: null,
			created_at: this.air.utc - HOUR,
			ended_at: null,
			...columns
		};
		await db.insertInto('ekey').values(key).execute();
		return account_id;
	}

	/** Below the lock's own path. */
	ask(by: Browser, method: string, path: string, body?: object): Promise<Answer> {
		const given = body === undefined ? {} : { body };
		return by.ask(method, `/api/door-locks/${this.id}${path}`, given);
	}

	/** The passcodes that lie in the lock. */
	get codes(): string[] {
		return this.air.saved.flash.passcodes.kept.map(({ code }) => code);
	}

	get bolt() {
		return this.air.lock.view().bolt;
	}

	records() {
		return this.app.server.db.selectFrom('door_record').selectAll().orderBy('lock_date').execute();
	}
}

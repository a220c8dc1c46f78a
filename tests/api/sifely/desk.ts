import { expect } from 'vitest';
import { ENDPOINTS, type SifelyEndpoint } from '../../../src/lib/api/sifely/endpoints.ts';
import {
	DONE,
	Errcode,
	ERRCODES,
	type SifelyRefusal
} from '../../../src/lib/api/sifely/errcodes.ts';
import { toHex } from '../../../src/lib/protocol/bytes.ts';
import {
	aesKeyStr,
	encodeLockData,
	type LockData
} from '../../../src/lib/protocol/ttlock/grant.ts';
import { passcodeSeed } from '../../../src/lib/protocol/ttlock/writes.ts';
import { newId } from '../../../src/lib/server/db/id.ts';
import { addCompany } from '../../../src/lib/server/people/companies.ts';
import { addAccount } from '../../../src/lib/server/sifely/accounts.ts';
import { addApp, newHex } from '../../../src/lib/server/sifely/apps.ts';
import { hashMd5, md5Of } from '../../../src/lib/server/sifely/passwords.ts';
import { hashOf } from '../../../src/lib/server/token.ts';
import type { databases } from '../../setup/databases.ts';
import { TestApp, type Answer } from '../app.ts';

export type Params = Record<string, string | number | undefined>;

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** The lock's clock is 5 hours behind UTC. */
export const OFFSET = -5 * HOUR;

/** An application of a company. */
export interface Integration {
	companyId: string;
	clientId: string;
	clientSecret: string;
}

/** Someone signed in to the open API. */
export interface Account {
	username: string;
	password: string;
	uid: number;
	token: string;
	refreshToken: string;
	of: Integration;
}

/** A lock that was paired. */
export interface Door {
	lockId: number;
	/** Of its owner's eKey. */
	keyId: number;
	data: LockData;
}

/** Of all accounts: hashing takes time. */
const PASSWORD = 'secret';
let hash: Promise<string> | undefined;

let macs = 0;

/** Keys of a lock that nobody has. */
export function newLockData(over: Partial<LockData> = {}): LockData {
	const hex = (++macs).toString(16).padStart(4, '0').toUpperCase();
	const end = `${hex.slice(0, 2)}:${hex.slice(2)}`;
	const random = (length: number) =>
		Uint8Array.from({ length }, (_, i) => (i * 37 + macs * 11) & 255);
	return {
		lockMac: `A4:C1:38:3B:${end}`,
		lockName: `M101T_${end.split(':').reverse().join('').toLowerCase()}3b`,
		lockVersion: { protocolType: 5, protocolVersion: 3, scene: 2, groupId: 1, orgId: 1 },
		aesKeyStr: aesKeyStr(random(16)),
		lockKey: 344_382_141,
		lockFlagPos: 0,
		timezoneRawOffset: OFFSET,
		featureValue: 'F44354CD5F3',
		adminPwd: 970_456_745,
		noKeyPwd: '1357924',
		pwdInfo: toHex(passcodeSeed(2026, random(80))),
		...over
	};
}

/** An integrator's desk: the app, two companies with an application each, `call` as curl would. */
export class SifelyDesk {
	readonly app: TestApp;
	readonly mine: Integration;
	readonly theirs: Integration;
	#people = 0;

	private constructor(app: TestApp, mine: Integration, theirs: Integration) {
		this.app = app;
		this.mine = mine;
		this.theirs = theirs;
	}

	static async open(create: (typeof databases)[number]['create']): Promise<SifelyDesk> {
		const app = await TestApp.open(create);
		return new SifelyDesk(app, await integration(app, 'Acme'), await integration(app, 'Other'));
	}

	close(): Promise<void> {
		return this.app.close();
	}

	/** A form, as the text has it. */
	post(path: string, params: Params): Promise<Answer> {
		return this.app.ask('POST', `/sifely/${path}`, {
			body: formOf(params),
			headers: { 'content-type': 'application/x-www-form-urlencoded' }
		});
	}

	get(path: string, params: Params): Promise<Answer> {
		return this.app.ask('GET', `/sifely/${path}?${formOf(params)}`);
	}

	/** A call with this account's token and the current time. */
	async call(by: Account, path: SifelyEndpoint, params: Params = {}): Promise<Answer['body']> {
		const { clientId } = by.of;
		const common = { clientId, accessToken: by.token, date: Date.now() };
		const { status, body, text } = await this.post(path, { ...common, ...params });
		expect(status, text).toBe(200);
		return body;
	}

	/** The same where it must succeed, in the form that the contract has. */
	async done(by: Account, path: SifelyEndpoint, params: Params = {}): Promise<Answer['body']> {
		const body = await this.call(by, path, params);
		const { reply } = ENDPOINTS[path];
		expect(reply.strict().parse(body)).toEqual(body);
		if ('errcode' in body) expect(body).toEqual(DONE);
		return body;
	}

	/** The same where it must be refused with this errcode. */
	async refused(
		by: Account,
		code: SifelyRefusal,
		path: SifelyEndpoint,
		params: Params = {}
	): Promise<void> {
		const body = await this.call(by, path, params);
		expect(Errcode.strict().parse(body).errcode, JSON.stringify(body)).toBe(ERRCODES[code][0]);
	}

	/** A call with the application's secret. */
	async asApp(
		path: SifelyEndpoint,
		params: Params = {},
		{ clientId, clientSecret } = this.mine
	): Promise<Answer['body']> {
		const common = { clientId, clientSecret, date: Date.now() };
		return (await this.post(path, { ...common, ...params })).body;
	}

	/** Someone registered by the application, signed in: what those calls leave, without their hashing. */
	async account(of = this.mine): Promise<Account> {
		const { db } = this.app.server;
		const { id: app_id, prefix } = await db
			.selectFrom('sifely_app')
			.select(['id', 'prefix'])
			.where('client_id', '=', of.clientId)
			.executeTakeFirstOrThrow();
		const row = await addAccount(db, {
			company_id: of.companyId,
			app_id,
			username: `${prefix}_user${++this.#people}`,
			password_hash: await (hash ??= hashMd5(md5Of(PASSWORD))),
			origin: 'registered',
			must_change: 0,
			user_id: null
		});
		const [token, refreshToken] = [newHex(), newHex()];
		await db
			.insertInto('sifely_token')
			.values({
				id: newId(),
				account_id: row!.id,
				app_id,
				access_hash: hashOf(token),
				refresh_hash: hashOf(refreshToken),
				access_ends_at: Date.now() + 90 * DAY,
				refresh_ends_at: Date.now() + 3650 * DAY,
				created_at: Date.now()
			})
			.execute();
		return { username: row!.username, password: PASSWORD, uid: row!.id, token, refreshToken, of };
	}

	async signIn(username: string, password: string, of = this.mine): Promise<Account> {
		const { clientId, clientSecret } = of;
		const params = { clientId, clientSecret, username, password: md5Of(password) };
		const { body } = await this.post('oauth2/token', params);
		expect(body, JSON.stringify(body)).toMatchObject({ expires_in: 7_776_000 });
		const { access_token: token, refresh_token: refreshToken, uid } = body;
		return { username, password, uid, token, refreshToken, of };
	}

	/** A lock that this account has just paired. */
	async door(owner: Account, over: Partial<LockData> = {}): Promise<Door> {
		const data = newLockData(over);
		const lockData = encodeLockData(data);
		const made = await this.done(owner, 'v3/lock/initialize', { lockData, lockAlias: 'Front' });
		return { ...made, data };
	}

	/** An eKey of a lock for somebody: its id. */
	async send(owner: Account, { lockId }: Door, to: Account, more: Params = {}): Promise<number> {
		const wish = { receiverUsername: to.username, keyName: 'key', startDate: 0, endDate: 0 };
		const { keyId } = await this.done(owner, 'v3/key/send', { lockId, ...wish, ...more });
		return keyId;
	}
}

function formOf(params: Params): string {
	const known = Object.entries(params).filter(([, value]) => value !== undefined);
	return new URLSearchParams(known.map(([name, value]) => [name, String(value)])).toString();
}

async function integration({ server: { db } }: TestApp, name: string): Promise<Integration> {
	const { id: companyId } = await addCompany(db, name, 'cli');
	return { companyId, ...(await addApp(db, companyId, 'cli')) };
}

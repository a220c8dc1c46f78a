import { expect, test } from 'vitest';
import { ENDPOINTS, type SifelyEndpoint } from '../../../src/lib/api/sifely/endpoints.ts';
import { ERRCODES, type SifelyRefusal } from '../../../src/lib/api/sifely/errcodes.ts';
import { encodeLockData } from '../../../src/lib/protocol/ttlock/grant.ts';
import { md5Of } from '../../../src/lib/server/sifely/passwords.ts';
import { databases } from '../../setup/databases.ts';
import { DAY, HOUR, newLockData, SifelyDesk, type Account, type Params } from './desk.ts';

/** Errors of who calls, how often and with what: `frame.test.ts`, `tokens.test.ts` ask every call for them. */
const OF_THE_FRAME: readonly SifelyRefusal[] = [
	'failed',
	'bad-parameter',
	'unknown-client',
	'wrong-client',
	'unknown-token',
	'token-ended',
	'wrong-password',
	'bad-grant-type',
	'bad-refresh-token',
	'no-such-call',
	'too-many',
	'wrong-date',
	'internal'
];

/** An integrator's session from the first account to the last: every call with its errors, then done. */
class Script {
	readonly #desk: SifelyDesk;
	readonly done = new Set<string>();
	readonly refused = new Map<string, Set<SifelyRefusal>>();

	constructor(desk: SifelyDesk) {
		this.#desk = desk;
	}

	/** The same refusal by query and by form, with nothing changed in between. */
	async no(by: Account | null, code: SifelyRefusal, path: SifelyEndpoint, params: Params) {
		const [get, post] = [
			await this.#desk.get(path, this.#with(by, params)),
			await this.#desk.post(path, this.#with(by, params))
		];
		expect(get.body.errcode, `${path} ${JSON.stringify([params, get.body])}`).toBe(
			ERRCODES[code][0]
		);
		expect(post.body).toEqual(get.body);
		this.refused.set(path, (this.refused.get(path) ?? new Set()).add(code));
	}

	async yes(by: Account | null, path: SifelyEndpoint, params: Params = {}, way?: 'get') {
		const { body } = await this.#desk[way ?? 'post'](path, this.#with(by, params));
		expect(ENDPOINTS[path].reply.strict().safeParse(body).error, path).toBeUndefined();
		if ('errcode' in body) expect(body.errcode, `${path} ${JSON.stringify(body)}`).toBe(0);
		this.done.add(path);
		return body;
	}

	/** A list by query and by form, whole and in pages of one. */
	async list(by: Account | null, path: SifelyEndpoint, params: Params, total: number) {
		const all = await this.yes(by, path, { ...params, pageNo: 1, pageSize: 100 }, 'get');
		expect(await this.yes(by, path, { ...params, pageNo: 1, pageSize: 100 })).toEqual(all);
		expect(all).toMatchObject({ total, pageNo: 1, pages: total === 0 ? 0 : 1 });
		const pages = [];
		for (let pageNo = 1; pageNo <= total; pageNo++) {
			const page = await this.yes(by, path, { ...params, pageNo, pageSize: 1 });
			expect(page).toMatchObject({ pageNo, pageSize: 1, pages: total, total });
			pages.push(...page.list);
		}
		expect(pages).toEqual(all.list);
		for (const bad of [{ pageSize: 0 }, { pageNo: 0 }, { pageSize: 'x' }])
			await this.no(by, 'bad-parameter', path, { ...params, ...bad });
	}

	#with(by: Account | null, params: Params): Params {
		const { clientId, clientSecret } = this.#desk.mine;
		const shown = by === null ? { clientSecret } : { accessToken: by.token };
		return { clientId, ...shown, date: Date.now(), ...params };
	}
}

test.each(databases)('every call with its errors on $name', async ({ create }) => {
	const desk = await SifelyDesk.open(create);
	const script = new Script(desk);
	const { yes, no, list } = {
		yes: script.yes.bind(script),
		no: script.no.bind(script),
		list: script.list.bind(script)
	};
	const [ann, bob, cleo] = [await desk.account(), await desk.account(), await desk.account()];
	const md5 = md5Of('another');
	const now = Date.now();
	const NONE = 2_000_000_000;

	// Users, by the application.
	await no(null, 'bad-username', 'v3/user/register', { username: 'a b', password: md5 });
	await no(null, 'not-md5', 'v3/user/register', { username: 'dora', password: 'plain' });
	const { username: dora } = await yes(null, 'v3/user/register', {
		username: 'dora',
		password: md5
	});
	await no(null, 'username-taken', 'v3/user/register', { username: 'dora', password: md5 });
	await no(null, 'not-your-user', 'v3/user/resetPassword', { username: 'nobody', password: md5 });
	await yes(null, 'v3/user/resetPassword', { username: dora, password: md5 });
	await list(null, 'v3/user/list', {}, 4);

	// Locks.
	await no(ann, 'bad-parameter', 'v3/lock/initialize', { lockData: 'x' });
	const data = newLockData();
	const lockData = encodeLockData(data);
	const { lockId } = await yes(ann, 'v3/lock/initialize', { lockData, lockAlias: 'Front' });
	const bare = await desk.door(ann, { pwdInfo: null });
	await no(bob, 'not-permitted', 'v3/lock/initialize', { lockData });
	await no(null, 'owns-locks', 'v3/user/delete', { username: ann.username });
	await no(null, 'not-your-user', 'v3/user/delete', { username: 'nobody' });
	await yes(null, 'v3/user/delete', { username: dora });
	await list(ann, 'v3/lock/list', {}, 2);
	// Who has no eKey of a lock is told that there is none.
	await no(bob, 'no-lock', 'v3/lock/detail', { lockId });
	await desk.send(ann, { lockId, keyId: 0, data }, cleo);
	const OF_THE_LOCK: readonly [SifelyEndpoint, Params][] = [
		['v3/lock/detail', {}],
		['v3/lock/rename', { lockAlias: 'Back' }],
		['v3/lock/updateLockData', { lockData }],
		['v3/lock/changeAdminKeyboardPwd', { password: '192837', changeType: 1 }],
		[
			'v3/lock/configPassageMode',
			{ passageMode: 1, startDate: 540, endDate: 600, weekDays: '[1,7]', isAllDay: 2, type: 1 }
		]
	];
	for (const [path, params] of OF_THE_LOCK) {
		await no(ann, 'no-lock', path, { ...params, lockId: NONE });
		await no(cleo, 'not-permitted', path, { ...params, lockId });
		await yes(ann, path, { ...params, lockId });
	}
	// Any holder's phone tells of the battery.
	const battery = { lockId, electricQuantity: 77 };
	await no(cleo, 'bad-parameter', 'v3/lock/updateElectricQuantity', {
		...battery,
		electricQuantity: 101
	});
	await no(bob, 'no-lock', 'v3/lock/updateElectricQuantity', battery);
	await yes(cleo, 'v3/lock/updateElectricQuantity', battery);
	await no(bob, 'no-lock', 'v3/lock/getPassageModeConfig', { lockId });
	await yes(cleo, 'v3/lock/getPassageModeConfig', { lockId }, 'get');
	const code = { lockId, changeType: 1 };
	await no(ann, 'bad-code-length', 'v3/lock/changeAdminKeyboardPwd', { ...code, password: '12' });
	await no(ann, 'no-gateway', 'v3/lock/configPassageMode', { lockId, passageMode: 1, type: 2 });
	const mode = { lockId, passageMode: 1, type: 1 };
	await no(ann, 'bad-json', 'v3/lock/configPassageMode', { ...mode, weekDays: '[' });

	// eKeys.
	const to = (receiverUsername: string, more: Params = {}) => ({
		...{ lockId, receiverUsername, keyName: 'k', startDate: 0, endDate: 0 },
		...more
	});
	await no(ann, 'no-lock', 'v3/key/send', to(bob.username, { lockId: NONE }));
	await no(ann, 'to-yourself', 'v3/key/send', to(ann.username));
	await no(ann, 'not-registered', 'v3/key/send', to('nobody'));
	const short = { startDate: now - HOUR, endDate: now + HOUR };
	await no(cleo, 'not-permitted', 'v3/key/send', to(bob.username));
	await yes(ann, 'v3/key/send', to(bob.username, { ...short, keyRight: 1 }));
	await no(bob, 'to-the-owner', 'v3/key/send', to(ann.username, short));
	await no(bob, 'own-key-shorter', 'v3/key/send', to(cleo.username));
	const { keyId } = await yes(ann, 'v3/key/send', to(cleo.username));
	await list(ann, 'v3/lock/listKey', { lockId }, 2);
	await no(cleo, 'not-permitted', 'v3/lock/listKey', { lockId });
	await list(cleo, 'v3/key/list', {}, 1);
	await no(cleo, 'no-lock', 'v3/key/get', { lockId: bare.lockId });
	await yes(cleo, 'v3/key/get', { lockId }, 'get');
	const OF_THE_KEY: readonly [SifelyEndpoint, Params][] = [
		['v3/key/freeze', {}],
		['v3/key/unfreeze', {}],
		['v3/key/changePeriod', { startDate: now, endDate: now + DAY }],
		['v3/key/update', { keyName: 'cleaning' }],
		['v3/key/authorize', { lockId }],
		['v3/key/unauthorize', { lockId }]
	];
	for (const [path, params] of OF_THE_KEY) {
		await no(ann, 'no-ekey', path, { ...params, keyId: NONE });
		await no(cleo, 'not-permitted', path, { ...params, keyId });
		await yes(ann, path, { ...params, keyId });
	}
	await yes(ann, 'v3/lock/resetKey', { lockId });
	await no(ann, 'no-lock', 'v3/lock/resetKey', { lockId: NONE });
	const period = { keyId, startDate: now, endDate: now + DAY };
	await no(ann, 'period-fixed', 'v3/key/changePeriod', period);
	await no(ann, 'no-ekey', 'v3/key/delete', { keyId: NONE });
	await no(bob, 'not-permitted', 'v3/key/delete', { keyId });
	await yes(ann, 'v3/key/delete', { keyId });

	// Passcodes.
	const wish = { lockId, keyboardPwdType: 3, startDate: now, endDate: now + DAY };
	const get = 'v3/keyboardPwd/get';
	await no(ann, 'bad-passcode-version', get, { ...wish, keyboardPwdVersion: 3 });
	await no(ann, 'no-passcode-data', get, { ...wish, lockId: bare.lockId });
	await no(bob, 'not-permitted', get, wish);
	const random = await yes(ann, get, wish);
	const add = 'v3/keyboardPwd/add';
	const own = (keyboardPwd: string) => ({ lockId, keyboardPwd, keyboardPwdType: 2, addType: 1 });
	await no(ann, 'bad-code-length', add, own('123'));
	await no(ann, 'too-simple', add, own('5555'));
	await no(ann, 'no-gateway', add, { ...own('0563'), addType: 2 });
	const { keyboardPwdId } = await yes(ann, add, own('0563'));
	await no(ann, 'same-code', add, own('0563'));
	const change = 'v3/keyboardPwd/change';
	const changed = (id: number) => ({
		lockId,
		keyboardPwdId: id,
		newKeyboardPwd: '0817',
		changeType: 1
	});
	await no(ann, 'no-passcode', change, changed(NONE));
	await no(ann, 'never-used', change, changed(random.keyboardPwdId));
	await yes(ann, change, changed(keyboardPwdId));
	await list(ann, 'v3/lock/listKeyboardPwd', { lockId }, 2);
	await no(ann, 'no-passcode', 'v3/keyboardPwd/delete', { lockId, keyboardPwdId: NONE });
	await yes(ann, 'v3/keyboardPwd/delete', { lockId, keyboardPwdId, deleteType: 1 });
	const byCode = { lockId, keyboardPwd: random.keyboardPwd, deleteType: 1 };
	await yes(ann, 'v3/keyboardPwd/deleteByCode', byCode);
	await no(ann, 'no-passcode', 'v3/keyboardPwd/deleteByCode', byCode);
	await no(ann, 'code-was-deleted', get, wish);

	// Records.
	const upload = 'v3/lockRecord/upload';
	await no(ann, 'bad-json', upload, { lockId, records: '[' });
	await no(cleo, 'no-lock', upload, { lockId, records: '[]' });
	const record = { recordType: 7, operateDate: now - HOUR, password: '4711', electricQuantity: 76 };
	await yes(ann, upload, { lockId, records: JSON.stringify([record]) });
	await no(bob, 'not-permitted', 'v3/lockRecord/list', { lockId });
	await list(ann, 'v3/lockRecord/list', { lockId }, 1);

	// And out of hand.
	const given = (lockIdList: string) => ({ receiverUsername: cleo.username, lockIdList });
	await no(ann, 'bad-json', 'v3/lock/transfer', given('['));
	await no(ann, 'no-lock', 'v3/lock/transfer', given(`[${NONE}]`));
	const mine = { ...given(`[${lockId}]`), receiverUsername: ann.username };
	await no(ann, 'lock-to-yourself', 'v3/lock/transfer', mine);
	await yes(ann, 'v3/lock/transfer', given(`[${lockId}]`));
	await no(bob, 'not-permitted', 'v3/lock/delete', { lockId });
	await no(ann, 'no-lock', 'v3/lock/delete', { lockId: NONE });
	await yes(cleo, 'v3/lock/delete', { lockId });

	expect([...script.done].toSorted()).toEqual(Object.keys(ENDPOINTS).toSorted());
	expect([...script.refused.keys()].toSorted()).toEqual(Object.keys(ENDPOINTS).toSorted());
	const seen = new Set([...script.refused.values()].flatMap((codes) => [...codes]));
	// Full stores take hundreds of calls: `passcodes.test.ts`.
	const elsewhere = new Set([...OF_THE_FRAME, 'codes-full']);
	const missing = Object.keys(ERRCODES).filter(
		(name) => !seen.has(name as SifelyRefusal) && !elsewhere.has(name as SifelyRefusal)
	);
	expect(missing).toEqual([]);
	await desk.close();
});

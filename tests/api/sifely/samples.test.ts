import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { fromHex } from '../../../src/lib/protocol/bytes.ts';
import { localOf } from '../../../src/lib/protocol/ttlock/dates.ts';
import {
	randomPasscodeKey,
	readRandomPasscode
} from '../../../src/lib/protocol/ttlock/random-passcodes.ts';
import { databases } from '../../setup/databases.ts';
import { OFFSET, SifelyDesk, type Account, type Door } from './desk.ts';

/** The parameters of both samples, word for word; ids and secrets are those of the reader. */
const PASSCODE = {
	clientId: 'fd2ff35ee3xxxxxx',
	accessToken: '780f7671b6e6bxxxxxxx',
	lockId: '24451',
	keyboardPwdType: '3',
	keyboardPwdName: 'test',
	startDate: '1626945087000',
	endDate: '1636945087000',
	date: '1626945087000'
};
const EKEY = {
	clientId: '4773aa036f7f49c68d876bb4be85c80c',
	accessToken: 'dfd5489d0cee31f0bdfaf59d0d42d71f',
	lockId: '163377',
	receiverUsername: '18876191905',
	keyName: 'Ekey for jack',
	startDate: '1625025703000',
	endDate: '1635025703000',
	createUser: '1',
	remarks: 'Have a nice day.',
	date: '1625025703000'
};

describe.each(databases)('the samples of the Sifely page, over HTTP, on $name', ({ create }) => {
	let desk: SifelyDesk;
	let owner: Account;
	let door: Door;
	let http: HttpServer;
	let origin: string;
	beforeAll(async () => {
		desk = await SifelyDesk.open(create);
		owner = await desk.account();
		door = await desk.door(owner);
		http = createServer((request, response) => {
			const chunks: Buffer[] = [];
			request.on('data', (chunk: Buffer) => chunks.push(chunk));
			request.on('end', () => {
				const headers = { 'content-type': request.headers['content-type'] ?? '' };
				const body = Buffer.concat(chunks).toString();
				void desk.app
					.ask(request.method ?? '', request.url ?? '', { headers, ...(body && { body }) })
					.then(({ status, text }) => {
						response.writeHead(status, { 'content-type': 'application/json' }).end(text);
					});
			});
		}).listen(0, '127.0.0.1');
		await once(http, 'listening');
		origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
	});
	afterEach(() => vi.useRealTimers());
	afterAll(async () => {
		http.close();
		await desk.close();
	});

	/** As `curl --data-urlencode` sends it. */
	const curl = async (path: string, sample: Record<string, string>, more: object = {}) => {
		const { clientId } = desk.mine;
		const ids = { clientId, accessToken: owner.token, lockId: String(door.lockId), ...more };
		const body = Object.entries({ ...sample, ...ids })
			.map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
			.join('&');
		const headers = { 'content-type': 'application/x-www-form-urlencoded' };
		const answer = await fetch(`${origin}/sifely/${path}`, { method: 'POST', headers, body });
		expect(answer.status).toBe(200);
		return (await answer.json()) as Record<string, unknown>;
	};
	const at = (now: number) => vi.useFakeTimers({ now, toFake: ['Date'] });

	test('1, a passcode: at the moment it names, and today with the date of today', async () => {
		at(Number(PASSCODE.date));
		const given = await curl('v3/keyboardPwd/get', PASSCODE);
		expect(given).toEqual({
			keyboardPwd: expect.stringMatching(/^\d{6,9}$/),
			keyboardPwdId: expect.any(Number)
		});
		const key = randomPasscodeKey(fromHex(door.data.pwdInfo!, 61));
		const start = localOf(Number(PASSCODE.startDate), OFFSET);
		expect(readRandomPasscode(key, String(given['keyboardPwd']), start)).toMatchObject({
			type: 'period'
		});
		vi.useRealTimers();
		const today = { date: String(Date.now()) };
		expect(await curl('v3/keyboardPwd/get', PASSCODE, today)).toEqual(given);
		expect((await curl('v3/keyboardPwd/get', PASSCODE))['errcode']).toBe(80000);
	});

	test('2, an eKey to somebody new: his password is the last six characters', async () => {
		at(Number(EKEY.date));
		const given = await curl('v3/key/send', EKEY);
		expect(given).toEqual({ keyId: expect.any(Number) });
		const jack = await desk.signIn('18876191905', '191905');
		const { list } = await desk.done(jack, 'v3/key/list', { pageNo: 1, pageSize: 20 });
		expect(list).toEqual([
			expect.objectContaining({
				keyId: given['keyId'],
				lockId: door.lockId,
				remarks: 'Have a nice day.',
				startDate: Number(EKEY.startDate),
				endDate: Number(EKEY.endDate)
			})
		]);
		expect(list[0].lockData).not.toBe('');
		vi.useRealTimers();
		const again = await curl('v3/key/send', EKEY, { date: String(Date.now()) });
		expect(again['keyId']).not.toBe(given['keyId']);
	});
});

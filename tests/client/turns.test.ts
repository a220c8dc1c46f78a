import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { TurnsRequest } from '../../src/lib/api/app/phone-doors.ts';
import type { Me } from '../../src/lib/api/app/people.ts';
import { ClientError, type Call } from '../../src/lib/client/call.ts';
import { DoorKeys } from '../../src/lib/client/door-keys.ts';
import { tellTurns } from '../../src/lib/client/turns.ts';
import { BODY_LIMIT } from '../../src/lib/server/http/body.ts';
import { VaultError, type Vault } from '../../src/lib/vault/store.ts';
import { Turns, type StoredTurn } from '../../src/lib/vault/turns.ts';
import { makeKeyring } from '../vault/secrets.ts';

const ME: Me = {
	user: { id: 'anna', name: 'Anna', email: 'anna@example.org' },
	company: { id: 'company', name: 'Pump works', role: 'member', ownerName: 'Ada' },
	firstRun: false,
	demoEnds: null
};
const OWNER = 'anna company';

function turn(number: number, answers: string[] = []): StoredTurn {
	const id = `turn-${1000 + number}`;
	return { id, owner: OWNER, door: 5, action: 'unlock', at: number, answers };
}

let vault: Vault;
let turns: Turns;
let told: TurnsRequest[];
let hears: (id: string) => boolean;
const call: Call = (_schema, method, path, body) => {
	expect([method, path]).toEqual(['POST', '/api/offline/turns']);
	const request = structuredClone(body) as TurnsRequest;
	told.push(request);
	return Promise.resolve({ heard: request.turns.map(({ id }) => id).filter(hears) } as never);
};

beforeEach(() => {
	vault = makeKeyring().vault;
	turns = new Turns(vault);
	told = [];
	hears = () => true;
});

describe('openings at door locks without network', () => {
	test('are told in the name of who opened, and only theirs', async () => {
		await turns.note(turn(1, ['ab']));
		await turns.note({ ...turn(2), owner: 'bob company' });
		await tellTurns({ turns, call }, ME);
		expect(told).toEqual([
			{
				turns: [{ id: 'turn-1001', door: 5, action: 'unlock', at: 1, answers: ['ab'] }],
				sender: { company: 'company', person: 'anna' }
			}
		]);
		expect(await turns.of(OWNER)).toEqual([]);
		expect(await turns.isEmpty()).toBe(false);
	});

	test('are told as many as one request holds, then the others', async () => {
		const answers = Array.from({ length: 20 }, () => 'ab'.repeat(255));
		for (let i = 0; i < 40; i++) await turns.note(turn(i, i < 39 ? answers : []));
		await tellTurns({ turns, call }, ME);
		// A short one does not wait for the long ones before it.
		expect(told[0]!.turns.map(({ id }) => id)).toContain('turn-1039');
		expect(told.length).toBeGreaterThan(1);
		for (const one of told) expect(JSON.stringify(one).length).toBeLessThan(BODY_LIMIT / 2);
		expect(told.flatMap((one) => one.turns)).toHaveLength(40);
		expect(await turns.isEmpty()).toBe(true);
	});

	test('stay when the server does not name them', async () => {
		for (const one of [1, 2]) await turns.note(turn(one));
		hears = (id) => id === 'turn-1001';
		await expect(tellTurns({ turns, call }, ME)).rejects.toMatchObject({ code: 'bad-reply' });
		expect(await turns.of(OWNER)).toMatchObject([{ id: 'turn-1002' }]);
	});

	test.each(['bad-input', 'internal'] as const)(
		'one that is refused (%s) keeps no other from being told',
		async (code) => {
			for (const one of [1, 2, 3]) await turns.note(turn(one));
			const choosy: Call = (...asked) => {
				const { turns } = asked[3] as TurnsRequest;
				if (turns.some(({ id }) => id === 'turn-1002')) throw new ClientError(code, 'unfit');
				return call(...asked);
			};
			await expect(tellTurns({ turns, call: choosy }, ME)).rejects.toMatchObject({ code });
			expect(await turns.of(OWNER)).toMatchObject([{ id: 'turn-1002' }]);
		}
	);

	test('a server that refuses each is not asked for each', async () => {
		for (let i = 0; i < 20; i++) await turns.note(turn(i));
		let times = 0;
		const refuses: Call = () => {
			times++;
			return Promise.reject(new ClientError('internal', 'down'));
		};
		const all = tellTurns({ turns, call: refuses }, ME);
		await expect(all).rejects.toMatchObject({ code: 'internal' });
		expect(times).toBe(7);
		expect(await turns.of(OWNER)).toHaveLength(20);
	});

	test('wait while nobody is signed in, and where nothing waits nobody is asked', async () => {
		await tellTurns({ turns, call }, ME);
		await turns.note(turn(1));
		await tellTurns({ turns, call }, undefined);
		await tellTurns({ turns, call }, { ...ME, user: null });
		expect(told).toEqual([]);
	});
});

describe('the browser is asked to send them', () => {
	function makeKeys(of: () => Promise<StoredTurn[]>) {
		const askToDeliver = vi.fn();
		const kept = { note: () => Promise.resolve(), of } as unknown as Turns;
		const parts = { turns: kept, me: () => ME, askToDeliver };
		return { askToDeliver, keys: new DoorKeys(parts as never) };
	}
	beforeEach(() => vi.useFakeTimers());
	afterEach(() => {
		vi.useRealTimers();
		vi.unstubAllGlobals();
	});

	test('once the lock is done, however much it answers', async () => {
		const { keys, askToDeliver } = makeKeys(() => Promise.resolve([turn(1)]));
		for (let answers = 0; answers < 3; answers++) {
			await keys.note(
				turn(
					1,
					Array.from({ length: answers }, () => 'ab')
				)
			);
			vi.advanceTimersByTime(2_000);
			expect(askToDeliver).not.toHaveBeenCalled();
		}
		vi.advanceTimersByTime(2_000);
		expect(askToDeliver).toHaveBeenCalledTimes(1);
	});

	test('at once when the page may soon be gone, and not for what the server has heard', async () => {
		const page = new EventTarget();
		const { keys, askToDeliver } = makeKeys(() => Promise.resolve([]));
		keys.start(page);
		const turnAway = () => page.dispatchEvent(new Event('visibilitychange'));
		turnAway();
		expect(askToDeliver).not.toHaveBeenCalled();
		await keys.note(turn(1));
		turnAway();
		expect(askToDeliver).toHaveBeenCalledTimes(1);
		await keys.tell();
		turnAway();
		vi.advanceTimersByTime(4_000);
		expect(askToDeliver).toHaveBeenCalledTimes(1);
	});

	test('when nothing can be told, which never rejects', async () => {
		vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
		const { keys, askToDeliver } = makeKeys(() => Promise.resolve([turn(1)]));
		await keys.tell();
		expect(askToDeliver).toHaveBeenCalledTimes(1);
		const failing = makeKeys(() => Promise.reject(new VaultError('unavailable', 'x')));
		await failing.keys.tell();
		expect(failing.askToDeliver).not.toHaveBeenCalled();
	});
});

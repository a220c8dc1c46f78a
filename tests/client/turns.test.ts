import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { TurnsRequest } from '../../src/lib/api/app/phone-doors.ts';
import type { Me } from '../../src/lib/api/app/people.ts';
import type { Call } from '../../src/lib/client/call.ts';
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

	test.each([
		['once the lock is done, however much it answers', () => Promise.resolve([turn(1)]), 1],
		['not where the server has heard them', () => Promise.resolve([]), 0],
		['not by a storage that fails', () => Promise.reject(new VaultError('unavailable', 'x')), 0]
	])('%s', async (_, of, times) => {
		vi.useFakeTimers();
		const { keys, askToDeliver } = makeKeys(of);
		for (let answers = 0; answers < 3; answers++) {
			await keys.note(
				turn(
					1,
					Array.from({ length: answers }, () => 'ab')
				)
			);
			await vi.advanceTimersByTimeAsync(2_000);
			expect(askToDeliver).not.toHaveBeenCalled();
		}
		await vi.advanceTimersByTimeAsync(2_000);
		expect(askToDeliver).toHaveBeenCalledTimes(times);
		vi.useRealTimers();
	});

	test('telling them never rejects, whatever the server says', async () => {
		const { keys } = makeKeys(() => Promise.resolve([turn(1)]));
		vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
		await expect(keys.tell()).resolves.toBeUndefined();
		vi.unstubAllGlobals();
	});
});

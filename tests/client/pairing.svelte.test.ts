import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { LOCK_TALKS } from '../../src/lib/client/alone.ts';
import { ClientError } from '../../src/lib/client/call.ts';
import { Paired } from '../../src/lib/client/paired.svelte.ts';
import { LockPairing, type PairingParts } from '../../src/lib/client/pairing.svelte.ts';
import { memoryConnector } from '../../src/lib/link/memory.ts';
import { LinkError } from '../../src/lib/link/link.ts';
import { parseLockData } from '../../src/lib/protocol/ttlock/grant.ts';
import { Pairings } from '../../src/lib/vault/pairings.ts';
import { Vault, VaultError } from '../../src/lib/vault/store.ts';
import { Chance } from '../pair/chance.ts';
import { Door } from '../pair/ttlock/door.ts';

const MAC = 'C4:54:12:32:3B:D8';
const NAME = 'M101T_d83b32';

let vault: Vault;
let pairings: Pairings;
beforeEach(() => {
	vi.useFakeTimers({
		shouldAdvanceTime: true,
		advanceTimeDelta: 200,
		toFake: ['setTimeout', 'clearTimeout', 'Date']
	});
	vault = new Vault(`pairing ${Math.random()}`);
	pairings = new Pairings(vault);
});
afterEach(async () => {
	vi.useRealTimers();
	await vault.close();
});

/** A lock, a server on paper, and the client between them. */
function rig(change: Partial<PairingParts> = {}) {
	const door = new Door({ mac: MAC }, new Chance(1));
	const posted: { lockData: string; name: string }[] = [];
	const server = { refusal: null as ClientError | null };
	const paired = new Paired({
		pairings,
		company: () => 'acme',
		call: async (_schema, _method, _path, body) => {
			if (server.refusal) throw server.refusal;
			posted.push(body as (typeof posted)[number]);
			return { id: 7 } as never;
		}
	});
	const target = { vendor: 'ttlock', name: NAME, heard: null } as const;
	const parts: PairingParts = {
		choose: async () => ({ ...target, connect: memoryConnector(door) }),
		...{ pairings, paired, company: () => 'acme' },
		persist: async () => true,
		zone: () => 3_600_000,
		...change
	};
	return { door, posted, server, paired, pairing: new LockPairing(parts) };
}

describe('a pairing', () => {
	test('tells its steps, gives the lock its zone, and lets go when the server has it', async () => {
		const { door, posted, pairing, paired } = rig();
		const run = pairing.pair('Front door');
		expect([pairing.phase, pairing.runs]).toEqual(['choosing', true]);
		await vi.waitFor(() => expect(pairing.phase).toBe('pairing'), { interval: 1 });
		await run;
		expect(pairing).toMatchObject({
			phase: 'done',
			id: 7,
			step: 'device',
			runs: false,
			lock: NAME
		});
		expect(posted).toHaveLength(1);
		expect(posted[0]!.name).toBe('Front door');
		const data = parseLockData(posted[0]!.lockData);
		expect(data).toMatchObject({ lockMac: MAC, lockName: NAME, timezoneRawOffset: 3_600_000 });
		expect(data).toMatchObject({ adminPwd: door.owner?.adminPs, lockKey: door.owner?.unlockKey });
		expect(data.pwdInfo).toHaveLength(122);
		expect(Math.abs(door.ahead - 3_600_000)).toBeLessThan(2_000);
		expect(paired.waiting).toEqual([]);
		pairing.rest();
		expect(pairing).toMatchObject({ phase: 'idle', id: null, lock: null });
	});

	test('a lock that is heard with another scene is spoken to under it, and named by its MAC', async () => {
		const door = new Door({ mac: MAC, scene: 3, strict: true }, new Chance(1));
		const connect = memoryConnector(door);
		for (const heard of [{ mac: MAC, hardware: 3 }, null]) {
			const { pairing, posted } = rig({
				choose: async () => ({ vendor: 'ttlock', name: NAME, heard, connect })
			});
			await pairing.pair('Door');
			expect(pairing.failure).toBeNull();
			expect(parseLockData(posted[0]!.lockData)).toMatchObject({
				lockMac: MAC,
				lockVersion: { scene: 3 }
			});
			door.pressReset();
		}
	});

	test('keys are made anew for every lock', async () => {
		const { door, posted, pairing } = rig();
		await pairing.pair('Door');
		door.pressReset();
		await pairing.pair('Door');
		const [one, other] = posted.map(({ lockData }) => parseLockData(lockData));
		for (const name of ['adminPwd', 'lockKey', 'aesKeyStr', 'pwdInfo'] as const)
			expect(one![name]).not.toEqual(other![name]);
	});

	test('a chooser that is cancelled changes nothing', async () => {
		const { pairing } = rig({ choose: async () => null });
		await pairing.pair('Door');
		expect(pairing).toMatchObject({ phase: 'idle', failure: null });
	});

	test.each([
		[new LinkError('bluetooth-off', 'off'), 'bluetooth-off'],
		[new LinkError('unsupported', 'none'), 'unsupported'],
		[new LinkError('not-a-lock', 'no'), 'not-a-lock'],
		[new LinkError('no-answer', 'asleep'), 'no-answer']
	] as const)('%s is told as %s', async (cause, failure) => {
		const fails = () => Promise.reject(cause);
		const { pairing } = rig({
			choose: async () => ({ vendor: 'ttlock', name: NAME, heard: null, connect: fails })
		});
		await pairing.pair('Door');
		expect(pairing).toMatchObject({ phase: 'failed', failure, kept: false });
	});

	test('a vendor whose locks no phone pairs, nobody signed in, another tab', async () => {
		const connect = () => Promise.reject(new Error('not to be called'));
		const padlock = rig({
			choose: async () => ({ vendor: 'noke', name: 'NOKE4I', heard: null, connect })
		});
		await padlock.pairing.pair('Door');
		expect(padlock.pairing.failure).toBe('not-a-lock');
		const nobody = rig({ company: () => null });
		await nobody.pairing.pair('Door');
		expect(nobody.pairing.failure).toBe('signed-out');
		const names: string[] = [];
		const locks = {
			request: async (name: string, _: object, work: (lock: null) => unknown) => {
				names.push(name);
				return work(null);
			}
		} as unknown as LockManager;
		const busy = rig({ locks });
		await busy.pairing.pair('Door');
		expect(busy.pairing.failure).toBe('busy');
		expect(names).toEqual([`${LOCK_TALKS}${NAME}`]);
	});

	test('without room for the keys the lock is not taken', async () => {
		const keep = () => Promise.reject(new VaultError('full', 'no space'));
		const full = Object.assign(new Pairings(vault), { keep });
		const { door, pairing } = rig({ pairings: full });
		await pairing.pair('Door');
		expect(pairing).toMatchObject({ phase: 'failed', failure: 'storage-full', kept: false });
		expect(door.isFree).toBe(true);
	});

	test('stopped half-way it keeps the keys, and goes on without asking which lock', async () => {
		let chosen = 0;
		const first = rig();
		const { door, posted } = first;
		const connect = memoryConnector(door);
		const { pairing } = rig({
			paired: first.paired,
			choose: async () => {
				chosen++;
				return { vendor: 'ttlock', name: NAME, heard: null, connect };
			}
		});
		const run = pairing.pair('Door');
		await vi.waitFor(() => expect(door.isFree).toBe(false), { interval: 1 });
		pairing.stop();
		expect(pairing.phase).toBe('stopped');
		await run;
		expect(pairing).toMatchObject({ phase: 'stopped', kept: true });
		expect(first.paired.waiting).toMatchObject([{ lock: NAME, name: 'Door' }]);
		expect(posted).toEqual([]);
		await pairing.pair('Door', 'same');
		expect(pairing.phase).toBe('done');
		expect(chosen).toBe(1);
		expect(parseLockData(posted[0]!.lockData).adminPwd).toBe(door.owner?.adminPs);
	});

	test('stopped at the lock’s last word it waits, and the server hears nothing', async () => {
		const { pairing, paired, posted } = rig();
		const keep = pairings.keep.bind(pairings);
		vi.spyOn(pairings, 'keep').mockImplementation(async (facts, secret) => {
			if (facts.state === 'paired') pairing.stop();
			return keep(facts, secret);
		});
		await pairing.pair('Door');
		expect(pairing).toMatchObject({ phase: 'stopped', kept: true });
		expect(paired.waiting).toMatchObject([{ lock: NAME, state: 'paired' }]);
		expect(posted).toEqual([]);
		await paired.flush();
		expect(posted).toHaveLength(1);
		expect(paired.waiting).toEqual([]);
	});

	test('a lock of somebody else stays theirs; kept keys that do not fit stay, too', async () => {
		const { door, pairing, server, paired } = rig();
		server.refusal = new ClientError('no-network', 'gone');
		await pairing.pair('Door');
		expect(pairing.phase).toBe('waits');
		// Somebody else has reset it and paired it with another phone.
		door.pressReset();
		const elsewhere = new Pairings(new Vault(`elsewhere ${Math.random()}`));
		const connect = memoryConnector(door);
		const theirs = rig({
			pairings: elsewhere,
			choose: async () => ({ vendor: 'ttlock', name: NAME, heard: null, connect })
		});
		await theirs.pairing.pair('Theirs');
		expect(theirs.pairing.phase).toBe('done');
		await pairing.pair('Door');
		expect(pairing).toMatchObject({ phase: 'failed', failure: 'foreign', kept: true });
		expect(paired.waiting).toHaveLength(1);
		await paired.forget(NAME);
		expect(paired.waiting).toEqual([]);
	});

	test('a lock is given back with the keys that are kept', async () => {
		const { door, pairing, server, paired } = rig();
		await pairing.reset();
		expect(pairing).toMatchObject({ phase: 'failed', failure: 'nothing-kept' });
		server.refusal = new ClientError('internal', 'broken');
		await pairing.pair('Door');
		expect(pairing).toMatchObject({ phase: 'waits', kept: true });
		await pairing.reset('same');
		expect(pairing).toMatchObject({ phase: 'freed', kept: false });
		expect(door.isFree).toBe(true);
		expect(paired.waiting).toEqual([]);
	});

	test.each([
		['conflict', 'conflict', 'conflict'],
		['forbidden', 'forbidden', 'forbidden'],
		['bad-input', 'unfit', 'bad-input'],
		['signed-out', 'signed-out', null]
	] as const)('a server that says %s: it is kept', async (code, failure, refused) => {
		const { pairing, paired, server, posted } = rig();
		server.refusal = new ClientError(code, code);
		await pairing.pair('Door');
		expect(pairing).toMatchObject({ phase: 'failed', failure, kept: true });
		expect(paired.waiting).toMatchObject([{ state: 'paired', refused }]);
		server.refusal = null;
		await paired.flush();
		expect(posted).toHaveLength(1);
		expect(paired.waiting).toEqual([]);
	});

	test('what waits is tried again by itself', async () => {
		const { pairing, paired, server, posted } = rig();
		server.refusal = new ClientError('timed-out', 'late');
		await pairing.pair('Door');
		expect(pairing.phase).toBe('waits');
		server.refusal = null;
		await vi.waitFor(() => expect(posted).toHaveLength(1), { timeout: 5_000 });
		await vi.waitFor(() => expect(paired.waiting).toEqual([]));
	});
});

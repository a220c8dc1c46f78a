import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ClientError, type Call } from '../../src/lib/client/call.ts';
import { Sync } from '../../src/lib/client/sync.svelte.ts';
import { Outbox } from '../../src/lib/vault/outbox.ts';
import { Vault } from '../../src/lib/vault/store.ts';
import { ANNA, hears, MAC, said, SESSION } from './rig.ts';

interface Sent {
	id: string;
	packets: string[];
}
type Answer = (sent: Sent[]) => { durable: string[]; refused: { id: string; code: string }[] };

const takeAll: Answer = (sent) => ({ durable: sent.map(({ id }) => id), refused: [] });

let databases = 0;
let vault: Vault;
let outbox: Outbox;
let requests: Sent[][];
let answer: Answer;

beforeEach(() => {
	vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
	vault = new Vault(`sync-${databases++}`);
	outbox = new Outbox(vault);
	requests = [];
	answer = takeAll;
});

afterEach(async () => {
	vi.useRealTimers();
	await vault.close();
});

const call: Call = async (_schema, _method, _path, body) => {
	const { batches } = body as { batches: Sent[] };
	requests.push(batches);
	return answer(batches) as never;
};

function makeSync(company: string | null = 'company') {
	return new Sync({
		outbox,
		call,
		sender: () => (company === null ? null : { company, person: 'anna' })
	});
}

function refuseWith(code: ClientError['code']): Answer {
	return () => {
		throw new ClientError(code, 'as the test wants');
	};
}

async function ids(): Promise<string[]> {
	return (await outbox.unsent(ANNA)).batches.map(({ id }) => id);
}

describe('sync', () => {
	test('sends what a lock said, in its order, and lets go of what is durable', async () => {
		const sync = makeSync();
		const kept = sync.begin(MAC, SESSION);
		for (const one of [1, 2, 3]) kept.add(said(one));
		await kept.stored();
		expect(sync.unsent.has(SESSION)).toBe(true);
		await sync.flush();
		expect(requests).toHaveLength(1);
		expect(requests[0]).toHaveLength(1);
		expect(requests[0]![0]!.packets.map((packet) => packet.slice(6, 8))).toEqual([
			'01',
			'02',
			'03'
		]);
		expect(await ids()).toEqual([]);
		expect(sync.unsent.size).toBe(0);
	});

	test('what a lock said goes to the disk together, also where nobody waits for it', async () => {
		const append = vi.spyOn(outbox, 'append');
		const kept = makeSync().begin(MAC, SESSION);
		for (const one of [1, 2, 3]) kept.add(said(one));
		await vi.waitFor(async () => {
			expect(await ids()).toHaveLength(1);
		});
		expect(append).toHaveBeenCalledTimes(1);
		expect((await outbox.unsent(ANNA)).batches[0]!.packets).toHaveLength(3);
	});

	test('an opening that is withdrawn leaves what its lock said', async () => {
		const sync = makeSync();
		const opening = { mac: MAC, session: SESSION, slot: 7, at: 1000 };
		await sync.withdraw(await sync.claim(opening), SESSION);
		expect(sync.unsent.size).toBe(0);
		const id = await sync.claim(opening);
		await hears(sync.begin(MAC, SESSION), 1);
		await sync.withdraw(id, SESSION);
		expect([...sync.unsent]).toEqual([SESSION]);
	});

	test('puts packets that come after the first send into another batch', async () => {
		const sync = makeSync();
		answer = refuseWith('no-network');
		const kept = sync.begin(MAC, SESSION);
		await hears(kept, 1);
		await sync.flush();
		await hears(kept, 2);
		answer = takeAll;
		await sync.flush();
		const [first, second] = requests;
		expect(first![0]!.packets).toHaveLength(1);
		expect(second!.map(({ packets }) => packets.length)).toEqual([1, 1]);
		// The same id has the same body for ever.
		expect(second![0]).toEqual(first![0]);
		expect(second![1]!.id).not.toBe(first![0]!.id);
	});

	test('puts packets that come after the batch has left into another batch', async () => {
		const sync = makeSync();
		const kept = sync.begin(MAC, SESSION);
		await hears(kept, 1);
		await sync.flush();
		await hears(kept, 2);
		await sync.flush();
		const [first, second] = requests;
		expect(second!.map(({ packets }) => packets.length)).toEqual([1]);
		expect(second![0]!.id).not.toBe(first![0]!.id);
	});

	test('keeps what the server does not list', async () => {
		const sync = makeSync();
		await hears(sync.begin(MAC, SESSION), 1);
		answer = () => ({ durable: ['somebody else’s'], refused: [] });
		await sync.flush();
		expect(await ids()).toHaveLength(1);
		expect(sync.unsent.has(SESSION)).toBe(true);
	});

	test('sets aside what the server refuses, with its reason', async () => {
		const sync = makeSync();
		await hears(sync.begin(MAC, SESSION), 1);
		answer = (sent) => ({ durable: [], refused: [{ id: sent[0]!.id, code: 'not-found' }] });
		await sync.flush();
		expect(await ids()).toEqual([]);
		expect(await outbox.refused(ANNA)).toMatchObject([{ code: 'not-found', mac: MAC }]);
		expect(sync.notTaken).toMatchObject([{ code: 'not-found', mac: MAC, at: Date.now() }]);
		// The lock was added again.
		answer = takeAll;
		await sync.retry(sync.notTaken);
		expect(sync.notTaken).toEqual([]);
		expect(requests).toHaveLength(2);
		expect(requests[1]).toEqual(requests[0]);
		expect(await outbox.refused(ANNA)).toEqual([]);
		answer = (sent) => ({ durable: [], refused: [{ id: sent[0]!.id, code: 'conflict' }] });
		await hears(sync.begin(MAC, SESSION), 2);
		await sync.flush();
		await sync.discard(sync.notTaken);
		expect(sync.notTaken).toEqual([]);
		expect(await outbox.refused(ANNA)).toEqual([]);
	});

	test('sends batches one at a time when they are not taken together', async () => {
		const sync = makeSync();
		await hears(sync.begin(MAC, SESSION), 1);
		vi.setSystemTime(Date.now() + 1);
		await hears(sync.begin(MAC, SESSION.replace('00', '01')), 2);
		const unfit = (await ids())[1];
		answer = (sent) => {
			if (sent.some(({ id }) => id === unfit)) throw new ClientError('bad-input', 'unfit');
			return takeAll(sent);
		};
		await sync.flush();
		expect(requests.map(({ length }) => length)).toEqual([2, 1, 1]);
		expect(await ids()).toEqual([]);
		expect(await outbox.refused(ANNA)).toMatchObject([{ ids: [unfit], code: 'bad-input' }]);
	});

	test('tries again by itself, ever more seldom', async () => {
		const random = vi.spyOn(Math, 'random').mockReturnValue(1);
		const sync = makeSync();
		answer = refuseWith('internal');
		await hears(sync.begin(MAC, SESSION), 1);
		await sync.flush();
		// Not `vi.waitFor`: it lets the fake time pass.
		const turn = () => new Promise((next) => setImmediate(next));
		for (const pause of [2_000, 4_000, 8_000, 16_000]) {
			const [before, pauses] = [requests.length, random.mock.calls.length];
			vi.advanceTimersByTime(pause - 1);
			for (let turns = 0; turns < 20; turns++) await turn();
			expect(requests).toHaveLength(before);
			vi.advanceTimersByTime(1);
			for (let turns = 0; random.mock.calls.length === pauses && turns < 1_000; turns++)
				await turn();
			expect(requests).toHaveLength(before + 1);
		}
		vi.restoreAllMocks();
	});

	test('does not try on its own while nobody is signed in, and keeps everything', async () => {
		const sync = makeSync();
		answer = refuseWith('signed-out');
		await hears(sync.begin(MAC, SESSION), 1);
		await sync.flush();
		expect(sync.signedOut).toBe(true);
		await vi.advanceTimersByTimeAsync(600_000);
		expect(requests).toHaveLength(1);
		answer = takeAll;
		await sync.flush();
		expect(sync.signedOut).toBe(false);
		expect(await ids()).toEqual([]);
	});

	test('shows one company nothing of another', async () => {
		await hears(makeSync('company').begin(MAC, SESSION), 1);
		const other = makeSync('other');
		await other.flush();
		expect(requests).toEqual([]);
		expect(other.unsent.size).toBe(0);
		expect(await ids()).toHaveLength(1);
	});

	test('sends nothing while nobody is known', async () => {
		const sync = makeSync(null);
		await hears(sync.begin(MAC, SESSION), 1);
		await sync.flush();
		expect(requests).toEqual([]);
	});

	test('begins at start and when the network returns', async () => {
		const network = new EventTarget();
		await hears(makeSync().begin(MAC, SESSION), 1);
		answer = refuseWith('no-network');
		const sync = new Sync({ outbox, call, sender: () => ANNA, network });
		const stop = sync.start();
		await vi.waitFor(() => expect(requests).toHaveLength(1));
		answer = takeAll;
		network.dispatchEvent(new Event('online'));
		await vi.waitFor(async () => expect(await ids()).toEqual([]));
		stop();
		network.dispatchEvent(new Event('online'));
		await sync.flush();
		expect(requests).toHaveLength(2);
	});

	test('runs once at a time, and once more for what came meanwhile', async () => {
		const sync = makeSync();
		await hears(sync.begin(MAC, SESSION), 1);
		const first = sync.flush();
		expect(sync.flush()).toBe(first);
		await first;
		expect(requests).toHaveLength(1);
	});

	test('holds in memory what the disk does not take', async () => {
		const sync = makeSync();
		vi.spyOn(outbox, 'append').mockRejectedValue(new Error('full'));
		await hears(sync.begin(MAC, SESSION), 1);
		expect(sync.unsent.has(SESSION)).toBe(true);
		await sync.flush();
		expect(requests[0]![0]!.packets).toHaveLength(1);
		expect(sync.unsent.size).toBe(0);
	});

	test('goes on where the browser once gave no lock', async () => {
		let fails = true;
		const locks = {
			request: async (_name: string, _options: object, work: (lock: object) => unknown) => {
				if (fails) throw new DOMException('not active', 'InvalidStateError');
				return work({});
			}
		} as unknown as LockManager;
		const sync = new Sync({ outbox, call, sender: () => ANNA, locks });
		await hears(sync.begin(MAC, SESSION), 1);
		await sync.flush();
		expect(requests).toEqual([]);
		fails = false;
		await sync.flush();
		expect(requests).toHaveLength(1);
	});

	test('waits for the other tab', async () => {
		let release = () => {};
		const names: string[] = [];
		const locks = {
			request: async (name: string, _: object, work: (lock: object) => unknown) => {
				names.push(name);
				await new Promise<void>((resolve) => (release = resolve));
				return work({});
			}
		} as unknown as LockManager;
		const sync = new Sync({ outbox, call, sender: () => ANNA, locks });
		await hears(sync.begin(MAC, SESSION), 1);
		const flushed = sync.flush();
		await vi.waitFor(() => expect(names).toEqual(['hasp-outbox']));
		expect(requests).toEqual([]);
		release();
		await flushed;
		expect(requests).toHaveLength(1);
	});
});

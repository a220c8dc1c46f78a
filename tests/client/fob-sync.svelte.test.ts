import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Fob } from '../../src/lib/api/app/fobs.ts';
import { ClientError, type Call } from '../../src/lib/client/call.ts';
import { FobSync } from '../../src/lib/client/fob-sync.svelte.ts';
import { LOCK_TALKS } from '../../src/lib/client/alone.ts';
import { hangUp, halfLost, ISSUED, makeRig, pass, refusing, silence, success } from './rig.ts';

const MAC = 'C0:FF:EE:00:00:12';
const FOB: Fob = {
	mac: MAC,
	name: 'Fob 12',
	serial: '',
	environment: 'production',
	battery: null,
	syncedAt: null,
	lostAt: null,
	locks: 1,
	synced: 0,
	pending: 1,
	revoking: 0,
	stillOpens: 0
};

afterEach(() => {
	vi.useRealTimers();
});

/** A fob, a server that believes its proofs, and the sync between them. */
function makeFob(locks?: LockManager) {
	const rig = makeRig();
	const { lock: fob, server, sync, connect } = rig;
	const commands = { count: 3, brings: [] as boolean[], syncedAt: ISSUED as number | null };
	server.commands = () => ({
		commands: Array.from({ length: commands.count }, (_, i) => `a${i}`.repeat(20)),
		brings: commands.brings.shift() ?? true,
		issuedAt: ISSUED
	});
	const call: Call = async (schema, method, path, body, signal) => {
		const reply = await server.call(schema, method, path, body, signal);
		if (method !== 'GET') return reply;
		return { fob: { ...FOB, syncedAt: commands.syncedAt }, locks: [] } as never;
	};
	const talk = new FobSync({ mac: MAC, connect, sync, call, locks });
	/** What the server has of its packets. */
	const uploads = () => server.count('/api/uploads');
	return { ...rig, fob, talk, commands, uploads };
}

describe('a sync of a fob', () => {
	test('writes all, tells the server, and is done by its word', async () => {
		const { talk, fob, server, uploads } = makeFob();
		const done = talk.start();
		expect(talk.phase).toBe('connecting');
		await pass(100);
		await done;
		expect(talk).toMatchObject({ phase: 'done', failure: null, written: 3, total: 3, runs: false });
		expect(server.asked[0]).toMatchObject({
			method: 'POST',
			path: expect.stringMatching(/commands$/)
		});
		expect(uploads()).toBe(1);
		expect(fob.ear).toBeNull();
	});

	test('counts what is written, and stops where it is told', async () => {
		const { talk, fob } = makeFob();
		fob.script = [success, silence];
		const done = talk.start();
		await pass(100);
		expect(talk).toMatchObject({ phase: 'writing', written: 1, total: 3 });
		talk.stop();
		expect(talk.phase).toBe('stopped');
		await done;
		await pass(60_000);
		expect(talk.phase).toBe('stopped');
		expect(fob.written).toHaveLength(1);
		expect(fob.ear).toBeNull();
	});

	test('one that is lost is tried again, the chooser is not', async () => {
		const { talk, fob } = makeFob();
		fob.script = [success, hangUp];
		fob.later = [[success, success, success]];
		const done = talk.start();
		await pass(1_000);
		await done;
		expect(talk.phase).toBe('done');
		expect(fob.connections).toBe(2);
	});

	test('one that falls silent ends, and what it has said is not lost', async () => {
		const { talk, fob, outbox, server } = makeFob();
		fob.script = [halfLost];
		const done = talk.start();
		await pass(100);
		await done;
		expect(talk).toMatchObject({ phase: 'failed', failure: 'lost' });
		expect(fob.connections).toBe(3);
		expect(server.count('/api/uploads')).toBe(3);
		expect(outbox.batches.size).toBe(0);
		fob.script = [silence];
		const again = talk.start();
		expect(talk.failure).toBeNull();
		await pass(20_000);
		await again;
		expect(talk.failure).toBe('lost');
	});

	test('a sleeping fob is waited for, and not for ever', async () => {
		const { talk, fob } = makeFob();
		fob.awake = false;
		const done = talk.start();
		await pass(10_000);
		expect(talk.phase).toBe('connecting');
		await pass(11_000);
		await done;
		expect(talk).toMatchObject({ phase: 'failed', failure: 'no-answer' });
	});

	test('a refused key ends it at once', async () => {
		const { talk, fob } = makeFob();
		fob.script = [refusing('invalid-key')];
		const done = talk.start();
		await pass(100);
		await done;
		expect(talk).toMatchObject({ phase: 'failed', failure: 'wrong-key' });
		expect(fob.written).toEqual([['a0'.repeat(20)]]);
		fob.script = [refusing('invalid-data')];
		const again = talk.start();
		await pass(100);
		await again;
		expect(talk.failure).toBe('refused');
	});

	test('a fob whose keys are unknown is asked first, then given everything', async () => {
		const { talk, fob, commands } = makeFob();
		commands.brings = [false, true];
		fob.script = [refusing('invalid-key'), success, refusing('invalid-key')];
		fob.later = [[success, success, success]];
		const done = talk.start();
		await pass(1_000);
		await done;
		expect(talk.phase).toBe('done');
		expect(fob.connections).toBe(2);
		commands.brings = [false, false, false];
		fob.script = [refusing('invalid-key')];
		fob.later = [];
		const again = talk.start();
		await pass(1_000);
		await again;
		expect(talk.failure).toBe('wrong-key');
	});

	test.each([
		['no-network', 'no-network'],
		['timed-out', 'no-network'],
		['signed-out', 'signed-out'],
		['forbidden', 'forbidden'],
		['not-found', 'foreign'],
		['internal', 'server-fault']
	] as const)('a server that says %s: %s, and nothing is written', async (code, failure) => {
		const { talk, fob, server } = makeFob();
		server.refusal = new ClientError(code, code);
		const done = talk.start();
		await pass(100);
		await done;
		expect(talk).toMatchObject({ phase: 'failed', failure });
		expect(fob.written).toEqual([[]]);
	});

	test('slow asking is told, and can be stopped', async () => {
		const { talk, server } = makeFob();
		server.gate = new Promise(() => undefined);
		const done = talk.start();
		await pass(4_000);
		expect(talk).toMatchObject({ phase: 'asking', slow: true });
		talk.stop();
		await done;
		expect(talk).toMatchObject({ phase: 'stopped', slow: false });
	});

	test('a proof that the server does not have yet is kept', async () => {
		const { talk, fob, outbox, server, sync } = makeFob();
		// The network goes in the moment in which the fob has everything.
		const cut = (ear: Parameters<typeof success>[0]) => {
			server.refusal = new ClientError('no-network', 'gone');
			success(ear);
		};
		fob.script = [success, success, cut];
		const done = talk.start();
		await pass(100);
		await done;
		expect(talk).toMatchObject({ phase: 'failed', failure: 'untold', written: 3 });
		expect([...outbox.batches.values()]).toMatchObject([{ mac: MAC, packets: { length: 3 } }]);
		server.refusal = null;
		await sync.flush();
		expect(outbox.batches.size).toBe(0);
	});

	test('a server that has everything and no proof is not believed to have it', async () => {
		const { talk, commands } = makeFob();
		commands.syncedAt = ISSUED - 1;
		const done = talk.start();
		await pass(100);
		await done;
		expect(talk).toMatchObject({ phase: 'failed', failure: 'untold' });
	});

	test('another tab that has it is not disturbed', async () => {
		const names: string[] = [];
		const taken = {
			request: async (name: string, _: object, work: (lock: null) => unknown) => {
				names.push(name);
				return work(null);
			}
		} as unknown as LockManager;
		const { talk, fob } = makeFob(taken);
		await talk.start();
		expect(talk).toMatchObject({ phase: 'failed', failure: 'busy' });
		expect(names).toEqual([`${LOCK_TALKS}${MAC}`]);
		expect(fob.connections).toBe(0);
	});
});

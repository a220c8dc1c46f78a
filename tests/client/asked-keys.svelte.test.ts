import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ClientError } from '../../src/lib/client/call.ts';
import { Readiness } from '../../src/lib/client/offline.svelte.ts';
import type { OfferedKey } from '../../src/lib/vault/task.ts';
import { DAY, MAC, makeKeyring, offered, OWNER } from '../vault/secrets.ts';
import { PaperServer } from './paper-server.ts';

let rig: ReturnType<typeof makeKeyring>;
let server: PaperServer;
let owner: string;

beforeEach(() => {
	rig = makeKeyring(`asked-${Math.random()}`);
	server = new PaperServer();
	owner = OWNER;
});
afterEach(() => rig.vault.close());

function make() {
	const { keyring } = rig;
	const flush = () => Promise.resolve();
	return new Readiness({ keyring, owner: () => owner, flush, call: server.call });
}

const key = (change: Partial<OfferedKey> = {}) =>
	offered({ readyUntil: server.now + 7 * DAY, ...change });

describe('a lock about to be opened', () => {
	test('gets a key asked for once, after the phone is known', async () => {
		server.gives = [key({ state: 'waiting', readyUntil: null })];
		const readiness = make();
		await Promise.all([readiness.expect({ mac: MAC }), readiness.expect({ mac: MAC })]);
		expect(server.asked).toEqual([`/api/locks/${encodeURIComponent(MAC)}/keys`]);
		expect(readiness.of(MAC)).toEqual({ state: 'waits' });
		await readiness.expect({ mac: MAC });
		expect(server.asked).toHaveLength(1);
	});

	test.each([
		['that this person may not open', { mayOpen: false }],
		['with few slots left', { slotsUsed: 81 }]
	])('%s gets none', async (_, lock) => {
		const readiness = make();
		await readiness.expect({ mac: MAC, ...lock });
		await readiness.expect({ mac: MAC });
		expect(server.asked).toEqual([]);
	});

	test('gets none after a manager took it away, but for a person who asks', async () => {
		server.keys = [key()];
		const readiness = make();
		await readiness.contact();
		server.keys = [];
		await readiness.contact();
		await readiness.expect({ mac: MAC });
		expect(server.asked).toEqual([]);
		server.gives = [key({ issue: 4 })];
		await readiness.askForKey(MAC);
		expect(readiness.of(MAC).state).toBe('ready');
	});

	test('gives its key back, which is gone from here at once', async () => {
		server.keys = [key()];
		const readiness = make();
		await readiness.contact();
		await readiness.giveUp(MAC);
		expect(server.asked).toEqual([`/api/locks/${encodeURIComponent(MAC)}/keys/7?issue=3`]);
		expect(readiness.of(MAC)).toEqual({ state: 'revoked' });
		// Again, and without a key, there is nothing to give.
		await readiness.giveUp('another');
		expect(server.asked).toHaveLength(1);
	});

	test('keeps its key when the server could not be told', async () => {
		server.keys = [key()];
		const readiness = make();
		await readiness.contact();
		server.refusal = new ClientError('no-network', 'as the test wants');
		await expect(readiness.giveUp(MAC)).rejects.toMatchObject({ code: 'no-network' });
		expect(readiness.of(MAC).state).toBe('ready');
		// Taken away meanwhile: that is what was wanted.
		server.refusal = new ClientError('not-found', 'as the test wants');
		await readiness.giveUp(MAC);
	});

	test('is one of many that a person asks for, until they stop it', async () => {
		const readiness = make();
		const stopper = new AbortController();
		let asked = 0;
		const count = () => {
			if (++asked === 2) stopper.abort();
		};
		await readiness.askForKeys([MAC, 'second', 'third'], count, stopper.signal);
		expect(asked).toBe(2);
		expect(server.asked).toHaveLength(2);
		// Before the first to be known, and after the last to fetch what came.
		expect(server.contacts).toHaveLength(2);
		server.refusal = new ClientError('conflict', 'as the test wants');
		await expect(readiness.askForKeys(['third'])).rejects.toMatchObject({ code: 'conflict' });
	});

	test('is asked for again when there was no network', async () => {
		server.refusal = new ClientError('no-network', 'as the test wants');
		const readiness = make();
		await readiness.expect({ mac: MAC });
		server.refusal = null;
		server.gives = [key()];
		await readiness.expect({ mac: MAC });
		expect(readiness.of(MAC).state).toBe('ready');
	});

	test('tells a person who asks why there is none', async () => {
		const readiness = make();
		await readiness.contact();
		server.refusal = new ClientError('conflict', 'all slots are taken');
		await expect(readiness.askForKey(MAC)).rejects.toMatchObject({ code: 'conflict' });
	});

	test('is another’s after another has signed in', async () => {
		server.keys = [key()];
		const readiness = make();
		await readiness.contact();
		owner = 'bob company';
		server.keys = [];
		await readiness.contact();
		expect(readiness.of(MAC)).toEqual({ state: 'not-asked' });
		server.gives = [key()];
		await readiness.expect({ mac: MAC });
		expect(readiness.of(MAC).state).toBe('ready');
		expect(rig.work).toHaveBeenCalled();
	});
});

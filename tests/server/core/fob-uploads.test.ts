import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { toHex } from '../../../src/lib/protocol/bytes.ts';
import { issueToFob } from '../../../src/lib/server/core/fob-calls.ts';
import { syncFob } from '../../../src/lib/server/core/fob-sync.ts';
import { hearBatches } from '../../../src/lib/server/core/uploads.ts';
import { AddFob, addFob } from '../../../src/lib/server/fobs.ts';
import { databases } from '../../setup/databases.ts';
import { Lab } from './lab.ts';
import { TestFob } from './test-fob.ts';

const MAC = 'C0:FF:EE:00:00:01';

describe.each(databases)('what a fob said, on $name', ({ create }) => {
	let lab: Lab;
	let fob: TestFob;
	beforeEach(async () => {
		lab = await Lab.open(create);
		const by = { companyId: lab.companyId, actor: 'cli', name: 'J Doe' };
		await addFob(lab.db, lab.secret, by, AddFob.parse({ mac: MAC }));
		fob = new TestFob(MAC);
		const { mac } = await lab.lock();
		const caller = { companyId: lab.companyId, environment: 'production' } as const;
		await issueToFob(lab.core, caller, { fob_mac: MAC, locks: [{ mac, tracking_key: 'a' }] });
	});
	afterEach(() => lab.close());

	const scope = () => ({ companyId: lab.companyId });
	const sync = async () => {
		const session = fob.connect();
		const packets = await syncFob(lab.core, scope(), { mac: MAC, session });
		const { server } = fob.write(packets);
		fob.disconnect();
		return { session, server, packets: packets.map(toHex) };
	};
	const row = () => lab.db.selectFrom('fob').selectAll().executeTakeFirstOrThrow();
	const batch = (id: string, session: string, packets: string[]) => ({
		id,
		mac: MAC,
		session,
		receivedAt: Date.now(),
		packets
	});

	test('comes in a batch of our own app as well, once', async () => {
		const { session, server } = await sync();
		const one = batch('fob-batch-1', session, server);
		for (let times = 0; times < 2; times++)
			expect(await hearBatches(lab.core, scope(), [one])).toEqual({
				durable: [one.id],
				refused: []
			});
		expect(await row()).toMatchObject({ phase: 'steady', active: 1, battery_mv: 3050 });
		const other = { ...one, id: 'fob-batch-2', mac: 'C0:FF:EE:00:00:09' };
		expect((await hearBatches(lab.core, scope(), [other])).refused).toEqual([
			{ id: other.id, code: 'not-found' }
		]);
	});

	test('proves nothing in a session that was never answered, and nothing old counts', async () => {
		const first = await sync();
		const unknown = `${'ab'.repeat(20)}`;
		await hearBatches(lab.core, scope(), [batch('strange-1', unknown, first.server)]);
		expect((await row()).phase).toBe('offered');
		expect((await lab.quarantined()).map(({ mac }) => mac)).toEqual([MAC]);
		await hearBatches(lab.core, scope(), [batch('good-one', first.session, first.server)]);
		const second = await sync();
		await hearBatches(lab.core, scope(), [batch('old-again', first.session, first.server)]);
		expect(await row()).toMatchObject({ phase: 'offered', active: 1, pending: 2 });
		await hearBatches(lab.core, scope(), [batch('the-newer', second.session, second.server)]);
		expect(await row()).toMatchObject({ phase: 'steady', active: 2 });
	});

	test('a session has ids for so many syncs, and then no more', async () => {
		const session = fob.connect();
		const ask = () => syncFob(lab.core, scope(), { mac: MAC, session });
		for (let i = 0; i < 85; i++) expect(await ask()).toHaveLength(7);
		await expect(ask()).rejects.toMatchObject({ code: 'session-full' });
	});
});

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fromHex, toHex } from '../../../src/lib/protocol/bytes.ts';
import { serverPacket, TYPE } from '../../../src/lib/protocol/noke/answers.ts';
import { recordBody, RECORD_ACTION } from '../../../src/lib/protocol/noke/records.ts';
import { declareRecovery } from '../../../src/lib/server/core/recovery.ts';
import { databases } from '../../setup/databases.ts';
import { Lab } from './lab.ts';
import { BASE_KEY, type TestLock } from './test-lock.ts';

describe.each(databases)('a recovery on $name', ({ create }) => {
	let lab: Lab;
	let lock: TestLock;
	beforeEach(async () => {
		lab = await Lab.open(create);
		lock = await lab.lock();
	});
	afterEach(() => lab.close());

	/** Brings the row back to what a backup had of it, without what was issued since. */
	async function restore(active: number): Promise<void> {
		const { id, next_reference } = await lab.row(lock);
		await lab.db.deleteFrom('issued').where('lock_id', '=', id).execute();
		await lab.db
			.updateTable('lock')
			.set({ active, phase: 'steady', pending: null, pending_changes: null, setup_count: 0 })
			.where('id', '=', id)
			.execute();
		await declareRecovery(lab.db, { companyId: lab.companyId }, lock.mac);
		// As after a restore: the references of the lost days come again.
		const before = (next_reference + 255) % 256;
		await lab.db.updateTable('lock').set({ next_reference: before }).execute();
	}

	/** Opens; the next epoch is on the lock afterwards. */
	async function rotate() {
		await lab.db.updateTable('lock').set({ slot_changes: 1 }).execute();
		const opened = await lab.open(lock);
		lock.close();
		return opened;
	}

	test('tries every epoch, and an opening of its own ends it', async () => {
		await rotate();
		await restore(0);
		expect((await lab.row(lock)).alarm).toContain('keys-unknown');
		const { results } = await lab.open(lock);
		expect(results).toContain(0x60);
		expect(lock.shackle).toBe('open');
		expect(await lab.row(lock)).toMatchObject({
			phase: 'steady',
			active: 1,
			setup_count: 1,
			alarm: null
		});
		await expect(declareRecovery(lab.db, { companyId: 'other' }, lock.mac)).rejects.toMatchObject({
			code: 'lock-not-found'
		});
	});

	test('is not ended by a session it knows nothing of', async () => {
		const old = await rotate();
		await restore(0);
		await lab.upload(lock, old.session, old.server);
		expect(await lab.row(lock)).toMatchObject({ phase: 'recover', active: 0 });
	});

	test('is not ended by an old session that somebody asks commands for once more', async () => {
		const old = await rotate();
		for (let i = 0; i < 3; i++) await rotate();
		expect(await lab.row(lock)).toMatchObject({ active: 4 });
		lock.now += 60_000;
		for (const ago of [1, 4]) {
			await restore(1);
			const { next_reference } = await lab.row(lock);
			// The very reference the old answers name, and every command id of theirs.
			const reference = (next_reference + 256 - ago + 1) % 256;
			await lab.db.updateTable('lock').set({ next_reference: reference }).execute();
			await lab.issue(lock, old.session);
			await lab.issue(lock, old.session);
			await lab.upload(lock, old.session, old.server);
			expect(await lab.row(lock)).toMatchObject({ phase: 'recover', active: 1 });
		}
		await lab.open(lock);
		expect(await lab.row(lock)).toMatchObject({ phase: 'steady', active: 4 });
	});

	test('is not ended by what the lock answers to other commands, or names another opening by', async () => {
		await rotate();
		await restore(1);
		const asking = lock.connect();
		const { packets } = await lab.issue(lock, asking, { action: 'ask' });
		await lab.upload(lock, asking, lock.write(packets).server);
		lock.disconnect();
		expect(await lab.row(lock)).toMatchObject({ phase: 'recover' });
		const session = lock.connect();
		const opening = await lab.issue(lock, session);
		await lab.db.updateTable('issued').set({ reference: 200 }).execute();
		await lab.upload(lock, session, lock.write(opening.packets).server);
		expect(await lab.row(lock)).toMatchObject({ phase: 'recover' });
	});

	test('ends by a lock that was never set up, whose base key speaks for it', async () => {
		await restore(0);
		await lab.open(lock);
		expect(await lab.row(lock)).toMatchObject({ phase: 'steady', active: 0 });
		await lab.open(lock);
		expect(await lab.row(lock)).toMatchObject({ phase: 'steady', active: 1, setup_count: 1 });
	});

	test('ends once the lock has told of the opening, however much it has to tell before', async () => {
		await rotate();
		for (let i = 0; i < 20; i++) lock.cutPower();
		await restore(1);
		let openings = 0;
		do {
			await lab.open(lock);
			expect(lock.shackle).toBe('open');
			lock.close();
		} while ((await lab.row(lock)).phase === 'recover' && ++openings < 10);
		expect(openings).toBeGreaterThan(0);
		expect(await lab.row(lock)).toMatchObject({ phase: 'steady', active: 1 });
	});

	test('takes no forged record of a lock that has keys of its own', async () => {
		await rotate();
		await restore(1);
		const session = lock.connect();
		const { issuedAt } = await lab.issue(lock, session);
		const { reference } = await lab.db
			.selectFrom('issued')
			.select('reference')
			.executeTakeFirstOrThrow();
		const record = recordBody({
			counter: 9,
			time: Math.ceil(issuedAt / 1000),
			action: RECORD_ACTION.unlocked,
			who: reference
		});
		const stranger = { key: fromHex(BASE_KEY), epoch: 1 };
		const forged = serverPacket(
			stranger,
			fromHex(session),
			{ type: TYPE.log, id: 1, ordinal: 0 },
			record
		);
		await lab.upload(lock, session, [toHex(forged)]);
		expect(await lab.row(lock)).toMatchObject({ phase: 'recover' });
	});
});

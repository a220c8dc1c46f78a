import { SqliteAdapter } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { together } from '../../../src/lib/server/core/together.ts';
import type { Db } from '../../../src/lib/server/db/connect.ts';
import { databases } from '../../setup/databases.ts';
import { Lab } from './lab.ts';

const SAMPLE = '0000040ba7b0d91f7f45ad25698a18375c7e4f16';

describe.each(databases)('writing together on $name', ({ create }) => {
	let lab: Lab;
	beforeEach(async () => {
		lab = await Lab.open(create);
	});
	afterEach(() => lab.close());

	const keep = (id: string) => async (trx: Db) => {
		const row = { company_id: lab.companyId, id, hash: '', at: 0 };
		await trx.insertInto('upload').values(row).execute();
		return id;
	};
	const kept = async () =>
		(await lab.db.selectFrom('upload').select('id').orderBy('id').execute()).map(({ id }) => id);

	test('each gets its own answer, and all of it is on disk', async () => {
		const ids = Array.from({ length: 150 }, (_, i) => `upload-${1000 + i}`);
		expect(await Promise.all(ids.map((id) => together(lab.db, keep(id), () => false)))).toEqual(
			ids
		);
		expect(await kept()).toEqual(ids);
	});

	test('on SQLite those that came one after another in one turn share a transaction', async () => {
		const used = new Set<Db>();
		const noting = (id: string) => (trx: Db) => {
			used.add(trx);
			return keep(id)(trx);
		};
		const ids = ['upload-a', 'upload-b', 'upload-c'];
		// As requests come: each in its own callback, with nothing left to do for the one before.
		const all = ids.map(
			(id) =>
				new Promise((resolve, reject) =>
					setImmediate(() => void together(lab.db, noting(id), () => false).then(resolve, reject))
				)
		);
		expect(await Promise.all(all)).toEqual(ids);
		expect(await kept()).toEqual(ids);
		const { adapter } = lab.db.getExecutor();
		expect(used.size).toBe(adapter instanceof SqliteAdapter ? 1 : 3);
	});

	test('one that fails after writing takes nobody with it, and leaves nothing', async () => {
		const failing = async (trx: Db) => {
			await keep('upload-bad')(trx);
			throw new Error('no');
		};
		const all = await Promise.allSettled([
			...['a', 'b', 'c'].map((id) => together(lab.db, keep(`upload-${id}`), () => false)),
			together(lab.db, failing, () => false),
			together(lab.db, keep('upload-d'), () => false),
			together(lab.db, keep('upload-d'), () => false)
		]);
		const ends = all.map(({ status }) => status);
		expect(ends.slice(0, 4)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
		// PostgreSQL runs them side by side: either may be the first.
		expect(ends.slice(4).sort()).toEqual(['fulfilled', 'rejected']);
		expect(await kept()).toEqual(['upload-a', 'upload-b', 'upload-c', 'upload-d']);
		expect(await together(lab.db, keep('upload-e'), () => false)).toBe('upload-e');
	});

	test('a lock that is not there does not make the others wait', async () => {
		const locks = await Promise.all(Array.from({ length: 10 }, () => lab.lock()));
		const absent = { ...locks[0]!, mac: '00:00:00:00:00:01' } as (typeof locks)[0];
		const small = await lab.lock('3P');
		const before = await lab.row(small);
		const all = await Promise.allSettled([
			...locks.map((lock) => lab.issue(lock, SAMPLE)),
			lab.issue(absent, SAMPLE),
			lab.issue(small, SAMPLE, { action: 'unshackle' }),
			...locks.map((lock) => lab.issue(lock, SAMPLE))
		]);
		const failed = all.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
		expect(failed.map(({ code }) => code)).toEqual(['lock-not-found', 'cannot-unshackle']);
		expect(await lab.row(small)).toEqual(before);
		const issued = await lab.db.selectFrom('issued').selectAll().execute();
		expect(issued).toHaveLength(20);
		// Two commands each: the set-up and the opening.
		expect(issued.map(({ last_id }) => last_id).sort()).toEqual([
			...Array(10).fill(2),
			...Array(10).fill(4)
		]);
	});

	test('a database that is gone rejects everybody', async () => {
		const closed = await Lab.open(create);
		const { db } = closed;
		await closed.close();
		const all = await Promise.allSettled(
			Array.from({ length: 5 }, () =>
				together(
					db,
					async () => 1,
					() => false
				)
			)
		);
		expect(all.map(({ status }) => status)).toEqual(Array(5).fill('rejected'));
	});
});

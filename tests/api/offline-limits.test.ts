import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ISSUES_A_DAY, PERSON_KEYS, PHONES } from '../../src/lib/api/app/offline.ts';
import { Budget } from '../../src/lib/server/budget.ts';
import { databases } from '../setup/databases.ts';
import { DAY, Premises, type Phone } from './premises.ts';

describe.each(databases)('what one person may take on $name', ({ create }) => {
	let premises: Premises;
	beforeAll(async () => {
		premises = await Premises.open(create);
	});
	afterAll(() => premises.close());
	beforeEach(() => premises.clear());

	const db = () => premises.app.server.db;
	async function phones(count: number, by = premises.mia): Promise<Phone[]> {
		const made = Array.from({ length: count }, () => premises.phone());
		for (const phone of made) expect((await premises.contact(by, phone)).status).toBe(200);
		return made;
	}
	const known = async () =>
		(await db().selectFrom('phone').select('id').orderBy('id').execute()).map(({ id }) => id);

	test('a few keys of one lock, from however many phones', async () => {
		const lock = await premises.lock();
		await premises.grant(lock);
		const [spare, ...mine] = await phones(PERSON_KEYS + 1);
		for (const { id } of mine)
			expect((await premises.ask(premises.mia, lock, { phone: id })).status).toBe(200);
		const more = await premises.ask(premises.mia, lock, { phone: spare!.id });
		expect([more.status, more.body.error.code]).toEqual([409, 'conflict']);
		// Who has one keeps it, and other people have their own.
		expect((await premises.ask(premises.mia, lock, { phone: mine[0]!.id })).status).toBe(200);
		const [ours] = await phones(1, premises.owner);
		expect((await premises.ask(premises.owner, lock, { phone: ours!.id })).status).toBe(200);
		expect(await premises.list(lock)).toMatchObject({ free: 100 - PERSON_KEYS - 1 });
		// A manager cannot give them more either.
		const userId = await premises.idOf(premises.mia);
		const given = await premises.ask(premises.owner, lock, { phone: spare!.id, userId });
		expect(given.body.error.code).toBe('conflict');
	});

	test('a key that is revoked takes its slot until the lock has let it go', async () => {
		const lock = await premises.lock();
		await premises.grant(lock);
		const all = await phones(PERSON_KEYS + 1);
		for (const { id } of all.slice(1)) await premises.ask(premises.mia, lock, { phone: id });
		await premises.openOnline(lock);
		for (const { slot } of (await premises.list(lock)).keys)
			await premises.mia.ask('DELETE', `/api/locks/${lock.mac}/keys/${slot}`);
		const ask = () => premises.ask(premises.mia, lock, { phone: all[0]!.id });
		expect((await ask()).body.error.code).toBe('conflict');
		await premises.openOnline(lock);
		expect((await ask()).status).toBe(200);
	});

	test('asking and revoking in a circle ends', async () => {
		const lock = await premises.lock();
		await premises.grant(lock);
		const [phone] = await phones(1);
		const ask = () => premises.ask(premises.mia, lock, { phone: phone!.id });
		for (let i = 0; i < ISSUES_A_DAY; i++) {
			const { status, body } = await ask();
			expect(status).toBe(200);
			await premises.mia.ask('DELETE', `/api/locks/${lock.mac}/keys/${body.key.slot}`);
		}
		const more = await ask();
		expect([more.status, more.body.error.code]).toEqual([429, 'too-many']);
		expect(Number(more.headers.get('retry-after'))).toBeGreaterThan(3600);
		await db()
			.updateTable('slot')
			.set((e) => ({ issued_at: e('issued_at', '-', DAY) }))
			.execute();
		expect((await ask()).status).toBe(200);
	});

	test('phones that hold nothing are forgotten, those signed out first', async () => {
		const lock = await premises.lock();
		await premises.grant(lock);
		const all = await phones(PHONES);
		await premises.ask(premises.mia, lock, { phone: all[0]!.id });
		await db()
			.updateTable('phone')
			.set({ signed_out_at: 1 })
			.where('id', '=', all[7]!.id)
			.execute();
		const [first] = await phones(1);
		const left = all.filter((_, i) => i !== 7);
		expect(await known()).toEqual([...left, first!].map(({ id }) => id).sort());
		const [second] = await phones(1);
		expect(await known()).toEqual(
			[left[0]!, ...left.slice(2), first!, second!].map(({ id }) => id).sort()
		);
		// Other people have their own.
		await phones(1, premises.owner);
		expect(await known()).toHaveLength(PHONES + 1);
	});

	test('a phone that holds a key is not forgotten: the next one is refused', async () => {
		const mine = await phones(PHONES);
		for (let i = 0; i < PHONES; i += PERSON_KEYS) {
			const lock = await premises.lock();
			const locks = await db().selectFrom('lock').select('mac').execute();
			const body = { locks: locks.map(({ mac }) => mac) };
			const id = await premises.idOf(premises.mia);
			await premises.owner.ask('PUT', `/api/people/${id}/locks`, { body });
			for (const phone of mine.slice(i, i + PERSON_KEYS))
				expect((await premises.ask(premises.mia, lock, { phone: phone.id })).status).toBe(200);
		}
		const more = await premises.contact(premises.mia, premises.phone());
		expect([more.status, more.body.error.code]).toEqual([409, 'conflict']);
		expect(await known()).toEqual(mine.map(({ id }) => id).sort());
		expect((await premises.contact(premises.mia, mine[3]!)).status).toBe(200);
	});

	test('a phone whose key opened what it did not claim stays, so that it stays marked', async () => {
		const lock = await premises.lock();
		await premises.grant(lock);
		const [guilty] = await phones(1);
		await premises.ask(premises.mia, lock, { phone: guilty!.id });
		await premises.openOnline(lock);
		const row = await db().selectFrom('slot').selectAll().executeTakeFirstOrThrow();
		await db()
			.updateTable('activity')
			.set({ slot: row.slot, issue: row.issue, claimed: 0 })
			.execute();
		await db().updateTable('slot').set({ state: 'off' }).execute();
		await db().updateTable('phone').set({ signed_out_at: 1, last_contact_at: 1 }).execute();
		await phones(PHONES + 3);
		const ids = await known();
		expect(ids).toContain(guilty!.id);
		expect(ids).toHaveLength(PHONES);
	});
});

test('one person changes so much an hour; looking is free, and so is everybody else', async () => {
	const premises = await Premises.open(databases[0].create);
	const { mia, owner, app } = premises;
	Object.assign(app.server.budgets, { changes: new Budget(3, 3600) });
	const contact = async (by = mia) => (await premises.contact(by, premises.phone())).status;
	expect([await contact(), await contact(), await contact(), await contact()]).toEqual([
		200, 200, 200, 429
	]);
	expect((await mia.ask('GET', '/api/locks')).status).toBe(200);
	expect(await contact(owner)).toBe(200);
	// Each batch and claim of an upload is a change.
	Object.assign(app.server.budgets, { changes: new Budget(20, 3600) });
	const claims = Array.from({ length: 20 }, (_, at) => ({ mac: '00:00:00:00:00:01', slot: 1, at }));
	const upload = () => mia.ask('POST', '/api/uploads', { body: { batches: [], claims } });
	expect([(await upload()).status, (await upload()).status]).toEqual([200, 429]);
	await premises.close();
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { databases } from '../setup/databases.ts';
import type { TestLock } from '../server/core/test-lock.ts';
import { PASSWORD } from './app.ts';
import { Premises } from './premises.ts';

describe.each(databases)('the end of offline keys on $name', ({ create }) => {
	let at: Premises;
	let gate: TestLock;
	beforeAll(async () => {
		at = await Premises.open(create);
	});
	afterAll(() => at.close());
	beforeEach(async () => {
		await at.clear();
		gate = await at.lock();
	});

	test('a withdrawn grant takes the keys of that lock, and no others', async () => {
		const barn = await at.lock();
		await at.grant(gate, barn);
		const phone = at.phone();
		await at.contact(at.mia, phone);
		for (const lock of [gate, barn]) await at.ask(at.mia, lock, { phone: phone.id });
		await at.openOnline(gate);
		await at.grant(barn);
		expect((await at.list(gate)).keys).toMatchObject([{ state: 'revoking' }]);
		expect((await at.list(barn)).keys).toMatchObject([{ state: 'waiting' }]);
		const held = { mac: gate.mac, slot: 1, issue: 1 };
		const { keys, wipe } = (await at.contact(at.mia, phone, [held])).body;
		expect(keys.map(({ mac }: { mac: string }) => mac)).toEqual([barn.mac]);
		expect(wipe).toEqual([held]);
	});

	test('who is taken out of the company loses every key', async () => {
		const tom = await at.app.join(at.owner, 'Tom', 'admin');
		const phone = at.phone();
		await at.contact(tom, phone);
		await at.ask(tom, gate, { phone: phone.id });
		await at.openOnline(gate);
		await at.owner.ask('DELETE', `/api/people/${await at.idOf(tom)}`);
		const { keys, phones: others } = await at.list(gate);
		expect(keys).toMatchObject([{ state: 'revoking' }]);
		expect(others).toEqual([]);
		expect((await at.contact(tom, phone)).status).toBe(401);
	});

	test('a grant and a person that go while a key is asked for leave none behind', async () => {
		for (let i = 0; i < 8; i++) {
			const lock = await at.lock();
			await at.grant(lock);
			const phone = at.phone();
			await at.contact(at.mia, phone);
			await Promise.all([at.ask(at.mia, lock, { phone: phone.id }), at.grant()]);
			const { keys } = await at.list(lock);
			expect(keys.filter(({ state }) => state === 'waiting')).toEqual([]);
			const tom = await at.app.join(at.owner, `Ted${i}`, 'admin');
			await at.contact(tom, phone);
			const tomsId = await at.idOf(tom);
			await Promise.all([
				at.ask(tom, lock, { phone: phone.id }),
				at.owner.ask('DELETE', `/api/people/${tomsId}`)
			]);
			const after = await at.list(lock);
			expect(after.keys.filter(({ state }) => state === 'waiting')).toEqual([]);
		}
	});

	test('signing out takes the keys of that phone; signing out elsewhere those of the others', async () => {
		const email = 'olga@example.com';
		const signIn = async () => {
			const browser = at.app.browser();
			expect((await browser.signIn(email)).status).toBe(200);
			const phone = at.phone();
			await at.contact(browser, phone);
			await at.ask(browser, gate, { phone: phone.id });
			return { browser, phone };
		};
		const [one, two, three] = [await signIn(), await signIn(), await signIn()];
		await at.openOnline(gate, one.browser);
		const states = async () => (await at.list(gate, two.browser)).keys.map(({ state }) => state);
		expect((await one.browser.ask('POST', '/api/auth/sign-out', { body: {} })).status).toBe(200);
		expect(await states()).toEqual(['revoking', 'on-lock', 'on-lock']);
		await two.browser.ask('POST', '/api/auth/revoke-other-sessions', { body: {} });
		expect(await states()).toEqual(['revoking', 'on-lock', 'revoking']);
		expect((await at.contact(three.browser, three.phone)).status).toBe(401);
		// The phone is the same, and is asked to delete what it still holds.
		await three.browser.signIn(email);
		const held = { mac: gate.mac, slot: 3, issue: 1 };
		expect((await at.contact(three.browser, three.phone, [held])).body.wipe).toEqual([held]);
		const wrong = { currentPassword: 'wrong', newPassword: PASSWORD, revokeOtherSessions: true };
		await two.browser.ask('POST', '/api/auth/change-password', { body: wrong });
		await at.ask(three.browser, gate, { phone: three.phone.id });
		expect(await states()).toEqual(['revoking', 'on-lock', 'revoking', 'waiting']);
		const right = { ...wrong, currentPassword: PASSWORD };
		const changed = await two.browser.ask('POST', '/api/auth/change-password', { body: right });
		expect(changed.status).toBe(200);
		expect((await states()).slice(0, 3)).toEqual(['revoking', 'on-lock', 'revoking']);
		expect((await states())[3]).toBe('off');
		await at.owner.signIn(email);
	});
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Lock } from '../../src/lib/api/app/locks.ts';
import { databases } from '../setup/databases.ts';
import { TestLock } from '../server/core/test-lock.ts';
import type { Browser } from './app.ts';
import { Premises } from './premises.ts';

describe.each(databases)('settings of a lock in the app on $name', ({ create }) => {
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

	const path = (what: string) => `/api/locks/${gate.mac}/${what}`;
	const set = (explicitLock: boolean) =>
		at.owner.ask('PUT', path('settings'), { body: { explicitLock } });
	const shown = async () =>
		Lock.parse((await at.owner.ask('GET', `/api/locks/${gate.mac}`)).body.lock).explicitLock;
	const commands = async (action: string) => {
		const session = gate.connect();
		const { body } = await at.owner.ask('POST', path('commands'), { body: { session, action } });
		const { results, server } = gate.write(body.commands);
		const batch = { id: `batch-${session}`, mac: gate.mac, session, receivedAt: Date.now() };
		await at.owner.ask('POST', '/api/uploads', {
			body: { batches: [{ ...batch, packets: server }] }
		});
		gate.disconnect();
		return results;
	};

	test('explicit lock goes on and off with the lock’s openings, and by its proof', async () => {
		expect(await shown()).toBe('off');
		expect((await set(true)).body.lock).toMatchObject({ explicitLock: 'goes-on', mac: gate.mac });
		await at.openOnline(gate);
		expect(await shown()).toBe('on');
		expect((await set(false)).body.lock.explicitLock).toBe('goes-off');
		expect((await set(true)).body.lock.explicitLock).toBe('on');
		await set(false);
		await at.openOnline(gate);
		expect(await shown()).toBe('off');
	});

	test('a lock that was pushed home is engaged by whoever may open it', async () => {
		await set(true);
		await at.openOnline(gate);
		expect([gate.shackle, gate.engaged]).toEqual(['closed', false]);
		expect(await commands('engage')).toEqual([0x60]);
		expect(gate.engaged).toBe(true);
		const { body } = await at.owner.ask('GET', `/api/locks/${gate.mac}`);
		expect(body.lock.lastKnown.state).toBe('closed');
	});

	test('a lock whose firmware is older than is known here opens on, and says that it is off', async () => {
		gate = new TestLock(gate.mac, '4I', Date.now(), '4.10');
		await set(true);
		await at.owner.ask('POST', path('quick-clicks'), {
			body: { name: 'Night crew', code: '01101', uses: 3 }
		});
		await at.openOnline(gate);
		expect(await shown()).toBe('refused');
		expect(gate.engaged).toBe(true);
		expect(gate.enter('01101')).toBe(true);
		gate.close();
		// It opens as ever, is not asked for it again, and can be told again.
		await at.openOnline(gate);
		expect(await shown()).toBe('refused');
		expect((await set(true)).body.lock.explicitLock).toBe('goes-on');
		await at.openOnline(gate);
		expect(await shown()).toBe('refused');
		expect((await set(false)).body.lock.explicitLock).toBe('off');
	});

	test.each([
		['4I', '4.24'],
		['2U', '4.25'],
		['3P', '4.25']
	])('a %s with %s has no such setting', async (hardwareType, firmware) => {
		const mac = 'F1:E2:D3:C4:99:01';
		const body = { mac, name: 'Old', hardwareType, firmware };
		expect((await at.owner.ask('POST', '/api/locks', { body })).status).toBe(200);
		const at_ = `/api/locks/${mac}`;
		expect((await at.owner.ask('GET', at_)).body.lock.explicitLock).toBeNull();
		const asked = { body: { explicitLock: true } };
		expect((await at.owner.ask('PUT', `${at_}/settings`, asked)).status).toBe(409);
		const session = '00'.repeat(20);
		const engage = { body: { session, action: 'engage' } };
		expect((await at.owner.ask('POST', `${at_}/commands`, engage)).status).toBe(409);
	});

	test('all keys are given anew, and phones fetch theirs', async () => {
		const phone = at.phone();
		await at.contact(at.owner, phone);
		await at.ask(at.owner, gate, { phone: phone.id });
		await at.openOnline(gate);
		const answer = await at.owner.ask('POST', path('key-reset'));
		expect([answer.status, answer.body]).toEqual([200, { keys: 1 }]);
		const before = gate.holds.slots[1]?.key;
		await at.openOnline(gate);
		expect(gate.holds.slots[1]?.key).not.toBe(before);
	});

	test('a lock moves to the sandbox and back, and opens there', async () => {
		await at.openOnline(gate);
		const move = (environment: string) =>
			at.owner.ask('PUT', path('environment'), { body: { environment } });
		expect((await move('sandbox')).body.lock).toMatchObject({ environment: 'sandbox' });
		expect((await move('sandbox')).status).toBe(409);
		await at.openOnline(gate);
		expect((await move('production')).body.lock).toMatchObject({ environment: 'production' });
		await at.openOnline(gate);
	});

	test('a lock that is absent, foreign or not granted is the same to everybody', async () => {
		const absent = '/api/locks/00:00:00:00:00:09';
		const told = async (by: Browser, base: string) => {
			const answers = [
				await by.ask('PUT', `${base}/settings`, { body: { explicitLock: true } }),
				await by.ask('POST', `${base}/key-reset`),
				await by.ask('PUT', `${base}/environment`, { body: { environment: 'sandbox' } })
			];
			return answers.map(({ status, text }) => [status, text]);
		};
		const mine = `/api/locks/${gate.mac}`;
		await at.grant(gate);
		for (const [by, status] of [
			[at.stranger, 404],
			[at.mia, 403]
		] as const) {
			const answers = await told(by, mine);
			expect(answers).toEqual(await told(by, absent));
			expect(answers.map(([code]) => code)).toEqual([status, status, status]);
		}
		expect(await shown()).toBe('off');
	});
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { PasscodeReply, PasscodesReply } from '../../../src/lib/api/app/passcodes.ts';
import { changePasscodes } from '../../../src/lib/protocol/ttlock/exchanges.ts';
import { mintAdminGrant, parseLockData } from '../../../src/lib/protocol/ttlock/grant.ts';
import { perform } from '../../../src/lib/protocol/ttlock/upkeep.ts';
import { HOUR } from '../../pair/ttlock/air.ts';
import { databases } from '../../setup/databases.ts';
import { Porch } from './porch.ts';

const CUSTOM = { origin: 'custom', name: 'Cleaner', code: '846201' };

describe.each(databases)('passcodes from our own pages, on $name', ({ create }) => {
	let porch: Porch;
	beforeAll(async () => {
		porch = await Porch.open(create);
	});
	beforeEach(() => porch.pair());
	afterEach(() => vi.useRealTimers());
	afterAll(() => porch.app.close());

	const list = async () =>
		PasscodesReply.parse((await porch.ask(porch.owner, 'GET', '/passcodes')).body).passcodes;
	const only = async () => (await list())[0];
	async function add(body: object): Promise<number> {
		const { body: said } = await porch.ask(porch.owner, 'POST', '/passcodes', body);
		expect(PasscodeReply.parse(said)).toEqual(said);
		return said.passcode.id;
	}
	const tell = async (passcode: number) =>
		(await porch.carry(porch.owner, 'tell-passcode', { passcode })).answer.body.result;
	const change = (id: number, body: object) =>
		porch.ask(porch.owner, 'PATCH', `/passcodes/${id}`, body);
	const remove = (id: number) => porch.ask(porch.owner, 'DELETE', `/passcodes/${id}`);
	/** What the lock answers to the n-th packet that it sends from now on is lost, and the link with it. */
	function cutAt(packet: number): void {
		const { packets } = porch.air;
		porch.air.fateOf = (n) => (n - packets === packet ? 'cut-before' : 'passes');
	}
	function typed(code: string): string {
		porch.air.type(code);
		const { bolt } = porch;
		porch.air.wait(20_000);
		return bolt;
	}

	test('who manages it for a time makes none that holds for longer, and is not told the code that always opens', async () => {
		await porch.give(porch.mia, { key_right: 1 });
		const period = { startDate: porch.air.utc, endDate: porch.air.utc + HOUR / 2 };
		const make = (body: object) => porch.ask(porch.mia, 'POST', '/passcodes', body);
		const random = { origin: 'random', name: 'Guest', startDate: porch.air.utc };
		for (const body of [CUSTOM, { ...random, kind: 'permanent' }, { ...random, kind: 'once' }])
			expect((await make(body)).status, JSON.stringify(body)).toBe(409);
		const { status, body } = await make({ ...CUSTOM, period });
		expect(status).toBe(200);
		const longer = { period: { ...period, endDate: porch.air.utc + 2 * HOUR } };
		const path = `/passcodes/${body.passcode.id}`;
		expect((await porch.ask(porch.mia, 'PATCH', path, longer)).status).toBe(409);
		const shown = (by: typeof porch.mia) => porch.ask(by, 'GET', '');
		expect((await shown(porch.mia)).body.door.adminPasscode).toBeNull();
		expect((await shown(porch.owner)).body.door.adminPasscode).not.toBeNull();
	});

	test('a random one opens the lock that was never told of it', async () => {
		const startDate = porch.air.utc;
		const id = await add({ origin: 'random', kind: 'once', name: 'Guest', startDate });
		expect(await list()).toMatchObject([
			{ id, origin: 'random', kind: 'once', waits: null, usedAt: null, isOver: false }
		]);
		const { code, useBefore } = (await only())!;
		expect(useBefore).toBe(startDate + 6 * HOUR);
		expect([typed(code), typed(code)]).toEqual(['unlocked', 'locked']);
		expect(await tell(id)).toBe('success');
		await porch.carry(porch.owner, 'log');
		expect((await only())!.usedAt).not.toBeNull();
	});

	test('of days of the week the hour of the end counts, on the day of the start', async () => {
		const day = Math.floor((porch.air.utc - 5 * HOUR) / (24 * HOUR)) * 24 * HOUR + 5 * HOUR;
		const hours = { startDate: day + 9 * HOUR, endDate: day + 72 * HOUR + 12 * HOUR };
		await add({ origin: 'random', kind: 'daily', name: 'Staff', ...hours });
		const { code, endDate, useBefore } = (await only())!;
		expect([endDate - day, useBefore, typed(code)]).toEqual([12 * HOUR, null, 'unlocked']);
		const wrong = await porch.ask(porch.owner, 'POST', '/passcodes', {
			origin: 'random',
			kind: 'period',
			name: 'Backwards',
			startDate: hours.endDate,
			endDate: hours.startDate
		});
		expect(wrong.body.error.code).toBe('bad-input');
	});

	test('a custom one waits for the lock, and is there once; changed, and gone again', async () => {
		const id = await add(CUSTOM);
		expect(await only()).toMatchObject({ waits: 'add', isUnknown: false });
		expect(porch.codes).toEqual([]);
		expect(await tell(id)).toBe('success');
		expect(await only()).toMatchObject({ waits: null, isUnknown: false, maker: 'Olga' });
		expect([porch.codes, typed(CUSTOM.code)]).toEqual([[CUSTOM.code], 'unlocked']);
		expect((await change(id, { code: '517034' })).body.passcode).toMatchObject({
			code: CUSTOM.code,
			waits: 'change',
			next: { code: '517034' }
		});
		expect(await tell(id)).toBe('success');
		expect(await list()).toMatchObject([{ id, code: '517034', waits: null, next: null }]);
		expect(porch.codes).toEqual(['517034']);
		expect((await remove(id)).body.passcode.waits).toBe('remove');
		expect(await tell(id)).toBe('success');
		expect([await list(), porch.codes]).toEqual([[], []]);
		// The same again, because that answer was lost.
		expect(await tell(id)).toBe('success');
	});

	test('a window beyond what a lock counts is cut to it', async () => {
		const period = { startDate: 0, endDate: 4_102_444_799_999 };
		expect(await tell(await add({ ...CUSTOM, period }))).toBe('success');
		expect(typed(CUSTOM.code)).toBe('unlocked');
	});

	test('one that no lock was told of is changed and deleted here', async () => {
		const id = await add(CUSTOM);
		const period = { startDate: porch.air.utc, endDate: porch.air.utc + HOUR };
		expect((await change(id, { period })).status).toBe(409);
		expect((await change(id, { code: '5170', name: 'Two' })).body.passcode).toMatchObject({
			code: '5170',
			name: 'Two',
			waits: 'add',
			next: null
		});
		expect((await remove(id)).body).toEqual({ passcode: null });
		expect(await list()).toEqual([]);
	});

	test('digits are once in a lock, also while they wait', async () => {
		const id = await add(CUSTOM);
		const again = await porch.ask(porch.owner, 'POST', '/passcodes', CUSTOM);
		expect([again.status, again.body.error.code]).toEqual([409, 'conflict']);
		await tell(id);
		await change(id, { code: '517034' });
		const next = await porch.ask(porch.owner, 'POST', '/passcodes', { ...CUSTOM, code: '517034' });
		expect(next.status).toBe(409);
		const simple = await porch.ask(porch.owner, 'POST', '/passcodes', { ...CUSTOM, code: '1234' });
		expect([simple.status, simple.body.error.code]).toEqual([400, 'bad-input']);
	});

	const steps = Array.from({ length: 12 }, (_, i) => i + 1);
	test.each(steps)(
		'cut at packet %i, told again: the lock has it once, as it was wished',
		async (n) => {
			const id = await add(CUSTOM);
			for (const wish of ['add', 'change', 'remove']) {
				if (wish === 'change') await change(id, { code: '517034' });
				if (wish === 'remove') await remove(id);
				cutAt(n);
				const answers: string[] = [];
				for (let i = 0, at; i < 4; i++) {
					const { body } = await porch.step(porch.owner, {
						action: 'tell-passcode',
						passcode: id,
						at,
						answers
					});
					if (body.result !== null) break;
					at = body.at;
					porch.write(body, answers);
				}
				porch.air.fateOf = () => 'passes';
				porch.air.disconnect();
				expect(await tell(id)).toBe('success');
				const there = wish === 'remove' ? [] : [wish === 'add' ? CUSTOM.code : '517034'];
				expect(porch.codes).toEqual(there);
				expect((await list()).map(({ code, waits }) => [code, waits])).toEqual(
					there.map((code) => [code, null])
				);
			}
		}
	);

	test('while an answer is missing nobody says how it is; what may be there is not forgotten', async () => {
		const id = await add(CUSTOM);
		cutAt(100);
		const answers: string[] = [];
		for (let i = 0, at; i < 3; i++) {
			const step = { action: 'tell-passcode', passcode: id, at, answers };
			const { body } = await porch.step(porch.owner, step);
			at = body.at;
			porch.write(body, answers);
		}
		expect(await only()).toMatchObject({ waits: 'add', isUnknown: true });
		expect((await change(id, { code: '517034' })).status).toBe(409);
		expect((await remove(id)).body.passcode).toMatchObject({ waits: 'remove', isUnknown: true });
		porch.air.disconnect();
		expect(await tell(id)).toBe('success');
		expect([await list(), porch.codes]).toEqual([[], []]);
	});

	test('deleted while the lock is told of it: that answer is not taken for the other', async () => {
		const id = await add(CUSTOM);
		const answers: string[] = [];
		let at: number | undefined;
		const step = async () =>
			(
				await porch.step(porch.owner, {
					action: 'tell-passcode',
					passcode: id,
					...(at === undefined ? {} : { at }),
					answers
				})
			).body;
		for (let i = 0; i < 3; i++) {
			const body = await step();
			at = body.at;
			porch.write(body, answers);
		}
		expect(porch.codes).toEqual([CUSTOM.code]);
		await remove(id);
		expect((await step()).result).toBeNull();
		expect(await only()).toMatchObject({ id, waits: 'remove' });
		porch.air.disconnect();
		expect(await tell(id)).toBe('success');
		expect([await list(), porch.codes]).toEqual([[], []]);
	});

	test('a random one that nobody has used cannot be taken from the lock, and is not said to be', async () => {
		const id = await add({
			origin: 'random',
			kind: 'permanent',
			name: 'Guest',
			startDate: porch.air.utc
		});
		const { code } = (await only())!;
		expect((await change(id, { code: '517034' })).status).toBe(409);
		await remove(id);
		expect(await tell(id)).toBe('passcode-not-found');
		expect(await only()).toMatchObject({ id, waits: null, isUnknown: false });
		expect(typed(code)).toBe('unlocked');
		await remove(id);
		expect(await tell(id)).toBe('success');
		expect([await list(), porch.codes, typed(code)]).toEqual([[], [], 'locked']);
	});

	test('a list from the lock settles what it has', async () => {
		const [kept, lost] = [await add(CUSTOM), await add({ ...CUSTOM, code: '9042' })];
		const random = await add({
			origin: 'random',
			kind: 'permanent',
			name: 'Guest',
			startDate: porch.air.utc
		});
		for (const id of [kept, lost]) expect(await tell(id)).toBe('success');
		typed((await list()).find(({ id }) => id === random)!.code);
		const { db } = porch.app.server;
		await db.updateTable('passcode').set({ state: 'deleted' }).where('id', '=', kept).execute();
		expect((await porch.carry(porch.owner, 'read-passcodes')).answer.body.result).toBe('success');
		const known = await list();
		expect(known).toHaveLength(3);
		expect(known.find(({ id }) => id === random)!.usedAt).not.toBeNull();
		expect(known.find(({ id }) => id === lost)).toMatchObject({ code: '9042', waits: null });
		const found = { code: CUSTOM.code, origin: 'custom', kind: 'permanent', maker: null };
		expect(known.find(({ name }) => name === 'Found at the lock')).toMatchObject(found);
		const admin = mintAdminGrant(parseLockData(porch.lockData), 1);
		const gone = { op: 'remove', type: 'permanent', code: '9042' } as const;
		porch.air.run(perform(admin, [changePasscodes(gone)]));
		porch.air.disconnect();
		await porch.carry(porch.owner, 'read-passcodes');
		expect((await list()).find(({ id }) => id === lost)).toMatchObject({ waits: 'add' });
	});

	test('no digits in a frame, nor in the record of deeds; none for who only opens', async () => {
		await porch.give(porch.mia);
		const id = await add(CUSTOM);
		const { frames } = await porch.carry(porch.owner, 'tell-passcode', { passcode: id });
		const deeds = await porch.app.server.db.selectFrom('audit').selectAll().execute();
		expect(JSON.stringify([frames, deeds])).not.toContain(CUSTOM.code);
		const { status } = await porch.step(porch.mia, {
			action: 'tell-passcode',
			passcode: id,
			answers: []
		});
		expect([status, (await porch.ask(porch.mia, 'GET', '/passcodes')).status]).toEqual([403, 403]);
	});
});

import 'fake-indexeddb/auto';
import { beforeEach, expect, test } from 'vitest';
import { Lock } from '../../src/lib/api/app/locks.ts';
import type { Me } from '../../src/lib/api/app/people.ts';
import type { Call } from '../../src/lib/client/call.ts';
import { Known } from '../../src/lib/client/known.ts';
import { heardOf } from '../../src/lib/client/latest.ts';
import { AnswerStore } from '../../src/lib/vault/answers.ts';

const mac = 'F1:E2:D3:C4:B5:A6';
const LOCK = Lock.parse({
	mac,
	name: 'North gate',
	place: '',
	serial: '',
	hardwareType: '4I',
	firmware: '4.25',
	environment: 'production',
	awaitingSetup: false,
	waitsForLock: false,
	waiting: { keys: 0, revoked: 0 },
	slotsUsed: 1,
	battery: { millivolts: 3000, at: 1000 },
	lastKnown: { state: 'closed', at: 1000 },
	lastOpened: null,
	mayOpen: true,
	mayUnshackle: false
});
const ADA: Me = {
	user: { id: 'ada', name: 'Ada', email: 'ada@example.com' },
	company: null,
	firstRun: false,
	demoEnds: null
};
const BOB: Me = { ...ADA, user: { id: 'bob', name: 'Bob', email: 'bob@example.com' } };
const call = ((_: unknown, __: string, path: string) =>
	Promise.resolve(
		path === '/api/locks' ? { locks: [LOCK], total: 1 } : { lock: LOCK }
	)) as unknown as Call;

let name: string;
const visit = () => new Known(new AnswerStore(name), call);
beforeEach(() => (name = `known-${Math.random()}`));

const opened = (at: number) =>
	heardOf(mac, { openedAt: at, endedAs: null, battery: null }, 'ada@example.com');
const read = (millivolts: number, at: number) =>
	heardOf(mac, { openedAt: null, endedAs: null, battery: { millivolts, at } }, null);

test('what a lock told this phone is there on the next visit, with the rest of the list', async () => {
	const first = visit();
	await first.meet(ADA);
	expect(await first.locks()[0]()).toEqual({ locks: [LOCK], total: 1 });
	void first.hear(opened(2000));
	void first.hear(read(2800, 2100));
	await first.hear(opened(1500));
	const next = visit();
	await next.lastMet();
	expect((await next.locks()[1]())?.value.locks).toEqual([
		{
			...LOCK,
			lastKnown: { state: 'open', at: 2000 },
			battery: { millivolts: 2800, at: 2100 },
			lastOpened: { at: 2000, trackingKey: 'ada@example.com' }
		}
	]);
});

test('two tabs that hear of one lock at once keep what both heard', async () => {
	const tabs = [visit(), visit()] as const;
	for (const tab of tabs) await tab.meet(ADA);
	await tabs[0].locks()[0]();
	await Promise.all([tabs[0].hear(opened(2000)), tabs[1].hear(read(2800, 2100))]);
	expect(await tabs[0].lock(mac)).toMatchObject({
		lastOpened: { at: 2000 },
		battery: { millivolts: 2800 }
	});
});

test('the server knows better what is newer, and nobody else hears of it', async () => {
	const known = visit();
	await known.meet(ADA);
	await known.locks()[0]();
	await known.hear(opened(900));
	expect((await known.locks()[1]())?.value.locks).toMatchObject([{ lastKnown: LOCK.lastKnown }]);
	await known.hear(opened(5000));
	await known.meet(BOB);
	await known.locks()[0]();
	expect((await known.locks()[1]())?.value.locks).toEqual([LOCK]);
});

test('locks come by name, as people count them', async () => {
	const names = ['Valve 10', 'valve 2', 'Áre', 'Zeta', 'Valve 1'];
	const locks = names.map((name, i) => ({ ...LOCK, mac: `F1:E2:D3:C4:B5:0${i}`, name }));
	const known = new Known(new AnswerStore(name), (() =>
		Promise.resolve({ locks })) as unknown as Call);
	await known.meet(ADA);
	const sorted = ['Áre', 'Valve 1', 'valve 2', 'Valve 10', 'Zeta'];
	expect((await known.locks()[0]()).locks.map((lock) => lock.name)).toEqual(sorted);
	expect((await known.locks()[1]())?.value.locks.map((lock) => lock.name)).toEqual(sorted);
});

test('the server has not heard that a lock closed: it is known by what it told this phone', async () => {
	const first = visit();
	await first.meet(ADA);
	const closed = { state: 'closed', at: 3000 } as const;
	void first.hear(heardOf(mac, { openedAt: 2000, endedAs: closed, battery: null }, null));
	expect(await first.locks()[0]()).toMatchObject({ locks: [{ lastKnown: closed }] });
	const next = visit();
	await next.lastMet();
	expect(await next.locks()[0]()).toMatchObject({
		locks: [{ lastKnown: closed, battery: LOCK.battery }]
	});
	expect(await next.lock(mac)).toMatchObject({ lastKnown: closed, battery: LOCK.battery });
});

test('what a clock that was ten years ahead has dated is not the newest any more', async () => {
	const known = visit();
	await known.meet(ADA);
	await known.hear(opened(Date.now() + 10 * 365 * 86_400_000));
	await known.hear(read(2800, 2000));
	expect(await known.lock(mac)).toEqual({ ...LOCK, battery: { millivolts: 2800, at: 2000 } });
});

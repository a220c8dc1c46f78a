import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openDemo } from '../../src/lib/client/demo.ts';
import type { Call } from '../../src/lib/client/call.ts';
import { SessionState } from '../../src/lib/client/session.svelte.ts';
import { DemoStore } from '../../src/lib/vault/demo-store.ts';
import type { SavedState } from '../../src/lib/virtual/noke/state.ts';
import { fromHex } from '../../src/lib/protocol/bytes.ts';

const BASE_KEY = '000102030405060708090a0b0c0d0e0f';
const LOCK = { mac: 'F1:E2:D3:C4:B5:A6', hardwareType: '4I', firmware: '4.25' };

let names = 0;
let store: DemoStore<SavedState>;
let company: string | null;
let begun: number;

beforeEach(() => {
	vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
	store = new DemoStore(`demo-${names++}`);
	company = null;
	begun = 0;
});
afterEach(() => {
	vi.useRealTimers();
});

const call: Call = async (_schema, _method, path) => {
	if (path === '/api/demo') {
		company = `demo company ${++begun}`;
		return { lock: LOCK, baseKey: BASE_KEY } as never;
	}
	const demo = { id: company, name: 'Demo', role: 'owner', ownerName: 'You' };
	return { company: company && demo, demoEnds: company && Date.now() + 1_000 } as never;
};

const open = (parts = {}) =>
	openDemo(new SessionState(call), { call, store, locks: undefined, ...parts });
const wish = () => ({ choose: true, within: 0, signal: new AbortController().signal });

describe('the padlock of the demo', () => {
	test('sleeps, wakes at a press, and sleeps again after 20 seconds', async () => {
		const padlock = await open();
		expect(padlock.mac).toBe(LOCK.mac);
		expect(padlock.state).toMatchObject({ awake: false, light: 'off', shackle: 'closed' });
		await expect(padlock.connect(wish())).rejects.toMatchObject({ code: 'no-answer' });
		padlock.press();
		expect(padlock.state).toMatchObject({ awake: true, light: 'blinking' });
		vi.advanceTimersByTime(20_000);
		expect(padlock.state.awake).toBe(false);
	});

	test('links, with a fresh session each time, one link at a time', async () => {
		const padlock = await open();
		padlock.press();
		const first = (await padlock.connect(wish()))!;
		expect(first.hello).toHaveLength(20);
		expect(padlock.state.connected).toBe(true);
		await expect(padlock.connect(wish())).rejects.toMatchObject({ code: 'no-answer' });
		first.close();
		await first.closed;
		const second = (await padlock.connect(wish()))!;
		expect(second.hello).not.toEqual(first.hello);
		const heard = new Promise((resolve) => second.onBytes(resolve));
		await second.ready;
		await second.write(fromHex('00'.repeat(20)));
		expect(await heard).toMatchObject({ 0: 0x51, 1: 0x61 });
		padlock.end();
		await second.closed;
	});

	test('is the same after a reload: what it wrote down, and no second demo', async () => {
		const padlock = await open();
		padlock.press();
		const link = (await padlock.connect(wish()))!;
		await vi.waitFor(async () =>
			expect((await store.load())?.state.flash.log.records).toHaveLength(1)
		);
		padlock.end();
		await link.closed;
		const again = await open();
		expect(begun).toBe(1);
		expect(again.state.awake).toBe(false);
		expect((await store.load())?.company).toBe(company);
	});

	test('begins anew when its demo has ended', async () => {
		(await open()).end();
		company = null;
		await open();
		expect(begun).toBe(2);
		company = 'a real one';
		await open();
		expect(begun).toBe(3);
	});

	test('is taken by the newest tab', async () => {
		let take = (_: unknown) => {};
		const locks = {
			request: (_name: string, _options: object, held: () => Promise<void>) =>
				new Promise((_resolve, reject) => {
					take(new DOMException('stolen', 'AbortError'));
					take = reject;
					void held();
				})
		} as unknown as LockManager;
		const first = await open({ locks });
		first.press();
		const link = (await first.connect(wish()))!;
		const second = await open({ locks });
		await link.closed;
		await expect(first.connect(wish())).rejects.toMatchObject({ code: 'no-answer' });
		second.press();
		expect(await second.connect(wish())).not.toBeNull();
	});
});

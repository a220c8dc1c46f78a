import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { WebBluetooth, type BluetoothApi } from '../../src/lib/link/bluetooth.ts';
import { fromHex } from '../../src/lib/protocol/bytes.ts';
import { VENDORS } from '../../src/lib/protocol/vendors.ts';
import { FakeDevice, never } from './fake-device.ts';

const { profile } = VENDORS.noke;
const profiles = { noke: profile, ttlock: VENDORS.ttlock.profile };
const LOCK = { vendor: 'noke', mac: 'F1:E2:D3:C4:B5:A6', hardwareType: '4I' } as const;
const device = () => new FakeDevice('NOKE4I_F1E2D3C4B5A6', profile);

let wish: { choose: boolean; within: number; signal: AbortSignal };

beforeEach(() => {
	vi.useFakeTimers();
	wish = { choose: true, within: 20_000, signal: new AbortController().signal };
});
afterEach(() => {
	vi.useRealTimers();
});

/** The browser's own side, and what it was asked for. */
function browser(chosen: () => Promise<FakeDevice>, more: Partial<BluetoothApi> = {}) {
	const asked: RequestDeviceOptions[] = [];
	const api: BluetoothApi = {
		requestDevice: async (options) => {
			asked.push(options!);
			return (await chosen()).asDevice;
		},
		getAvailability: () => Promise.resolve(true),
		...more
	};
	return { asked, bluetooth: new WebBluetooth(profiles, api) };
}

const cancelled = () => Promise.reject(new DOMException('cancelled', 'NotFoundError'));

describe('availability', () => {
	test.each([
		['unsupported', undefined],
		['ready', { requestDevice: never }],
		['ready', { requestDevice: never, getAvailability: () => Promise.resolve(true) }],
		['off', { requestDevice: never, getAvailability: () => Promise.resolve(false) }]
	] as const)('%s', async (said, api) => {
		expect(await new WebBluetooth(profiles, api).availability()).toBe(said);
	});

	test('is assumed when the browser does not answer', async () => {
		const { bluetooth } = browser(never, { getAvailability: never });
		const asked = bluetooth.availability();
		await vi.advanceTimersByTimeAsync(2_000);
		expect(await asked).toBe('ready');
	});
});

describe('the chooser', () => {
	test('shows every lock, or just one under any name it may have', async () => {
		const { bluetooth, asked } = browser(() => Promise.resolve(device()));
		expect(await bluetooth.choose()).toMatchObject(LOCK);
		expect(await bluetooth.choose(LOCK)).toMatchObject(LOCK);
		expect(asked[0]).toEqual({
			filters: [
				{ services: [profile.service] },
				{ namePrefix: 'NOKE' },
				{ manufacturerData: [{ companyIdentifier: 0x0305 }] },
				{ services: [profiles.ttlock.service] }
			],
			optionalServices: [profile.service, profiles.ttlock.service],
			optionalManufacturerData: [0x0305]
		});
		expect(asked[1]).toMatchObject({ optionalServices: [profile.service] });
		const { filters } = asked[1] as { filters: { name: string }[] };
		expect(filters[0]).toEqual({ name: 'NOKE4I_F1E2D3C4B5A6' });
		expect(filters).toContainEqual({ name: 'NOKE3P_F1E2D3C4B5A6' });
	});

	test('that the second of two quick taps closes opens again, once', async () => {
		const first = browser(() =>
			first.asked.length === 1 ? cancelled() : Promise.resolve(device())
		);
		expect(await first.bluetooth.choose()).toMatchObject(LOCK);
		const { asked, bluetooth } = browser(cancelled);
		expect(await bluetooth.choose()).toBeNull();
		expect(asked).toHaveLength(2);
	});

	test('that is cancelled is an outcome', async () => {
		const late = async () => {
			vi.setSystemTime(Date.now() + 600);
			return cancelled();
		};
		const { asked, bluetooth } = browser(late);
		expect(await bluetooth.choose()).toBeNull();
		expect(asked).toHaveLength(1);
	});

	test('is not opened without an adapter: there it would never settle', async () => {
		const off = { getAvailability: () => Promise.resolve(false) };
		const { bluetooth, asked } = browser(never, off);
		await expect(bluetooth.choose()).rejects.toMatchObject({ code: 'bluetooth-off' });
		expect(asked).toEqual([]);
	});

	test('refused by the browser, another lock, no lock', async () => {
		const refused = () => Promise.reject(new DOMException('no gesture', 'SecurityError'));
		await expect(browser(refused).bluetooth.choose()).rejects.toMatchObject({
			code: 'unsupported'
		});
		const named = (name: string) => browser(() => Promise.resolve(new FakeDevice(name, profile)));
		await expect(named('NOKE4I_000000000000').bluetooth.choose(LOCK)).rejects.toMatchObject({
			code: 'other-lock'
		});
		await expect(named('Kettle').bluetooth.choose()).rejects.toMatchObject({ code: 'not-a-lock' });
	});

	test('that stays open ends with the signal', async () => {
		const stopper = new AbortController();
		const choosing = browser(never).bluetooth.choose(LOCK, stopper.signal);
		await vi.advanceTimersByTimeAsync(1_000);
		stopper.abort();
		await expect(choosing).rejects.toMatchObject({ code: 'stopped' });
	});
});

describe('a known device', () => {
	test('needs no chooser a second time', async () => {
		const { bluetooth, asked } = browser(() => Promise.resolve(device()));
		const connect = bluetooth.connector(LOCK);
		for (let times = 0; times < 2; times++) (await connect(wish))!.close();
		expect(asked).toHaveLength(1);
	});

	test('is found where the browser remembers', async () => {
		const known = [new FakeDevice('Kettle', profile), device()];
		const { bluetooth, asked } = browser(never, {
			getDevices: () => Promise.resolve(known.map((one) => one.asDevice))
		});
		(await bluetooth.connector(LOCK)(wish))!.close();
		expect(asked).toEqual([]);
	});

	test('is no device where nobody may be asked', async () => {
		const { bluetooth, asked } = browser(never);
		expect(await bluetooth.connector(LOCK)({ ...wish, choose: false })).toBeNull();
		expect(asked).toEqual([]);
	});

	test('that did not answer is chosen anew', async () => {
		const sleeping = device();
		sleeping.answers.connect = () => Promise.reject(new DOMException('x', 'NetworkError'));
		const { bluetooth, asked } = browser(() => Promise.resolve(sleeping));
		const connect = bluetooth.connector(LOCK);
		const first = expect(connect(wish)).rejects.toMatchObject({ code: 'no-answer' });
		await vi.advanceTimersByTimeAsync(21_000);
		await first;
		sleeping.answers.connect = () => Promise.resolve();
		(await connect(wish))!.close();
		expect(asked).toHaveLength(2);
	});

	test('that does not answer because Bluetooth was switched off', async () => {
		let on = true;
		const sleeping = device();
		sleeping.answers.connect = () => {
			on = false;
			return Promise.reject(new DOMException('x', 'NetworkError'));
		};
		const { bluetooth } = browser(() => Promise.resolve(sleeping), {
			getAvailability: () => Promise.resolve(on)
		});
		const failed = expect(bluetooth.connector(LOCK)(wish)).rejects.toMatchObject({
			code: 'bluetooth-off'
		});
		await vi.advanceTimersByTimeAsync(21_000);
		await failed;
	});

	test('is listened for between two tries where the browser can', async () => {
		const sleeping = device();
		let awake = false;
		sleeping.answers.connect = () =>
			awake ? Promise.resolve() : Promise.reject(new DOMException('x', 'NetworkError'));
		const watched: AbortSignal[] = [];
		Object.assign(sleeping, {
			watchAdvertisements: (options: { signal: AbortSignal }) => {
				watched.push(options.signal);
				return Promise.resolve();
			}
		});
		const { bluetooth } = browser(() => Promise.resolve(sleeping));
		const connecting = bluetooth.connector(LOCK)(wish);
		await vi.advanceTimersByTimeAsync(100);
		awake = true;
		sleeping.dispatchEvent(new Event('advertisementreceived'));
		const link = await connecting;
		expect(watched).toHaveLength(1);
		expect(watched[0]!.aborted).toBe(true);
		link!.close();
	});
});

describe('a lock whose name holds only the end of its MAC', () => {
	const MAC = 'C4:54:12:32:3B:D8';
	const DOOR = { vendor: 'ttlock', mac: MAC } as const;
	const NAME = 'M101T_d83b32';
	const door = (name = NAME) => new FakeDevice(name, profiles.ttlock);
	/** Scene 2, in setting mode, 87 %. */
	const data = new DataView(fromHex('02045700000000d83b321254c4').buffer);

	/** A device that advertises as soon as it is listened to. */
	function advertising(manufacturerData: [number, DataView][]): FakeDevice {
		const one = door();
		return Object.assign(one, {
			watchAdvertisements: async () => {
				const event = new Event('advertisementreceived');
				one.dispatchEvent(Object.assign(event, { manufacturerData: new Map(manufacturerData) }));
			}
		});
	}

	test('is asked for by its name where its model is known, else by its maker', async () => {
		const { bluetooth, asked } = browser(() => Promise.resolve(door()));
		expect(await bluetooth.choose({ ...DOOR, hardwareType: 'M101T' })).toMatchObject({ mac: null });
		expect(asked[0]).toEqual({
			filters: [{ name: NAME }],
			optionalServices: [profiles.ttlock.service],
			optionalManufacturerData: [0x0305]
		});
		await bluetooth.choose(DOOR);
		expect(asked[1]).toMatchObject({ filters: profiles.ttlock.filters });
	});

	test('is known again by the end of it, and is not taken for another', async () => {
		const { bluetooth, asked } = browser(() => Promise.resolve(door()));
		const connect = bluetooth.connector(DOOR);
		for (let times = 0; times < 2; times++) {
			const link = await connect(wish);
			expect(link!.hello).toHaveLength(0);
			link!.close();
		}
		expect(asked).toHaveLength(1);
		const other = browser(() => Promise.resolve(door('M101T_000000')));
		await expect(other.bluetooth.choose(DOOR)).rejects.toMatchObject({ code: 'other-lock' });
		const padlock = browser(() => Promise.resolve(device()));
		await expect(padlock.bluetooth.choose({ vendor: 'ttlock' })).rejects.toMatchObject({
			code: 'other-lock'
		});
	});

	test('tells all of it where the browser listens', async () => {
		const { signal } = wish;
		const one = advertising([
			[0x004c, new DataView(new ArrayBuffer(2))],
			[0x0305, data]
		]);
		const { bluetooth } = browser(() => Promise.resolve(one));
		const chosen = (await bluetooth.choose({ vendor: 'ttlock' }))!;
		expect(await bluetooth.hear(chosen, { within: 1_000, signal })).toEqual({
			mac: MAC,
			setUp: false,
			battery: 87,
			hardware: 2
		});
		// The same end, another lock.
		const twin = { ...DOOR, mac: 'FF:FF:FF:32:3B:D8' };
		expect(await bluetooth.connector(twin)({ ...wish, choose: false })).toBeNull();
		const link = (await bluetooth.connector(DOOR)({ ...wish, choose: false }))!;
		link.close();
		await link.closed;
		expect(one.listeners).toBe(0);
	});

	test('that is not heard, or where nobody listens, stays without', async () => {
		const { signal } = wish;
		const { bluetooth } = browser(() => Promise.resolve(door()));
		const chosen = (await bluetooth.choose())!;
		expect(await bluetooth.hear(chosen, { within: 1_000, signal })).toBeNull();
		const silent = browser(() => Promise.resolve(advertising([])));
		const unheard = (await silent.bluetooth.choose())!;
		const hearing = silent.bluetooth.hear(unheard, { within: 1_000, signal });
		await vi.advanceTimersByTimeAsync(1_000);
		expect(await hearing).toBeNull();
		expect(unheard.mac).toBeNull();
	});
});

import type { Page } from '@playwright/test';
import type { RadioLock } from './air.ts';
import { expect, test } from './fixtures-radio.ts';
import { NOKE } from './gatt.ts';

/*
 * The ground under the other browser tests, proven without the app: what an upgrade of Chromium breaks in
 * the emulated radio shows here first.
 */

/** Answers every packet with the same bytes turned round. */
class Echo implements RadioLock {
	readonly name = 'NOKE4I_C0DE00000001';
	readonly gatt = NOKE;
	readonly events: string[] = [];
	send: (packet: Uint8Array) => void = () => undefined;
	hangUp: () => void = () => undefined;

	read(): Uint8Array {
		return Uint8Array.from({ length: 20 }, (_, index) => index);
	}
	subscribe(on: boolean): void {
		this.events.push(on ? 'subscribed' : 'unsubscribed');
	}
	write(packet: Uint8Array): void {
		this.events.push('written');
		this.send(packet.toReversed());
	}
	onNotify(send: (packet: Uint8Array) => void): void {
		this.send = send;
	}
	onDrop(drop: () => void): void {
		this.hangUp = drop;
	}
	connected(): void {
		this.events.push('connected');
	}
	disconnected(): void {
		this.events.push('disconnected');
	}
}

interface Probe {
	device?: BluetoothDevice;
	packets?: BluetoothRemoteGATTCharacteristic;
	command?: BluetoothRemoteGATTCharacteristic;
	state?: BluetoothRemoteGATTCharacteristic;
	drops: number;
	received: number[][];
}

declare global {
	interface Window {
		probe: Probe;
	}
}

/** Opens the blank page; its button asks for a device and connects. Gives the outcome in words. */
async function connect(page: Page): Promise<string> {
	const outcome = page.evaluate(
		([service, command, packets, state]) =>
			new Promise<string>((resolve) => {
				const probe: Probe = { drops: 0, received: [] };
				window.probe = probe;
				async function run(): Promise<string> {
					const device = await navigator.bluetooth.requestDevice({
						filters: [{ namePrefix: 'NOKE' }],
						optionalServices: [service]
					});
					probe.device = device;
					device.addEventListener('gattserverdisconnected', () => (probe.drops += 1));
					const server = await device.gatt?.connect();
					const primary = await server?.getPrimaryService(service);
					if (!primary) return 'no service';
					probe.command = await primary.getCharacteristic(command);
					probe.packets = await primary.getCharacteristic(packets);
					probe.state = await primary.getCharacteristic(state);
					probe.packets.addEventListener('characteristicvaluechanged', () => {
						const value = probe.packets?.value;
						if (value) probe.received.push([...new Uint8Array(value.buffer)]);
					});
					await probe.packets.startNotifications();
					return 'connected';
				}
				document
					.querySelector('button')
					?.addEventListener(
						'click',
						() => void run().then(resolve, (error: DOMException) => resolve(error.name)),
						{ once: true }
					);
			}),
		[NOKE.service, NOKE.command, NOKE.packets, NOKE.state] as const
	);
	await page.click('button');
	return outcome;
}

const PACKET = Array.from({ length: 20 }, (_, index) => 100 + index);
const write = (page: Page, bytes: number[]): Promise<string> =>
	page.evaluate(
		(packet) =>
			window.probe.command?.writeValueWithResponse(new Uint8Array(packet)).then(
				() => 'written',
				(error: DOMException) => error.name
			) ?? 'no characteristic',
		bytes
	);
const received = (page: Page): Promise<number[][]> => page.evaluate(() => window.probe.received);
const drops = (page: Page): Promise<number> => page.evaluate(() => window.probe.drops);

test.beforeEach(async ({ page, blank }) => {
	await page.goto(blank);
});

test('connects, reads, writes, and the answer arrives', async ({ page, lock, chooser }) => {
	const echo = new Echo();
	const air = await lock(echo);
	expect(await connect(page)).toBe('connected');
	const state = await page.evaluate(async () => [
		...new Uint8Array((await window.probe.state?.readValue())?.buffer ?? new ArrayBuffer())
	]);
	expect(state).toEqual([...echo.read()]);
	expect(await write(page, PACKET)).toBe('written');
	await expect.poll(() => received(page)).toEqual([PACKET.toReversed()]);
	expect(chooser.opened).toBe(1);
	expect(air.peripheral.operations).toEqual([
		'connect',
		'discover',
		'subscribe 1bc50003',
		'read 1bc50004',
		'write 1bc50002'
	]);
});

test('keeps the order of notifications and hangs up after them', async ({ page, lock }) => {
	const echo = new Echo();
	await lock(echo);
	expect(await connect(page)).toBe('connected');
	for (let index = 0; index < 5; index += 1) echo.send(Uint8Array.of(index));
	echo.hangUp();
	await expect.poll(() => drops(page)).toBe(1);
	expect(await received(page)).toEqual([[0], [1], [2], [3], [4]]);
	expect(echo.events).toEqual(['connected', 'subscribed', 'disconnected']);
});

test('a drop reaches the page, and the same device connects again', async ({
	page,
	lock,
	chooser
}) => {
	const echo = new Echo();
	const air = await lock(echo);
	expect(await connect(page)).toBe('connected');
	await air.drop();
	await expect.poll(() => drops(page)).toBe(1);
	expect(await write(page, PACKET)).toBe('NetworkError');
	await page.evaluate(() => window.probe.device?.gatt?.connect());
	expect(air.peripheral.connections).toBe(2);
	expect(chooser.opened).toBe(1);
});

test('drops under way never hang the page', async ({ page, lock }) => {
	const air = await lock(new Echo());
	for (let round = 0; round < 20; round += 1) {
		expect(await connect(page)).toBe('connected');
		const busy = page.evaluate(async (packet) => {
			try {
				for (;;) await window.probe.command?.writeValueWithResponse(new Uint8Array(packet));
			} catch (error) {
				return (error as DOMException).name;
			}
		}, PACKET);
		await page.waitForTimeout(round);
		await air.drop();
		expect(await busy).toMatch(/^(NetworkError|NotSupportedError|InvalidStateError)$/);
		await expect.poll(() => drops(page)).toBe(1);
	}
});

test('loses a packet or its answer with the link', async ({ page, lock }) => {
	const echo = new Echo();
	const air = await lock(echo);
	air.fate = () => 'lost-link';
	expect(await connect(page)).toBe('connected');
	expect(await write(page, PACKET)).not.toBe('written');
	expect(echo.events).not.toContain('written');
	await expect.poll(() => drops(page)).toBe(1);

	air.fate = () => 'lost-answer';
	expect(await connect(page)).toBe('connected');
	expect(await write(page, PACKET)).not.toBe('written');
	expect(echo.events).toContain('written');
	await expect.poll(() => drops(page)).toBe(1);
	expect(await received(page)).toEqual([]);
});

test('a page that disconnects or reloads frees the lock', async ({ page, lock, blank }) => {
	const echo = new Echo();
	const air = await lock(echo);
	expect(await connect(page)).toBe('connected');
	await page.evaluate(() => window.probe.device?.gatt?.disconnect());
	await page.evaluate(() => window.probe.device?.gatt?.connect());
	expect(air.peripheral.connections).toBe(2);
	await page.goto(blank);
	expect(await connect(page)).toBe('connected');
	expect(air.peripheral.connections).toBe(3);
	expect(echo.events.filter((event) => event === 'disconnected')).toHaveLength(2);
});

test('the person turns away from the chooser', async ({ page, lock, chooser }) => {
	const air = await lock(new Echo());
	await chooser.cancel();
	expect(await connect(page)).toBe('NotFoundError');
	await chooser.choose(air.address);
	expect(await connect(page)).toBe('connected');
	expect(chooser.opened).toBe(2);
});

test('a refused connection is an error, a silent one ends with the patience of the page', async ({
	page,
	lock
}) => {
	const air = await lock(new Echo());
	air.connecting = 'refuse';
	expect(await connect(page)).toBe('NetworkError');
	air.connecting = 'silent';
	const outcome = page.evaluate(() =>
		window.probe.device?.gatt?.connect().then(
			() => 'connected',
			(error: DOMException) => error.name
		)
	);
	await expect.poll(() => air.peripheral.operations.length).toBe(2);
	await page.evaluate(() => window.probe.device?.gatt?.disconnect());
	expect(await outcome).toBe('AbortError');
	air.connecting = null;
	expect(await connect(page)).toBe('connected');
});

test.describe('on slow air', () => {
	test.use({ radioDelay: 30 });
	test('every operation takes its time', async ({ page, lock }) => {
		await lock(new Echo());
		const start = Date.now();
		expect(await connect(page)).toBe('connected');
		expect(Date.now() - start).toBeGreaterThanOrEqual(90);
	});
});

test.describe('a second operation before the first is answered', () => {
	test.use({ radioDelay: 10, allowOverlap: true });
	test('is noted', async ({ page, lock }) => {
		const air = await lock(new Echo());
		expect(await connect(page)).toBe('connected');
		await page.evaluate(async (packet) => {
			const { command, state } = window.probe;
			await Promise.all([
				command?.writeValueWithResponse(new Uint8Array(packet)),
				state?.readValue()
			]);
		}, PACKET);
		expect(air.peripheral.violations).toHaveLength(1);
	});
});

test('without an adapter the page is told so', async ({ page, radio }) => {
	await radio.adapter('absent');
	expect(await page.evaluate(() => navigator.bluetooth.getAvailability())).toBe(false);
	await radio.adapter('powered-on');
	expect(await page.evaluate(() => navigator.bluetooth.getAvailability())).toBe(true);
});

test('offline outlives a reload', async ({ page, network, blank }) => {
	await network('offline');
	// Stands for the service worker: it answers, and the browser is still offline.
	await page.route(blank, (route) => route.fulfill({ body: '<button></button>' }));
	await page.reload();
	await expect.poll(() => page.evaluate(() => navigator.onLine)).toBe(false);
	await network('online');
	expect(await page.evaluate(() => navigator.onLine)).toBe(true);
});

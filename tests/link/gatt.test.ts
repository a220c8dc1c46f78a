import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openGatt } from '../../src/lib/link/gatt.ts';
import type { LinkError } from '../../src/lib/link/link.ts';
import { VENDORS } from '../../src/lib/protocol/vendors.ts';
import { FakeDevice, never } from './fake-device.ts';

const { profile } = VENDORS.noke;
const packet = new Uint8Array(20);

let device: FakeDevice;
let stopper: AbortController;

beforeEach(() => {
	vi.useFakeTimers();
	device = new FakeDevice('NOKE4I_F1E2D3C4B5A6', profile);
	stopper = new AbortController();
});
afterEach(() => {
	expect(vi.getTimerCount()).toBe(0);
	vi.useRealTimers();
});

const open = (within = 20_000) =>
	openGatt(device.asDevice, profile, { within, signal: stopper.signal });

/** The code with which it fails, once so much time has passed. */
async function failing(work: Promise<unknown>, milliseconds = 0): Promise<string> {
	const failed = work.then(
		() => 'nothing',
		(cause: LinkError) => cause.code
	);
	await vi.advanceTimersByTimeAsync(milliseconds);
	return failed;
}

function networkError(): Promise<never> {
	return Promise.reject(new DOMException('gone', 'NetworkError'));
}

describe('a link over GATT', () => {
	test('reads the hello, is ready once it hears, and runs one operation at a time', async () => {
		const link = await open();
		expect(link.hello).toEqual(new Uint8Array(20).fill(7));
		const heard: Uint8Array[] = [];
		link.onBytes((bytes) => heard.push(bytes));
		await Promise.all([link.write(packet), link.write(packet)]);
		expect(device.log).toEqual(['connect', 'discover', 'read', 'subscribe', 'write', 'write']);
		expect(device.overlap).toBe(1);
		const bytes = Uint8Array.of(1, 2);
		device.notify(bytes);
		bytes.fill(9);
		expect(heard).toEqual([Uint8Array.of(1, 2)]);
		link.close();
		await link.closed;
		expect(device.connected).toBe(false);
		expect(device.listeners).toBe(0);
	});

	test('writes with response where the lock offers nothing else', async () => {
		device.withResponse = true;
		const link = await open();
		await link.write(packet);
		expect(device.log.at(-1)).toBe('write with response');
		link.close();
	});

	test('tries to connect until the lock wakes', async () => {
		let sleeps = 5;
		device.answers.connect = () => (sleeps-- > 0 ? networkError() : Promise.resolve());
		const opening = open();
		await vi.advanceTimersByTimeAsync(3_000);
		(await opening).close();
		expect(device.log.filter((kind) => kind === 'connect')).toHaveLength(6);
	});

	test('gives up a try after 6 seconds and all after 20', async () => {
		device.answers.connect = never;
		expect(await failing(open(), 20_000)).toBe('no-answer');
		expect(device.log).toEqual(['connect', 'connect', 'connect', 'connect']);
		expect(device.listeners).toBe(0);
	});

	test.each([
		['discover', 6_000],
		['read', 5_000]
	] as const)('gives up %s after %i ms', async (operation, milliseconds) => {
		device.answers[operation] = never;
		expect(await failing(open(), milliseconds)).toBe('timed-out');
		expect(device.connected).toBe(false);
	});

	test('is not ready when the subscription is not answered, and ends', async () => {
		device.answers.subscribe = never;
		const link = await open();
		expect(await failing(link.ready, 5_000)).toBe('timed-out');
		await link.closed;
		expect(await failing(link.write(packet))).toBe('lost');
	});

	test('ends with a write that is not answered', async () => {
		device.answers.write = never;
		const link = await open();
		expect(await failing(link.write(packet), 5_000)).toBe('timed-out');
		await link.closed;
	});

	test.each(['discover', 'read'] as const)('is lost when the device goes at %s', async (kind) => {
		Object.assign(device.answers, {
			[kind]: () => {
				device.drop();
				return never();
			}
		});
		expect(await failing(open())).toBe('lost');
		expect(device.listeners).toBe(0);
	});

	test('is lost when the device goes during a write', async () => {
		const link = await open();
		device.answers.write = () => {
			device.drop();
			return never();
		};
		expect(await failing(link.write(packet))).toBe('lost');
	});

	test.each([
		['NotFoundError', 'not-a-lock'],
		['SecurityError', 'not-a-lock'],
		['NetworkError', 'lost']
	])('a service that fails with %s is %s', async (name, code) => {
		device.answers.discover = () => Promise.reject(new DOMException('x', name));
		expect(await failing(open())).toBe(code);
	});

	test('a device without its characteristics is no lock', async () => {
		const stranger = { ...profile, state: 'another' };
		const opening = openGatt(device.asDevice, stranger, { within: 1, signal: stopper.signal });
		expect(await failing(opening)).toBe('not-a-lock');
	});

	test.each(['connect', 'discover', 'read'] as const)('stops at %s', async (kind) => {
		device.answers[kind] = never;
		const opening = open();
		await vi.advanceTimersByTimeAsync(100);
		stopper.abort();
		expect(await failing(opening)).toBe('stopped');
		expect(device.connected).toBe(false);
		expect(device.listeners).toBe(0);
	});
});

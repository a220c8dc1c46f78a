import type { Bytes } from '../protocol/bytes.ts';
import type { Profile } from '../protocol/vendors.ts';
import { linkError, type Moment } from './bluetooth-error.ts';
import { LinkError, type Link } from './link.ts';
import { pause, wait } from './wait.ts';

/** Milliseconds for each wait: Chrome has no time-out of its own on any of them. */
const CONNECT_WITHIN = 6_000;
const DISCOVER_WITHIN = 6_000;
const OPERATION_WITHIN = 5_000;
/** Between two tries, where the browser cannot tell when the device is heard. */
const PAUSE = 400;

/**
 * Connects to a device, reads its hello and starts its notifications.
 * @param within milliseconds to go on trying to connect: a lock answers only while it is awake
 * @throws LinkError `no-answer`, `not-a-lock`, `lost`, `timed-out`, `stopped`
 */
export async function openGatt(
	device: BluetoothDevice,
	profile: Profile,
	{ within, signal }: { within: number; signal: AbortSignal }
): Promise<Link> {
	const { gatt } = device;
	if (!gatt) throw new LinkError('not-a-lock', 'the device has no GATT');
	await connect(device, gatt, within, signal);
	const { promise: gone, resolve: onGone } = Promise.withResolvers<void>();
	const listening = new AbortController();
	device.addEventListener('gattserverdisconnected', () => onGone(), { signal: listening.signal });
	void gone.then(() => listening.abort());
	try {
		// It may have gone between connecting and listening.
		if (!gatt.connected) throw new LinkError('lost', 'gone at once');
		const ask = <T>(moment: Moment, milliseconds: number, work: Promise<T>) =>
			wait(work, { within: milliseconds, signal, gone }).catch((cause: unknown) => {
				throw linkError(cause, moment);
			});
		const service = await ask(
			'discovering',
			DISCOVER_WITHIN,
			gatt.getPrimaryService(profile.service)
		);
		const found = await ask('discovering', DISCOVER_WITHIN, service.getCharacteristics());
		const one = (uuid: string) => {
			const characteristic = found.find((candidate) => candidate.uuid === uuid);
			if (!characteristic) throw new LinkError('not-a-lock', 'a characteristic is missing');
			return characteristic;
		};
		const [rx, tx] = [one(profile.rx), one(profile.tx)];
		const state = profile.state === null ? null : one(profile.state);
		const hello = state && bytesOf(await ask('talking', OPERATION_WITHIN, state.readValue()));
		return new GattLink({ gatt, rx, tx, hello: hello ?? new Uint8Array(0), gone, onGone });
	} catch (cause) {
		gatt.disconnect();
		onGone();
		throw cause;
	}
}

/** Tries to connect until it works, for as long as `within`. */
async function connect(
	device: BluetoothDevice,
	gatt: BluetoothRemoteGATTServer,
	within: number,
	signal: AbortSignal
): Promise<void> {
	const until = Date.now() + within;
	const ear = new Ear(device);
	try {
		for (;;) {
			try {
				await wait(gatt.connect(), {
					within: Math.min(CONNECT_WITHIN, until - Date.now()),
					signal
				});
				return;
			} catch (cause) {
				// Ends the try in the browser too, else the next one would join it.
				gatt.disconnect();
				if (cause instanceof LinkError && cause.code === 'stopped') throw cause;
			}
			if (Date.now() >= until)
				throw new LinkError('no-answer', 'it did not answer while it was tried');
			ear.listen();
			await pause(Math.min(PAUSE, until - Date.now()), signal, ear.heard());
		}
	} finally {
		ear.close();
	}
}

/**
 * Listens for a device's advertisements where the browser can. It also makes the browser scan: a
 * device that it has not heard for a while, or not since the page was loaded, is unknown to it.
 */
class Ear {
	readonly #device: BluetoothDevice;
	#listening: AbortController | undefined;
	#onHeard: (() => void) | undefined;

	constructor(device: BluetoothDevice) {
		this.#device = device;
	}

	listen(): void {
		if (this.#listening || typeof this.#device.watchAdvertisements !== 'function') return;
		this.#listening = new AbortController();
		const { signal } = this.#listening;
		this.#device.addEventListener('advertisementreceived', () => this.#onHeard?.(), { signal });
		void this.#device.watchAdvertisements({ signal }).catch(() => undefined);
	}

	heard(): Promise<void> {
		return new Promise((resolve) => (this.#onHeard = resolve));
	}

	close(): void {
		this.#listening?.abort();
	}
}

interface Parts {
	gatt: BluetoothRemoteGATTServer;
	rx: BluetoothRemoteGATTCharacteristic;
	tx: BluetoothRemoteGATTCharacteristic;
	hello: Bytes;
	gone: Promise<void>;
	onGone: () => void;
}

class GattLink implements Link {
	readonly hello: Bytes;
	readonly closed: Promise<void>;
	readonly ready: Promise<void>;
	readonly #parts: Parts;
	readonly #listeners = new Set<(bytes: Bytes) => void>();
	/** The last operation of the queue: GATT takes one at a time. */
	#last: Promise<unknown> = Promise.resolve();

	constructor(parts: Parts) {
		this.#parts = parts;
		this.hello = parts.hello;
		const { tx } = parts;
		const onValue = () => {
			if (!tx.value) return;
			const bytes = bytesOf(tx.value);
			for (const listener of this.#listeners) listener(bytes);
		};
		tx.addEventListener('characteristicvaluechanged', onValue);
		this.closed = parts.gone.then(() => {
			tx.removeEventListener('characteristicvaluechanged', onValue);
			this.#listeners.clear();
		});
		this.ready = this.#operation(async () => void (await tx.startNotifications()));
		// Whoever waits for it hears of it; a link that nobody got to use must not be an unhandled rejection.
		this.ready.catch(() => undefined);
	}

	write(packet: Bytes): Promise<void> {
		const { rx } = this.#parts;
		return this.#operation(() =>
			rx.properties.writeWithoutResponse
				? rx.writeValueWithoutResponse(packet)
				: rx.writeValueWithResponse(packet)
		);
	}

	onBytes(listener: (bytes: Bytes) => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	close(): void {
		this.#parts.gatt.disconnect();
		this.#parts.onGone();
	}

	/** One operation, after those before it. One that fails leaves the radio in doubt: the link ends. */
	#operation(start: () => Promise<void>): Promise<void> {
		const { gone } = this.#parts;
		const done = this.#last.then(async () => {
			try {
				if (!this.#parts.gatt.connected) throw new LinkError('lost', 'the link has ended');
				await wait(start(), { within: OPERATION_WITHIN, gone });
			} catch (cause) {
				this.close();
				throw linkError(cause, 'talking');
			}
		});
		this.#last = done.catch(() => undefined);
		return done;
	}
}

/** A copy: the browser may reuse the buffer for the next value. */
function bytesOf(view: DataView): Bytes {
	return new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice() as Bytes;
}

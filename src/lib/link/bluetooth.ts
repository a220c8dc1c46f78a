import type { Profile } from '../protocol/vendors.ts';
import { isCancelled } from './bluetooth-error.ts';
import { openGatt } from './gatt.ts';
import { LinkError, type Connect } from './link.ts';
import { wait } from './wait.ts';

/** What of `navigator.bluetooth` is used. */
export type BluetoothApi = Pick<Bluetooth, 'requestDevice'> &
	Partial<Pick<Bluetooth, 'getAvailability' | 'getDevices'>>;

export type Availability =
	| 'ready'
	/** This browser has no Web Bluetooth. */
	| 'unsupported'
	/** The browser has it, the machine has no adapter, or it is switched off. */
	| 'off';

/** A device that the person has chosen. */
export interface Chosen {
	device: BluetoothDevice;
	mac: string;
	hardwareType: string;
}

/** Milliseconds for what the browser answers by itself. */
const BROWSER_WITHIN = 2_000;

/**
 * Web Bluetooth for devices of one profile. It remembers the devices that the person has chosen for
 * the life of the page, since most browsers do not.
 */
export class WebBluetooth {
	readonly #profile: Profile;
	readonly #api: BluetoothApi | undefined;
	/** By MAC. */
	readonly #known = new Map<string, BluetoothDevice>();

	constructor(profile: Profile, api: BluetoothApi | undefined) {
		this.#profile = profile;
		this.#api = api;
	}

	/** Whether locks can be talked to from here; asks nobody. */
	async availability(): Promise<Availability> {
		const api = this.#api;
		if (typeof api?.requestDevice !== 'function') return 'unsupported';
		if (!api.getAvailability) return 'ready';
		const there = await wait(api.getAvailability(), { within: BROWSER_WITHIN }).catch(() => true);
		return there ? 'ready' : 'off';
	}

	/**
	 * Opens the browser's chooser; needs a user gesture of the last seconds. Null when the person
	 * cancelled it.
	 * @param wish shows only this lock
	 * @throws LinkError `unsupported`, `bluetooth-off`, `other-lock`, `not-a-lock`, `stopped`
	 */
	async choose(
		wish?: { mac: string; hardwareType?: string | undefined },
		signal?: AbortSignal
	): Promise<Chosen | null> {
		// With the adapter off the chooser may never settle, so this is asked first.
		await this.#mustBeThere();
		const { service, namePrefix } = this.#profile;
		const filters: BluetoothLEScanFilter[] = wish
			? this.#profile.namesOf(wish.mac, wish.hardwareType).map((name) => ({ name }))
			: [{ services: [service] }, { namePrefix }];
		let device: BluetoothDevice;
		try {
			// Without optionalServices a device found by its name may not be talked to.
			const choosing = this.#api!.requestDevice({ filters, optionalServices: [service] });
			device = await wait(choosing, { within: Infinity, signal });
		} catch (cause) {
			if (cause instanceof LinkError) throw cause;
			await this.#mustBeThere();
			if (isCancelled(cause)) return null;
			throw new LinkError('unsupported', 'the browser refused its chooser', { cause });
		}
		const chosen = this.#note(device);
		if (!chosen) throw new LinkError('not-a-lock', 'the name is not a lock’s');
		if (wish && chosen.mac !== wish.mac)
			throw new LinkError('other-lock', 'another lock was chosen');
		return chosen;
	}

	/** How a link to this lock is had: the device if it is known, else the chooser. */
	connector(lock: { mac: string; hardwareType?: string | undefined }): Connect {
		return async ({ choose, within, signal }) => {
			let device = await this.#find(lock.mac);
			if (!device && choose) device = (await this.choose(lock, signal))?.device;
			if (!device) {
				if (!choose) await this.#mustBeThere();
				return null;
			}
			try {
				return await openGatt(device, this.#profile, { within, signal });
			} catch (cause) {
				const code = cause instanceof LinkError ? cause.code : null;
				// Chrome scans only while its chooser is open, and a device that it has not heard for some
				// minutes cannot be connected to: the next tap shows the chooser again.
				if (choose && code === 'no-answer') this.#known.delete(lock.mac);
				if (code === 'no-answer') await this.#mustBeThere();
				throw cause;
			}
		};
	}

	/** A device that was chosen on this page, or before where the browser remembers. */
	async #find(mac: string): Promise<BluetoothDevice | undefined> {
		if (this.#known.has(mac)) return this.#known.get(mac);
		if (typeof this.#api?.getDevices !== 'function') return undefined;
		const within = BROWSER_WITHIN;
		const devices = await wait(this.#api.getDevices(), { within }).catch(() => []);
		for (const device of devices) this.#note(device);
		return this.#known.get(mac);
	}

	#note(device: BluetoothDevice): Chosen | null {
		try {
			const { mac, hardwareType } = this.#profile.parseName(device.name ?? '');
			this.#known.set(mac, device);
			return { device, mac, hardwareType };
		} catch {
			return null;
		}
	}

	async #mustBeThere(): Promise<void> {
		const there = await this.availability();
		if (there === 'unsupported') throw new LinkError('unsupported', 'no Web Bluetooth here');
		if (there === 'off') throw new LinkError('bluetooth-off', 'no adapter, or it is off');
	}
}

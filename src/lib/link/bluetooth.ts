import { ProtocolError } from '../protocol/errors.ts';
import type { Filter, Heard, Profile, VendorId } from '../protocol/vendors.ts';
import { isCancelled } from './bluetooth-error.ts';
import { openGatt } from './gatt.ts';
import { hear } from './heard.ts';
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
	vendor: VendorId;
	/** Null while it is not known: its name holds only the end of it. */
	mac: string | null;
	hardwareType: string;
}

/** One certain lock. */
export interface Wanted {
	vendor: VendorId;
	mac: string;
	hardwareType?: string | undefined;
}

/** Milliseconds for what the browser answers by itself. */
const BROWSER_WITHIN = 2_000;

/** Milliseconds. The second of two quick taps falls beside the chooser that the first one opened, and closes it. */
const DOUBLE_TAP = 500;

/**
 * Web Bluetooth for devices of these vendors. It remembers the devices that the person has chosen for
 * the life of the page, since most browsers do not.
 */
export class WebBluetooth {
	readonly #profiles: ReadonlyMap<VendorId, Profile>;
	readonly #api: BluetoothApi | undefined;
	/** The newest last. */
	#known: Chosen[] = [];

	constructor(profiles: Partial<Record<VendorId, Profile>>, api: BluetoothApi | undefined) {
		this.#profiles = new Map(Object.entries(profiles) as [VendorId, Profile][]);
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
	 * Opens the browser's chooser, once more if a double tap closed it; needs a user gesture of the last
	 * seconds. Null when the person cancelled it.
	 * @param wish shows only this lock, or only this vendor's
	 * @throws LinkError `unsupported`, `bluetooth-off`, `other-lock`, `not-a-lock`, `stopped`
	 */
	async choose(wish: Partial<Wanted> = {}, signal?: AbortSignal): Promise<Chosen | null> {
		// With the adapter off the chooser may never settle, so this is asked first.
		await this.#mustBeThere();
		const profiles = [...this.#profiles].flatMap(([vendor, profile]) =>
			(wish.vendor ?? vendor) === vendor ? [profile] : []
		);
		let device: BluetoothDevice;
		try {
			const options = {
				filters: profiles.flatMap((profile) => filtersOf(profile, wish)),
				// Without it a device found by its name may not be talked to, nor its advertisement be read.
				optionalServices: profiles.map(({ service }) => service),
				optionalManufacturerData: profiles.flatMap(({ companies }) => companies)
			};
			const opened = Date.now();
			const choosing = this.#api!.requestDevice(options).catch((cause: unknown) => {
				if (!isCancelled(cause) || Date.now() - opened > DOUBLE_TAP || signal?.aborted) throw cause;
				return this.#api!.requestDevice(options);
			});
			device = await wait(choosing, { within: Infinity, signal });
		} catch (cause) {
			if (cause instanceof LinkError) throw cause;
			await this.#mustBeThere();
			if (isCancelled(cause)) return null;
			throw new LinkError('unsupported', 'the browser refused its chooser', { cause });
		}
		const chosen = this.#note(device);
		if (!chosen) throw new LinkError('not-a-lock', 'the name is not a lock’s');
		const { vendor = chosen.vendor, mac } = wish;
		if (chosen.vendor !== vendor || (mac !== undefined && !this.#isLock(chosen, mac)))
			throw new LinkError('other-lock', 'another lock was chosen');
		return chosen;
	}

	/**
	 * What a chosen device says without a connection; from then on its MAC is known. Null where the
	 * browser does not listen, or has heard nothing within so many milliseconds.
	 */
	async hear(chosen: Chosen, ends: { within: number; signal: AbortSignal }): Promise<Heard | null> {
		const heard = await hear(chosen.device, this.#profiles.get(chosen.vendor)!, ends);
		if (heard) chosen.mac = heard.mac;
		return heard;
	}

	/** Whether a chosen device can be this lock. */
	is(chosen: Chosen, { vendor, mac }: Wanted): boolean {
		return chosen.vendor === vendor && this.#isLock(chosen, mac);
	}

	/** How a link to this lock is had: the device if it is known, else the chooser. */
	connector(lock: Wanted): Connect {
		return async ({ choose, within, signal }) => {
			let chosen: Chosen | null = await this.#find(lock);
			if (!chosen && choose) chosen = await this.choose(lock, signal);
			if (!chosen) {
				if (!choose) await this.#mustBeThere();
				return null;
			}
			return this.connectorTo(chosen)({ choose, within, signal });
		};
	}

	/** How a link to a device is had that was chosen. */
	connectorTo(chosen: Chosen): Connect {
		return async ({ choose, within, signal }) => {
			try {
				const profile = this.#profiles.get(chosen.vendor)!;
				return await openGatt(chosen.device, profile, { within, signal });
			} catch (cause) {
				const code = cause instanceof LinkError ? cause.code : null;
				// Chrome scans only while its chooser is open, and a device that it has not heard for some
				// minutes cannot be connected to: the next tap shows the chooser again.
				if (choose && code === 'no-answer') this.#forget(chosen.device);
				if (code === 'no-answer') await this.#mustBeThere();
				throw cause;
			}
		};
	}

	/** A device that was chosen on this page, or before where the browser remembers. */
	async #find(lock: Wanted): Promise<Chosen | null> {
		const known = this.#recall(lock);
		if (known || typeof this.#api?.getDevices !== 'function') return known;
		const within = BROWSER_WITHIN;
		const devices = await wait(this.#api.getDevices(), { within }).catch(() => []);
		for (const device of devices) this.#note(device);
		return this.#recall(lock);
	}

	#recall(wanted: Wanted): Chosen | null {
		return this.#known.findLast((known) => this.is(known, wanted)) ?? null;
	}

	/** A name that holds only the end of a MAC fits others too; proof is what the lock's key opens. */
	#isLock({ vendor, mac, device }: Chosen, wanted: string): boolean {
		return mac === null
			? this.#profiles.get(vendor)!.isNameOf(device.name ?? '', wanted)
			: mac === wanted;
	}

	#note(device: BluetoothDevice): Chosen | null {
		const before = this.#known.find((known) => known.device === device);
		this.#forget(device);
		const chosen = before ?? this.#read(device);
		if (chosen) this.#known.push(chosen);
		return chosen;
	}

	#read(device: BluetoothDevice): Chosen | null {
		for (const [vendor, profile] of this.#profiles) {
			try {
				return { device, vendor, ...profile.parseName(device.name ?? '') };
			} catch (cause) {
				if (!(cause instanceof ProtocolError)) throw cause;
			}
		}
		return null;
	}

	#forget(device: BluetoothDevice): void {
		this.#known = this.#known.filter((known) => known.device !== device);
	}

	async #mustBeThere(): Promise<void> {
		const there = await this.availability();
		if (there === 'unsupported') throw new LinkError('unsupported', 'no Web Bluetooth here');
		if (there === 'off') throw new LinkError('bluetooth-off', 'no adapter, or it is off');
	}
}

function filtersOf(profile: Profile, { mac, hardwareType }: Partial<Wanted>): Filter[] {
	const names = mac === undefined ? [] : profile.namesOf(mac, hardwareType);
	return names.length > 0 ? names.map((name) => ({ name })) : [...profile.filters];
}

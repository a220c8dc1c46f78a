import type { Heard, Profile } from '../protocol/vendors.ts';
import { wait } from './wait.ts';

/**
 * What a device says without a connection, where the browser listens for it; null where it does not,
 * or when nothing was heard. It never rejects.
 * @param within milliseconds
 */
export async function hear(
	device: BluetoothDevice,
	profile: Profile,
	{ within, signal }: { within: number; signal: AbortSignal }
): Promise<Heard | null> {
	if (typeof device.watchAdvertisements !== 'function') return null;
	const listening = new AbortController();
	const either = AbortSignal.any([signal, listening.signal]);
	const { promise, resolve } = Promise.withResolvers<Heard>();
	const onHeard = (event: Event) => {
		const { manufacturerData } = event as BluetoothAdvertisingEvent;
		for (const [companyId, data] of manufacturerData ?? []) {
			const heard = read(profile, device.name ?? '', companyId, data);
			if (heard) resolve(heard);
		}
	};
	device.addEventListener('advertisementreceived', onHeard, { signal: listening.signal });
	try {
		void device.watchAdvertisements({ signal: either }).catch(() => undefined);
		return await wait(promise, { within, signal });
	} catch {
		return null;
	} finally {
		listening.abort();
	}
}

function read(profile: Profile, name: string, companyId: number, data: DataView): Heard | null {
	try {
		const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
		return profile.hear(name, companyId, bytes);
	} catch {
		return null;
	}
}

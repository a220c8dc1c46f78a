/**
 * The virtual door lock of the demo, out of the box until this phone pairs it. It is loaded by dynamic
 * import only.
 */
import { DemoStore, type DemoRecord } from '../vault/demo-store.ts';
import { factoryState, VirtualDoorLock, type View } from '../virtual/ttlock/door-lock.ts';
import type { DoorEvent, Output, SavedState } from '../virtual/ttlock/state.ts';
import { DemoDevice, type DemoPlace } from './demo-device.ts';
import type { PairingTarget } from './taking.ts';

type Store = Pick<DemoStore<SavedState>, 'load' | 'save'>;

/**
 * The door lock of this demo, or null when there is none.
 * @throws VaultError
 */
export async function recallDoor(
	company: string,
	store: Store = ownStore()
): Promise<DemoDoor | null> {
	const record = await store.load();
	return record?.company === company ? new DemoDoor({ record, store }) : null;
}

/**
 * A new one, in setting mode.
 * @throws VaultError
 */
export async function newDoor(company: string, store: Store = ownStore()): Promise<DemoDoor> {
	const random = [...crypto.getRandomValues(new Uint8Array(3))];
	const tail = random.map((byte) => byte.toString(16).padStart(2, '0')).join(':');
	// Locally administered, so that it meets no real lock's.
	const mac = `C2:FF:EE:${tail}`.toUpperCase();
	const at = Date.now();
	const clock = at - 60_000 * new Date(at).getTimezoneOffset();
	const identity = { mac, hardwareType: 'M101T', firmware: '6.0.3' };
	const record: DemoRecord<SavedState> = {
		company,
		mac,
		state: factoryState({ ...identity, clock, at })
	};
	await store.save(record);
	return new DemoDoor({ record, store });
}

function ownStore(): DemoStore<SavedState> {
	return new DemoStore<SavedState>(undefined, 'door');
}

/** A door lock in this page, with a keypad: it is always awake. */
export class DemoDoor extends DemoDevice<DoorEvent, Output, View, SavedState> {
	/** What a person takes who chooses it among the locks nearby. */
	readonly target: PairingTarget;

	constructor(place: DemoPlace<SavedState>) {
		const lock = new VirtualDoorLock(place.record.state);
		super(place, lock);
		const { mac, scene } = place.record.state.identity;
		const heard = { mac, hardware: scene };
		this.target = { vendor: 'ttlock', name: lock.view().name, heard, connect: this.connect };
	}

	/** Somebody touches a key: `0`..`9`, `#` at the end of a code, `*` to begin anew. */
	key(key: string): void {
		this.happen({ kind: 'key', key });
	}
}

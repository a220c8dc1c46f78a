/**
 * The virtual padlock of the demo. Nothing else of the app needs the firmware, so this file is loaded
 * by dynamic import only.
 */
import { DemoReply } from '../api/app/demo.ts';
import { DemoStore, type DemoRecord } from '../vault/demo-store.ts';
import { factoryState, VirtualPadlock, type View } from '../virtual/noke/padlock.ts';
import type { Output, PadlockEvent, SavedState } from '../virtual/noke/state.ts';
import { call as callServer, type Call } from './call.ts';
import { DemoDevice, type DemoPlace } from './demo-device.ts';
import type { SessionState } from './session.svelte.ts';

export interface DemoParts {
	call?: Call;
	store?: DemoStore<SavedState>;
	/** Where one tab takes the padlock from another; absent in old browsers. */
	locks?: LockManager | undefined;
}

/**
 * The padlock of the demo that runs, or of a new one when none runs or the browser has lost its padlock.
 * @throws ClientError, VaultError
 */
export async function openDemo(
	session: SessionState,
	{ call = callServer, store = new DemoStore(), locks = navigator.locks }: DemoParts = {}
): Promise<DemoPadlock> {
	let padlock: DemoPadlock | null = null;
	const release = await take(locks, () => padlock?.end());
	try {
		const record = await recordOf(session, call, store);
		return (padlock = new DemoPadlock({ record, store }, release));
	} catch (cause) {
		release();
		throw cause;
	}
}

async function recordOf(
	session: SessionState,
	call: Call,
	store: DemoStore<SavedState>
): Promise<DemoRecord<SavedState>> {
	const me = session.me ?? (await session.refresh());
	const saved = await store.load();
	if (saved && me.demoEnds !== null && me.company?.id === saved.company) return saved;
	const { lock, baseKey } = await call(DemoReply, 'POST', '/api/demo');
	const { mac, hardwareType, firmware } = lock;
	const company = (await session.refresh()).company?.id ?? '';
	const state = factoryState({ mac, hardwareType, firmware, baseKey });
	await store.save({ company, mac, state });
	return { company, mac, state };
}

/**
 * There is one padlock, so only one tab may play it: the newest. The one before hears that it is taken.
 * @returns what lets go of it
 */
function take(locks: LockManager | undefined, taken: () => void): Promise<() => void> {
	if (!locks) return Promise.resolve(() => undefined);
	return new Promise((resolve) => {
		const held = () => new Promise<void>((release) => resolve(release));
		locks.request('hasp-demo', { steal: true }, held).catch(taken);
	});
}

/** A padlock in this page: it sleeps, wakes at a press, talks over a link in memory. */
export class DemoPadlock extends DemoDevice<PadlockEvent, Output, View, SavedState> {
	readonly #release: () => void;

	constructor(place: DemoPlace<SavedState>, release: () => void) {
		super(place, new VirtualPadlock(place.record.state));
		this.#release = release;
	}

	/** Somebody presses the button under it, and lets go after so many milliseconds. */
	press({ held = 0 }: { held?: number } = {}): void {
		this.buttonDown();
		if (held > 0) setTimeout(() => this.buttonUp(), held);
		else this.buttonUp();
	}

	/** A finger goes down on the button. */
	buttonDown(): void {
		this.happen({ kind: 'press' });
	}

	/** It goes up again: the press was short or long. */
	buttonUp(): void {
		this.happen({ kind: 'release' });
	}

	/** Somebody pushes the shackle home. */
	closeShackle(): void {
		this.happen({ kind: 'close' });
	}

	/** Puts it away, as it is; another `openDemo` goes on from what was stored. */
	override end(): void {
		super.end();
		this.#release();
	}
}

import { untrack } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import type { Door } from '../api/app/doors.ts';
import type { Lock } from '../api/app/locks.ts';
import { WebBluetooth, type Chosen, type Wanted } from '../link/bluetooth.ts';
import type { Connect } from '../link/link.ts';
import { VENDORS, type VendorId } from '../protocol/vendors.ts';
import { serverNow } from '../vault/clock.ts';
import { Outbox } from '../vault/outbox.ts';
import { Pairings } from '../vault/pairings.ts';
import { Vault } from '../vault/store.ts';
import { Turns } from '../vault/turns.ts';
import { ownerOf, senderOf } from './delivery.ts';
import { Demos } from './demos.svelte.ts';
import { DoorKeys } from './door-keys.ts';
import { DoorSource } from './door-source.ts';
import { failureOf } from './failures.ts';
import { LockConversation } from './lock.svelte.ts';
import { Readiness } from './offline.svelte.ts';
import { isRunning, type FailureCode } from './phases.ts';
import { heardOf, latest, ownName, type Heard } from './latest.ts';
import { Paired } from './paired.svelte.ts';
import type { PairingParts } from './pairing.svelte.ts';
import type { SessionState } from './session.svelte.ts';
import { Sync } from './sync.svelte.ts';
import { askToDeliver } from './unattended.ts';
import { KEYS_CHANNEL, ownKeyring, type KeysNews } from './wipe.ts';

/** Milliseconds in which a lock that was just chosen says what it is, where the browser listens. */
const HEARD_WITHIN = 1_500;

type Known = Pick<Lock, 'mac' | 'hardwareType'>;
type KnownDoor = Pick<Door, 'id' | 'mac' | 'deviceName'>;
/** What may be near: a padlock or a door lock. */
interface Near {
	lock?: Known;
	door?: KnownDoor;
}

/** The conversations of one visit: they outlive pages, and so do devices once chosen. */
export class Talks {
	/** Why the chooser found no lock, or null. */
	trouble: FailureCode | null = $state(null);
	/** What the demo has instead of a radio. */
	readonly demos: Demos;
	readonly sync: Sync;
	/** Which locks open without network. */
	readonly readiness: Readiness;
	/** Locks that this phone has paired, on their way to the server. */
	readonly paired: Paired;
	/** The radio; it remembers what was chosen on this visit. */
	readonly bluetooth: WebBluetooth;
	readonly #session: SessionState;
	readonly #pairings: Pairings;
	readonly #doorKeys: DoorKeys;
	readonly #talks = new Map<string, LockConversation>();
	/** What locks told on this visit, by MAC. */
	readonly #heard = new SvelteMap<string, Heard>();

	constructor(session: SessionState) {
		this.#session = session;
		this.demos = new Demos(session);
		this.bluetooth = new WebBluetooth(
			{ noke: VENDORS.noke.profile, ttlock: VENDORS.ttlock.profile },
			navigator.bluetooth
		);
		const vault = new Vault();
		const handOver = () => void askToDeliver(navigator.serviceWorker);
		this.sync = new Sync({
			outbox: new Outbox(vault),
			sender: () => senderOf(session.me),
			now: () => this.readiness.now,
			sentAt: () => serverNow(vault),
			locks: navigator.locks,
			network: window,
			askToDeliver: handOver
		});
		this.#pairings = new Pairings(vault);
		this.paired = new Paired({
			pairings: this.#pairings,
			company: () => this.#managed(),
			locks: navigator.locks
		});
		const channel = new BroadcastChannel(KEYS_CHANNEL);
		const keyring = ownKeyring(vault);
		const owner = (): string | null => ownerOf(session.me);
		this.readiness = new Readiness({
			keyring,
			owner,
			flush: async () => {
				await this.sync.flush();
				await this.paired.flush();
				await this.#doorKeys.tell();
			},
			locks: navigator.locks,
			network: window,
			storage: navigator.storage,
			channel,
			agent: navigator.userAgent
		});
		this.#doorKeys = new DoorKeys({
			keyring,
			turns: new Turns(vault),
			readiness: this.readiness,
			me: () => session.me,
			askToDeliver: handOver,
			locks: navigator.locks
		});
		channel.addEventListener('message', ({ data }: MessageEvent<KeysNews>) => {
			// Perhaps where no server could be told: here nobody goes on either.
			if (data === 'left') session.leave();
			else if (data !== 'keys' && data.owner !== ownerOf(session.me))
				void session.refresh().catch(() => session.leave());
		});
		// Whoever signs in finds what waits for their company's locks; Talks live as long as the page.
		$effect.root(() => {
			$effect(() => {
				const owner = ownerOf(session.me);
				if (owner === null) return;
				channel.postMessage({ owner } satisfies KeysNews);
				void untrack(() => this.readiness.contact());
			});
		});
	}

	/** Begins to send what locks said and to keep contact; ends with the page. */
	start(): void {
		this.sync.start();
		this.#doorKeys.start(window);
		this.readiness.start();
	}

	/** The conversation with this lock, the same one every time. */
	with(lock: Known): LockConversation {
		const known = this.#talks.get(lock.mac);
		if (known) return known;
		const talk = new LockConversation({
			mac: lock.mac,
			connect: this.connector({ ...lock, vendor: 'noke' }),
			sync: this.sync,
			keys: this.readiness,
			locks: navigator.locks
		});
		this.#talks.set(lock.mac, talk);
		$effect.root(() => {
			$effect(() => this.#hear(lock.mac, talk));
		});
		return talk;
	}

	/** The conversation with this door lock, the same one every time. */
	withDoor(door: KnownDoor): LockConversation {
		const known = this.#talks.get(door.mac);
		if (known) return known;
		const talk = new LockConversation({
			mac: door.mac,
			connect: this.doorConnector(door),
			sync: this.sync,
			vendor: VENDORS.ttlock,
			source: (parts, deed) => {
				if (deed === 'unshackle') throw new TypeError('a door lock has no shackle');
				return new DoorSource(parts, door.id, deed, this.#doorKeys);
			},
			locks: navigator.locks
		});
		this.#talks.set(door.mac, talk);
		return talk;
	}

	/** The lock with what it said on this visit, where that is newer. */
	known<L extends Heard>(lock: L): L {
		return latest(lock, this.#heard.get(lock.mac));
	}

	/** Follows what a lock says, and keeps it for visits without network. */
	#hear(mac: string, { phase, endedAs, openedAt, battery }: LockConversation): void {
		// All at once when it is done: while it runs, nothing else is in the way.
		if (isRunning(phase)) return;
		if (endedAs === null && openedAt === null && battery === null) return;
		untrack(() => {
			// Whoever signs in later on this page did not open it.
			const said = heardOf(mac, { endedAs, openedAt, battery }, ownName(this.#session.me));
			const before = this.#heard.get(mac);
			this.#heard.set(mac, before ? latest(before, said) : said);
			void this.#session.known?.hear(said);
		});
	}

	/**
	 * Lets the person choose any lock nearby, or of one vendor; needs a user gesture. Null when it was
	 * cancelled. @throws LinkError
	 */
	choose(vendor?: VendorId): Promise<Chosen | null> {
		return this.bluetooth.choose(vendor ? { vendor } : {});
	}

	/** What a pairing needs of this visit; the page that pairs brings the rest. */
	get pairingParts(): PairingParts {
		return {
			choose: (signal) => this.#chooseToPair(signal),
			pairings: this.#pairings,
			paired: this.paired,
			company: () => this.#managed(),
			persist: () => navigator.storage.persist(),
			now: () => this.readiness.now,
			locks: navigator.locks
		};
	}

	/**
	 * Lets the person choose among the locks nearby, and opens the one they chose.
	 * @param elsewhere finds others by a MAC or a device's name; null when there are no others
	 * @param found hears which one it is
	 */
	async nearest<N extends Near>(
		near: readonly N[],
		elsewhere: ((text: string) => Promise<readonly N[]>) | null,
		found: (one: N) => unknown
	): Promise<void> {
		this.trouble = null;
		try {
			const chosen = await this.choose();
			if (!chosen) return;
			const is = ({ lock, door }: Near) =>
				(lock !== undefined && this.bluetooth.is(chosen, { ...lock, vendor: 'noke' })) ||
				(door !== undefined && this.bluetooth.is(chosen, wantedOf(door)));
			const text = chosen.mac ?? chosen.device.name ?? '';
			const one = near.find(is) ?? (await elsewhere?.(text))?.find(is);
			if (!one) {
				this.trouble = 'foreign';
				return;
			}
			if (one.lock) void this.with(one.lock).open('unlock');
			else if (one.door) void this.withDoor(one.door).open('unlock');
			await found(one);
		} catch (cause) {
			this.trouble = failureOf(cause);
		}
	}

	/** How a link to this door lock is had. */
	doorConnector(door: Pick<KnownDoor, 'mac' | 'deviceName'>): Connect {
		return this.connector(wantedOf(door));
	}

	/** How a link to this padlock, fob or door lock is had. */
	connector(lock: Wanted): Connect {
		return this.demos.connector(lock.mac, this.bluetooth.connector(lock));
	}

	/** Id of the company, for those who manage it. */
	#managed(): string | null {
		const company = this.#session.me?.company;
		return company && company.role !== 'member' ? company.id : null;
	}

	async #chooseToPair(signal: AbortSignal): ReturnType<PairingParts['choose']> {
		if (this.#session.me?.demoEnds) return (await this.demos.openDoor('new'))?.target ?? null;
		const chosen = await this.bluetooth.choose({ vendor: 'ttlock' }, signal);
		if (!chosen) return null;
		const { vendor, device } = chosen;
		const heard = await this.bluetooth.hear(chosen, { within: HEARD_WITHIN, signal });
		const connect = this.bluetooth.connectorTo(chosen);
		return { vendor, name: device.name ?? '', heard, connect };
	}
}

/** How a door lock is found over the radio: its model stands in the name that it advertises. */
function wantedOf({ mac, deviceName }: Pick<KnownDoor, 'mac' | 'deviceName'>): Wanted {
	const vendor = 'ttlock';
	const { parseName, isNameOf } = VENDORS[vendor].profile;
	if (!isNameOf(deviceName, mac)) return { vendor, mac };
	return { vendor, mac, hardwareType: parseName(deviceName).hardwareType };
}

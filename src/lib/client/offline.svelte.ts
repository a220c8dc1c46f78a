import { PhoneKeyReply, RevokeKeyReply, SLOTS, type PhoneKeyRequest } from '../api/app/offline.ts';
import type { Lock } from '../api/app/locks.ts';
import type { Bytes } from '../protocol/bytes.ts';
import type { Keyring, KeyringFacts } from '../vault/keyring.ts';
import { VaultError, type VaultErrorCode } from '../vault/store.ts';
import type { Opening, OpenRefusal } from '../vault/task.ts';
import { alone } from './alone.ts';
import { call as callServer, ClientError, isUnanswered, type Call } from './call.ts';
import { contact, phoneName } from './contact.ts';
import { doorReadinessOf, readinessOf, type LockReadiness } from './readiness.ts';
import { lockPath } from './relay.ts';
import type { KeysNews } from './wipe.ts';

/** Milliseconds between two contacts of an open page, and between two looks at the clock. */
const CONTACT_EVERY = 3_600_000;
const LOOK_EVERY = 30_000;

/** Milliseconds before a contact that failed is tried again, and the longest between two tries. */
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 300_000;

/** A phone asks for no key by itself where so few slots are left: they are for fobs and for people who ask. */
const SLOTS_LEFT = 20;

/** A key put to use, or why not. */
export type KeyUse = Opening | { refusal: OpenRefusal };

export interface ReadinessParts {
	keyring: Keyring;
	/** Person and company as the phone knows them, or null: see `ownerOf`. */
	owner: () => string | null;
	/** Sends what openings left: the server knows then where its keys are. */
	flush: () => Promise<void>;
	call?: Call;
	/** Where one tab waits for another; absent in old browsers. */
	locks?: LockManager | undefined;
	/** Says `online`. */
	network?: EventTarget | undefined;
	/** Asked to keep what is stored. */
	storage?: Pick<StorageManager, 'persist' | 'persisted'> | undefined;
	/** Tells other tabs that keys have changed. */
	channel?: Pick<BroadcastChannel, 'postMessage' | 'addEventListener'> | undefined;
	/** What the browser says of itself. */
	agent?: string;
}

const NOTHING: KeyringFacts = { device: null, keys: [], ekeys: [], evicted: false };

/** Which locks open without network, and the keys that do it. */
export class Readiness {
	/** Why the phone's own storage does not do as asked, or null. */
	trouble: VaultErrorCode | null = $state(null);
	#facts: KeyringFacts = $state.raw(NOTHING);
	readonly #byMac = $derived(new Map(this.#facts.keys.map((key) => [key.mac, key])));
	#now = $state(Date.now());
	readonly #parts: ReadinessParts;
	readonly #call: Call;
	readonly #asked = new Map<string, Promise<void>>();
	#owner: string | null = null;
	#running: Promise<void> | null = null;
	#next: Promise<void> | null = null;
	#started = false;
	#again: ReturnType<typeof setTimeout> | undefined;
	#pause = FIRST_PAUSE;

	constructor(parts: ReadinessParts) {
		this.#parts = parts;
		this.#call = parts.call ?? callServer;
		parts.channel?.addEventListener('message', () => void this.look());
	}

	/** What the browser answered when it was asked to keep what is stored; null before the first key. */
	get persisted(): boolean | null {
		return this.#facts.device?.persisted ?? null;
	}

	/** When the server was last in contact with this phone, by its own clock; null before. */
	get contactAt(): number | null {
		return this.#facts.device?.contactAt ?? null;
	}

	/** Until when keys open without another contact; null before the first. */
	get leaseEnds(): number | null {
		return this.#facts.device?.leaseEnds ?? null;
	}

	/** Whether a lock opens without network; reactive, also to the clock. */
	of(mac: string): LockReadiness {
		return readinessOf(this.#facts, this.#byMac.get(mac), this.#now);
	}

	/** The same of a door lock, by its number. */
	door(id: number): LockReadiness {
		return doorReadinessOf(this.#facts, id, this.#now);
	}

	/** The server's clock, as well as this phone knows it. */
	get now(): number {
		return Date.now() + (this.#facts.device?.ahead ?? 0);
	}

	/** Begins to keep contact, every hour and when the network returns; ends with the answer. */
	start(): () => void {
		this.#started = true;
		const reach = (): void => {
			this.#pause = FIRST_PAUSE;
			void this.contact();
		};
		const clock = setInterval(() => (this.#now = Date.now()), LOOK_EVERY);
		const hourly = setInterval(() => void this.#see().then(reach), CONTACT_EVERY);
		void this.#see();
		this.#parts.network?.addEventListener('online', reach);
		return () => {
			clearInterval(clock);
			clearInterval(hourly);
			clearTimeout(this.#again);
			this.#started = false;
			this.#parts.network?.removeEventListener('online', reach);
		};
	}

	/**
	 * Reports what openings left, then reports to the server which keys are here and does what it says.
	 * Never rejects: without network everything stays as it is.
	 */
	contact(): Promise<void> {
		if (this.#next) return this.#next;
		const next = (this.#running ?? Promise.resolve()).then(async () => {
			this.#next = null;
			this.#running = next;
			await this.look();
			await this.#parts.flush().catch((cause: unknown) => this.#note(cause));
			await this.#reach().catch((cause: unknown) => this.#missed(cause));
		});
		this.#next = next;
		return next;
	}

	/** Reads anew what is stored. Never rejects. */
	async look(): Promise<void> {
		const owner = this.#parts.owner();
		if (owner !== this.#owner) this.#asked.clear();
		this.#owner = owner;
		try {
			const facts = owner === null ? NOTHING : await this.#parts.keyring.facts(owner);
			if (owner !== this.#parts.owner()) return;
			this.#facts = facts;
			this.trouble = null;
		} catch (cause) {
			this.#note(cause);
		}
		this.#now = Date.now();
	}

	/**
	 * Asks for a key of this lock for this phone; it comes to the lock with the next opening.
	 * @throws ClientError; `conflict` when the lock's slots are all taken
	 */
	async askForKey(mac: string): Promise<void> {
		return this.askForKeys([mac]);
	}

	/**
	 * The same for many locks, one after another. What was asked for stays asked for.
	 * @param asked called after each
	 * @throws ClientError when `signal` has not ended it before
	 */
	async askForKeys(
		macs: readonly string[],
		asked: () => void = () => undefined,
		signal?: AbortSignal
	): Promise<void> {
		if (this.contactAt === null) await this.contact();
		const phone = this.#facts.device?.phone;
		if (phone === undefined) throw new ClientError('no-network', 'this phone is not known yet');
		const body: PhoneKeyRequest = { phone };
		try {
			for (const mac of macs) {
				if (signal?.aborted) break;
				await this.#call(PhoneKeyReply, 'POST', `${lockPath(mac)}/keys`, body);
				asked();
			}
		} finally {
			await this.contact();
		}
	}

	/**
	 * Gives the key of this lock back: the server revokes it, and it is gone from here.
	 * @throws ClientError
	 */
	async giveUp(mac: string): Promise<void> {
		const key = this.#byMac.get(mac);
		if (!key) return;
		const path = `${lockPath(mac)}/keys/${key.slot}?issue=${key.issue}`;
		try {
			await this.#call(RevokeKeyReply, 'DELETE', path);
		} catch (cause) {
			// Somebody was quicker; what is to be deleted here comes with the contact.
			if (!(cause instanceof ClientError) || cause.code !== 'not-found') throw cause;
		}
		await this.contact();
	}

	/**
	 * Somebody is about to open this lock: a phone that has no key of it asks for one, once a visit and
	 * in silence. Not where a manager took it away, nor where slots have become few.
	 */
	expect(lock: Pick<Lock, 'mac'> & Partial<Pick<Lock, 'mayOpen' | 'slotsUsed'>>): Promise<void> {
		const { mac, mayOpen = true, slotsUsed = 0 } = lock;
		const may = mayOpen && SLOTS - slotsUsed >= SLOTS_LEFT;
		const asked = this.#asked.get(mac) ?? (may ? this.#expect(mac) : Promise.resolve());
		this.#asked.set(mac, asked);
		return asked;
	}

	/** Whether a key of this lock is here that may open it. */
	holds(mac: string): boolean {
		return ['ready', 'waits'].includes(this.of(mac).state);
	}

	/** What opens one session of a lock. Never rejects. */
	async use(mac: string, session: Bytes): Promise<KeyUse> {
		// Another tab may have got one just now, and what failed may have passed.
		if (this.trouble || !this.#byMac.has(mac)) await this.look();
		const owner = this.#parts.owner();
		if (this.trouble) return { refusal: { code: 'storage-failed', storage: this.trouble } };
		if (owner === null || !this.#byMac.has(mac)) return { refusal: this.#missing };
		const use = await this.#parts.keyring.open({ owner, mac, session, now: Date.now() });
		if (!('code' in use)) return use;
		// Something is not as it was known here.
		await this.look();
		return { refusal: use.code === 'no-key' ? this.#missing : use };
	}

	get #missing(): OpenRefusal {
		return { code: this.#facts.evicted ? 'evicted' : 'no-key' };
	}

	/** A clock that is set back later must not go unnoticed. */
	async #see(): Promise<void> {
		this.#now = Date.now();
		const { keyring } = this.#parts;
		await keyring.see(this.#now).catch((cause: unknown) => this.#note(cause));
	}

	async #expect(mac: string): Promise<void> {
		await this.look();
		if (this.of(mac).state !== 'not-asked') return;
		try {
			await this.askForKey(mac);
		} catch (cause) {
			// Without an answer it is asked again; what the server refuses is not.
			if (isUnanswered(cause)) this.#asked.delete(mac);
		}
	}

	async #reach(): Promise<void> {
		const { keyring, owner, locks, storage, agent = '' } = this.#parts;
		const whose = owner();
		if (whose === null) return;
		const persist = async () =>
			storage ? (await storage.persisted()) || (await storage.persist()) : null;
		const parts = { keyring, call: this.#call, name: phoneName(agent), persist };
		await alone(locks, 'hasp-contact', 'wait', () => contact(parts, whose));
		await this.#changed();
	}

	/** The network that has just returned may lead nowhere yet, and the server may be starting. */
	#missed(cause: unknown): void {
		this.#note(cause);
		if (!(cause instanceof ClientError) || cause.code === 'signed-out' || !this.#started) return;
		clearTimeout(this.#again);
		this.#again = setTimeout(() => void this.contact(), this.#pause);
		this.#pause = Math.min(LONGEST_PAUSE, this.#pause * 2);
	}

	async #changed(): Promise<void> {
		this.#pause = FIRST_PAUSE;
		this.#parts.channel?.postMessage('keys' satisfies KeysNews);
		await this.look();
	}

	#note(cause: unknown): void {
		if (cause instanceof VaultError) this.trouble = cause.code;
		// A fault of ours; what follows goes on.
		else if (!(cause instanceof ClientError)) void Promise.reject(cause);
	}
}

import { fromHex, type Bytes } from '../protocol/bytes.ts';
import type { OpenRefusal } from '../vault/task.ts';
import { asking } from './asking.ts';
import type { Commands, Source, KeyFailure } from './source.ts';
import type { Kept } from './kept.ts';
import type { Ports, Screen } from './opening.ts';
import type { FailureCode } from './phases.ts';
import { commandsOf, type Action } from './relay.ts';

const FAILURES: Record<Exclude<OpenRefusal['code'], 'no-key'>, FailureCode> = {
	'lease-over': 'lease-over',
	'clock-back': 'clock-back',
	evicted: 'evicted',
	'storage-failed': 'storage-failed'
};

/** A padlock's: all commands at once, for its session; what it says goes to the outbox. */
export class PadlockSource implements Source {
	readonly #parts: Ports;
	readonly #action: Action;
	#session = '';
	#kept: Kept | null = null;
	#slot = 0;

	constructor(parts: Ports, action: Action) {
		this.#parts = parts;
		this.#action = action;
	}

	begin(session: string): void {
		this.#session = session;
		this.#kept = this.#parts.sync.begin(this.#parts.mac, session);
	}

	hear(packet: Bytes): void {
		this.#kept?.add(packet);
	}

	async stored(): Promise<void> {
		await this.#kept?.stored();
	}

	get heard(): number {
		return this.#kept?.count ?? 0;
	}

	ask(signal: AbortSignal): Promise<Commands> {
		return commandsOf(this.#parts, { session: this.#session, action: this.#action }, signal);
	}

	get spare(): Source['spare'] {
		const { keys, mac } = this.#parts;
		// Offline keys let nobody take a shackle off.
		if (!keys || this.#action !== 'unlock') return 'none';
		return keys.holds(mac) ? 'held' : 'perhaps';
	}

	async use(): Promise<Commands | KeyFailure | null> {
		const { keys, mac } = this.#parts;
		const use = await keys?.use(mac, fromHex(this.#session));
		if (!use) return null;
		if ('refusal' in use) {
			const { refusal } = use;
			if (refusal.code === 'no-key') return null;
			const failure = FAILURES[refusal.code];
			return refusal.code === 'lease-over' ? { failure, ended: refusal.ended } : { failure };
		}
		const { packet, slot, waits, at } = use;
		this.#slot = slot;
		return { packets: [packet], opensAt: 0, issuedAt: at, key: { waits } };
	}

	async claim({ issuedAt }: Commands): Promise<() => Promise<void>> {
		const { sync, mac } = this.#parts;
		const session = this.#session;
		const id = await sync.claim({ mac, session, slot: this.#slot, at: issuedAt });
		return () => sync.withdraw(id, session);
	}

	doubt(issuedAt: number, screen: Screen, signal: AbortSignal): Promise<FailureCode | null> {
		return asking(this.#parts, issuedAt, screen, signal);
	}
}

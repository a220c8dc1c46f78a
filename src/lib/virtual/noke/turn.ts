import { fromHex, type Bytes } from '../../protocol/bytes.ts';
import {
	resultPacket,
	serverPacket,
	shutdownPacket,
	type ResultName
} from '../../protocol/noke/answers.ts';
import { ASLEEP, type Air, type AirOutput, type Milliseconds, type Session } from './air.ts';
import type { Masters } from './commit.ts';

export type Result = Exclude<ResultName, 'unknown'>;

/** Milliseconds without any event after which a device sleeps. */
const AWAKE_TIME = 20_000;

const GLOW_TIME = { green: 3_000, red: 1_500 } as const;

/**
 * One event being worked off: the device as it becomes, and what it does on the way. This half is
 * what locks and fobs have in common: time, light, and the link to a phone.
 */
export abstract class Turn<W, Saved, More = never> {
	readonly outputs: (AirOutput<Saved> | More)[] = [];
	air: Air<W>;
	now: Milliseconds;

	constructor(air: Air<W>, now: Milliseconds) {
		this.air = air;
		this.now = now;
	}

	/** The key set in use. */
	abstract get keys(): Masters<string>;

	/** What a shutdown says. */
	protected abstract get open(): boolean;

	/** Five wrong keys. */
	abstract alarm(): void;

	set(change: Partial<Air<W>>): void {
		this.air = { ...this.air, ...change };
	}

	/** Changes the session, if there still is one. */
	setSession(change: Partial<Session<W>>): void {
		if (this.air.session) this.set({ session: { ...this.air.session, ...change } });
	}

	/** Something happened: the time until sleep begins anew. */
	stayAwake(): void {
		this.set({ awakeUntil: this.now + AWAKE_TIME });
	}

	glow(colour: 'green' | 'red'): void {
		this.set({ glow: { colour, until: this.now + GLOW_TIME[colour] } });
	}

	/** The app packet that every packet from the phone gets, the last of its answer. */
	result(result: Result, id: number): void {
		if (result !== 'success') this.glow('red');
		this.notify(resultPacket(result, id));
	}

	/** Ends the link, with the word of it, and sleeps. */
	sleep({ timedOut }: { timedOut: boolean }): void {
		if (this.air.session) {
			this.notify(shutdownPacket({ open: this.open, timedOut }));
			this.outputs.push({ disconnect: true });
		}
		this.unlink();
		this.air = ASLEEP;
	}

	/** Forgets the connection. */
	unlink(): void {
		this.set({ session: null });
	}

	notify(packet: Bytes): void {
		if (this.air.session?.subscribed) this.outputs.push({ notify: packet });
	}

	/** A packet for the server, under the current master key. @param body 9 bytes */
	server(type: number, id: number, body: Bytes): void {
		const { session } = this.air;
		if (!session) return;
		const { ordinal, state } = session;
		const { master, epoch } = this.keys;
		this.setSession({ ordinal: ordinal + 1 });
		this.notify(serverPacket({ key: fromHex(master), epoch }, state, { type, id, ordinal }, body));
	}
}

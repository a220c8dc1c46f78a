import { randomBytes } from 'node:crypto';
import { fromHex, toHex, type Bytes } from '../../src/lib/protocol/bytes.ts';
import { factoryState, VirtualPadlock } from '../../src/lib/virtual/noke/padlock.ts';
import type { Output, PadlockEvent } from '../../src/lib/virtual/noke/state.ts';

/** The public default key that every lock and fob leaves the factory with. */
export const BASE_KEY = '000102030405060708090a0b0c0d0e0f';

const LONG_PRESS = 600;
const SHORT_PRESS = 100;
const BETWEEN_PRESSES = 150;
/** Long enough for a lock to take a code as ended. */
const AFTER_CODE = 2_500;

/** What a device said to the packets of a phone. */
export interface Said {
	/** The result of each packet: 0x60 is success. */
	readonly results: readonly number[];
	/** Packets for the server, in hex. */
	readonly server: readonly string[];
	/** All of it, as it came. */
	readonly notified: readonly Bytes[];
}

/** A virtual padlock out of the box, with a hand on its button and a phone that does as it is told. */
export class Padlock {
	readonly mac: string;
	/** Milliseconds since 1970; goes on by itself only while a motor turns or a code is entered. */
	now = Date.now();
	#lock: VirtualPadlock;

	constructor(mac: string, hardwareType: string, firmware: string) {
		this.mac = mac;
		this.#lock = new VirtualPadlock(
			factoryState({ mac, hardwareType, firmware, baseKey: BASE_KEY })
		);
	}

	/** Presses, connects, switches notifications on. Returns the session in hex. */
	connect(): string {
		this.#press(SHORT_PRESS);
		this.#do({ kind: 'connect', entropy: randomBytes(16) });
		this.#do({ kind: 'subscribe', on: true });
		return toHex(this.#lock.hello!);
	}

	disconnect(): void {
		this.#do({ kind: 'disconnect' });
	}

	/** Pushes the shackle home. */
	close(): void {
		this.#do({ kind: 'close' });
	}

	/** As advertised. */
	get name(): string {
		return this.#lock.view().name;
	}

	get shackle(): 'closed' | 'open' | 'out' {
		return this.#lock.view().shackle;
	}

	/** The shackle is home and held there. */
	get engaged(): boolean {
		return this.#lock.view().engaged;
	}

	get firmwareMode(): boolean {
		return this.#lock.view().firmwareMode;
	}

	/** Nobody does anything for so many milliseconds. */
	rest(milliseconds: number): void {
		this.now += milliseconds;
		this.#do({ kind: 'tick' });
	}

	/** Presses a code, 1 long and 0 short. True when that opened the lock. */
	enter(code: string): boolean {
		this.disconnect();
		this.now += AFTER_CODE;
		for (const press of code) {
			this.#press(press === '1' ? LONG_PRESS : SHORT_PRESS);
			this.now += BETWEEN_PRESSES;
		}
		this.rest(AFTER_CODE);
		const opened = this.shackle === 'open';
		this.close();
		return opened;
	}

	/** Writes packets one after the other, each when the one before was answered. */
	write(packets: readonly (Bytes | string)[]): Said {
		const notified: Bytes[] = [];
		for (const packet of packets) {
			const bytes = typeof packet === 'string' ? fromHex(packet) : packet;
			const outputs = [...this.#do({ kind: 'write', bytes })];
			while (!outputs.some(isResult) && this.#lock.nextWake !== null && this.#lock.hello) {
				this.now = Math.max(this.now, this.#lock.nextWake);
				outputs.push(...this.#do({ kind: 'tick' }));
			}
			for (const output of outputs) if ('notify' in output) notified.push(output.notify);
		}
		return said(notified);
	}

	#press(milliseconds: number): void {
		this.#do({ kind: 'press' });
		this.now += milliseconds;
		this.#do({ kind: 'release' });
	}

	#do(event: PadlockEvent): readonly Output[] {
		return this.#lock.receive(event, this.now);
	}
}

/** Notifications by whom they are for (0x50 the server, 0x51 the phone). */
export function said(notified: readonly Bytes[]): Said {
	const server = notified.filter(([kind]) => kind === 0x50).map(toHex);
	const results = notified.filter(([kind]) => kind === 0x51).map(([, result]) => result!);
	return { results, server, notified };
}

function isResult(output: Output): boolean {
	return 'notify' in output && output.notify[0] === 0x51;
}

import type { CDPSession, Page } from '@playwright/test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Emulation } from './emulation.ts';
import { Peripheral, type Operation, type PeripheralPlan, type Reply } from './peripheral.ts';
import { deliver, hold, release, type ShimEvent } from './shim.ts';

/** ATT error with which operations end when the link goes: "Unlikely Error". */
const UNLIKELY = 0x0e;

/** The emulated Bluetooth adapter of one browser, and everything in its reach. One per browser. */
export class Radio {
	/** Handlers that threw and answers that the browser refused; a test expects none. */
	readonly errors: string[] = [];
	readonly #emulation: Emulation;
	readonly #peripherals = new Map<string, Peripheral>();
	#addresses = 0;

	private constructor(browserSession: CDPSession) {
		this.#emulation = new Emulation(browserSession, {
			onLink: (address, kind) => {
				const peripheral = this.#peripherals.get(address);
				if (peripheral) void this.#operate(peripheral, { kind });
			},
			onCharacteristic: (id, kind, data) => {
				const peripheral = this.#owner(id);
				if (peripheral) void this.#operate(peripheral, { kind, id }, data);
			},
			onBlindWrite: (id, data) => {
				this.#try(() => void this.#owner(id)?.byId.get(id)?.onWrite?.(data));
			}
		});
	}

	/** Switches the emulation on; `browserSession` is `browser.newBrowserCDPSession()`. */
	static async on(browserSession: CDPSession): Promise<Radio> {
		const radio = new Radio(browserSession);
		await radio.#emulation.enable();
		return radio;
	}

	/** The phone's adapter. Absent is what a machine without Bluetooth shows. */
	adapter(state: 'absent' | 'powered-off' | 'powered-on'): Promise<void> {
		return this.#emulation.adapter(state);
	}

	/** Puts a peripheral on the air, under an address that no test of this browser had before. */
	async add(plan: PeripheralPlan, delay = 0): Promise<Peripheral> {
		this.#addresses += 1;
		const tail = this.#addresses.toString(16).toUpperCase().padStart(6, '0');
		const address = `C0:DE:00:${tail.replace(/(..)(?=.)/g, '$1:')}`;
		const peripheral = new Peripheral(address, plan, delay);
		await this.#emulation.announce(peripheral);
		this.#peripherals.set(address, peripheral);
		return peripheral;
	}

	/** Takes a peripheral off the air for good. */
	async remove(peripheral: Peripheral): Promise<void> {
		await this.#cut(peripheral, false);
		this.#peripherals.delete(peripheral.address);
	}

	/** Cuts the link now, as when the person walks away; the peripheral stays in reach. */
	drop(peripheral: Peripheral): Promise<void> {
		return this.#cut(peripheral, true);
	}

	/** The peripheral itself ends the link, after the notifications it has sent. */
	hangUp(peripheral: Peripheral): Promise<void> {
		return this.#queue(peripheral, () => this.#cut(peripheral, true));
	}

	/** Sends a notification after those before it; lost when the page does not listen. */
	notify(peripheral: Peripheral, uuid: string, data: Uint8Array): Promise<void> {
		return this.#queue(peripheral, async () => {
			const id = peripheral.idOf(uuid);
			if (!peripheral.page || peripheral.cut) return;
			peripheral.notices.set(id, data);
			await deliver(peripheral.page, peripheral.plan.name, uuid).catch(() => false);
			peripheral.notices.delete(id);
		});
	}

	/** What the shim reports of a page. */
	async heard(page: Page, event: ShimEvent, name: string): Promise<void> {
		for (const peripheral of this.#peripherals.values()) {
			const named = peripheral.plan.name === name;
			if (event === 'connecting' && named) peripheral.page = page;
			// Neither a page's own disconnect nor its end reaches the emulation: the link would stay up.
			const left = event === 'loaded' || (event === 'disconnected' && named);
			if (left && peripheral.page === page) await this.#cut(peripheral, true);
		}
	}

	/** Cuts every link of a page that is gone. */
	left(page: Page): Promise<void> {
		return this.heard(page, 'loaded', '');
	}

	#owner(id: string): Peripheral | undefined {
		for (const peripheral of this.#peripherals.values()) {
			if (peripheral.byId.has(id)) return peripheral;
		}
		return undefined;
	}

	async #operate(peripheral: Peripheral, operation: Operation, data?: Buffer): Promise<void> {
		const notice = 'id' in operation ? peripheral.notices.get(operation.id) : undefined;
		if (operation.kind === 'read' && notice) {
			return this.#answer(peripheral, operation, 0, notice);
		}
		peripheral.begin(operation);
		if (peripheral.cut) return this.#answer(peripheral, operation, UNLIKELY);
		await sleep(peripheral.delay);
		if (!peripheral.pending.has(operation)) return;
		const reply = this.#try(() => ask(peripheral, operation, data ?? Buffer.alloc(0)));
		if (reply === null) return;
		if (typeof reply === 'number') return this.#answer(peripheral, operation, reply);
		if (operation.kind === 'connect') this.#linked(peripheral);
		return this.#answer(peripheral, operation, 0, reply);
	}

	#linked(peripheral: Peripheral): void {
		peripheral.linked = true;
		peripheral.connections += 1;
		this.#try(() => void peripheral.plan.onLinked?.());
	}

	async #answer(peripheral: Peripheral, operation: Operation, code: number, data?: Uint8Array) {
		// First: the page may begin its next operation before our answer's own answer arrives.
		peripheral.pending.delete(operation);
		const { life } = peripheral;
		try {
			await this.#emulation.answer(peripheral.address, operation, code, data);
		} catch (error) {
			// A link that went meanwhile took the operation with it.
			if (peripheral.life === life && !peripheral.cut) this.errors.push(String(error));
		}
	}

	#queue(peripheral: Peripheral, action: () => Promise<void>): Promise<void> {
		const { life } = peripheral;
		peripheral.tail = peripheral.tail
			.then(async () => {
				await sleep(peripheral.delay);
				if (peripheral.life === life) await action();
			})
			.catch((error: unknown) => void this.errors.push(String(error)));
		return peripheral.tail;
	}

	#cut(peripheral: Peripheral, stays: boolean): Promise<void> {
		peripheral.cut ??= this.#cutNow(peripheral, stays);
		return peripheral.cut;
	}

	/** Ends every operation first, then the link: see `Emulation.disconnect`. */
	async #cutNow(peripheral: Peripheral, stays: boolean): Promise<void> {
		const { page, plan, address } = peripheral;
		const quiet = page ? hold(page, plan.name).catch(() => undefined) : Promise.resolve();
		for (const operation of [...peripheral.pending]) {
			await this.#answer(peripheral, operation, UNLIKELY);
		}
		// A page that is gone or hangs says nothing; the rest of the test must not wait for it.
		await Promise.race([quiet, sleep(1000)]);
		peripheral.life += 1;
		peripheral.notices.clear();
		peripheral.page = null;
		await this.#emulation.disconnect(address).catch(() => undefined);
		if (peripheral.linked) {
			peripheral.linked = false;
			this.#try(() => void plan.onUnlinked?.());
		}
		if (stays) await this.#emulation.announce(peripheral);
		// Before the page goes on: its next operation must not fall into this cut.
		peripheral.cut = null;
		if (page) await release(page, plan.name).catch(() => undefined);
	}

	/** A handler that throws must fail its test, not end the process; its operation hangs. */
	#try<T>(handler: () => T): T | null {
		try {
			return handler();
		} catch (error) {
			this.errors.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
			return null;
		}
	}
}

function ask(peripheral: Peripheral, operation: Operation, data: Buffer): Reply | Uint8Array {
	const { plan } = peripheral;
	if (!('id' in operation)) {
		return operation.kind === 'connect' ? plan.onConnect?.() : plan.onDiscover?.();
	}
	const characteristic = peripheral.byId.get(operation.id);
	if (operation.kind === 'read')
		return characteristic?.onRead ? characteristic.onRead() : new Uint8Array();
	if (operation.kind === 'write') return characteristic?.onWrite?.(data);
	return characteristic?.onSubscribe?.(operation.kind === 'subscribe');
}

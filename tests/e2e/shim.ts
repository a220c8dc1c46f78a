import type { BrowserContext, Page } from '@playwright/test';
import type { Radio } from './radio.ts';

/** What the init script leaves in every page for the test process. */
interface PageRadio {
	/** Holds new operations back and resolves when none is under way. */
	hold(name: string): Promise<void>;
	release(name: string): void;
	/** Makes the page fetch a notification; false when it does not listen. */
	deliver(name: string, uuid: string): Promise<boolean>;
}

export type ShimEvent = 'loaded' | 'connecting' | 'disconnected';

declare global {
	interface Window {
		// The published types know these as types only.
		BluetoothRemoteGATTCharacteristic?: { prototype: BluetoothRemoteGATTCharacteristic };
		BluetoothRemoteGATTServer?: { prototype: BluetoothRemoteGATTServer };
		haspRadio?: PageRadio;
		haspRadioReport(event: ShimEvent, name: string): Promise<void>;
	}
}

/**
 * Runs in the page before its own scripts. The emulation cannot notify, so a notification is a real
 * `readValue` on the subscribed characteristic, which the radio answers and for which Chromium fires the
 * native `characteristicvaluechanged`. The emulation is also blind to a page's own `disconnect`, and a link
 * that goes while an operation is under way hangs the page's Bluetooth: hence the reports and the gate.
 */
function shim(): void {
	const characteristic = window.BluetoothRemoteGATTCharacteristic?.prototype;
	const server = window.BluetoothRemoteGATTServer?.prototype;
	if (!characteristic || !server || window !== window.top) return;
	const { readValue, startNotifications, stopNotifications } = characteristic;
	const { connect, disconnect } = server;
	const report = window.haspRadioReport;
	const loaded = report('loaded', '');

	const listeners = new Map<string, BluetoothRemoteGATTCharacteristic>();
	const under = new Map<string, number>();
	const gates = new Map<string, { open: () => void; opened: Promise<void> }>();
	const idle = new Map<string, () => void>();
	const nameOf = (of: BluetoothRemoteGATTCharacteristic | BluetoothRemoteGATTServer): string =>
		('service' in of ? of.service.device.name : of.device.name) ?? '';

	async function gated<T>(name: string, operation: () => Promise<T>): Promise<T> {
		for (let gate = gates.get(name); gate; gate = gates.get(name)) await gate.opened;
		under.set(name, (under.get(name) ?? 0) + 1);
		try {
			return await operation();
		} finally {
			const left = (under.get(name) ?? 1) - 1;
			under.set(name, left);
			if (left === 0) idle.get(name)?.();
		}
	}
	function shut(name: string): void {
		if (gates.has(name)) return;
		let open = (): void => undefined;
		const opened = new Promise<void>((resolve) => (open = resolve));
		gates.set(name, { open, opened });
	}
	function release(name: string): void {
		gates.get(name)?.open();
		gates.delete(name);
	}

	server.connect = async function () {
		const name = nameOf(this);
		await loaded;
		return gated(name, async () => {
			await report('connecting', name);
			return connect.call(this);
		});
	};
	server.disconnect = function () {
		const name = nameOf(this);
		disconnect.call(this);
		shut(name);
		void report('disconnected', name).finally(() => release(name));
	};
	characteristic.startNotifications = function () {
		const key = `${nameOf(this)} ${this.uuid}`;
		// Before the operation: the lock may notify as soon as it has answered.
		listeners.set(key, this);
		return gated(nameOf(this), () => startNotifications.call(this));
	};
	characteristic.stopNotifications = function () {
		listeners.delete(`${nameOf(this)} ${this.uuid}`);
		return gated(nameOf(this), () => stopNotifications.call(this));
	};
	characteristic.readValue = function () {
		return gated(nameOf(this), () => readValue.call(this));
	};
	for (const write of [
		'writeValue',
		'writeValueWithResponse',
		'writeValueWithoutResponse'
	] as const) {
		const original = characteristic[write];
		characteristic[write] = function (value) {
			return gated(nameOf(this), () => original.call(this, value));
		};
	}
	const { getPrimaryService, getPrimaryServices } = server;
	server.getPrimaryService = function (uuid) {
		return gated(nameOf(this), () => getPrimaryService.call(this, uuid));
	};
	server.getPrimaryServices = function (uuid) {
		return gated(nameOf(this), () => getPrimaryServices.call(this, uuid));
	};

	let turn: Promise<unknown> = Promise.resolve();
	const page: PageRadio = {
		async hold(name) {
			shut(name);
			if (!under.get(name)) return;
			await new Promise<void>((resolve) => idle.set(name, resolve));
			idle.delete(name);
		},
		release,
		deliver(name, uuid) {
			const delivered = turn.then(async () => {
				const listener = listeners.get(`${name} ${uuid}`);
				if (!listener?.service.device.gatt?.connected || gates.has(name)) return false;
				await gated(name, () => readValue.call(listener));
				return true;
			});
			turn = delivered.catch(() => false);
			return delivered.catch(() => false);
		}
	};
	Object.defineProperty(window, 'haspRadio', { value: page });
}

/** Joins every page of a context to the radio; before the context's first page. */
export async function installShim(context: BrowserContext, radio: Radio): Promise<void> {
	await context.exposeBinding('haspRadioReport', ({ page }, event: ShimEvent, name: string) =>
		radio.heard(page, event, name)
	);
	await context.addInitScript(shim);
}

/** Keeps the page from beginning operations and waits until none is under way. */
export async function hold(page: Page, name: string): Promise<void> {
	await page.evaluate((of) => window.haspRadio?.hold(of), name);
}

/** Lets the page begin operations again. */
export async function release(page: Page, name: string): Promise<void> {
	await page.evaluate((of) => window.haspRadio?.release(of), name);
}

/** Makes the page fetch the notification that waits; false when it does not listen. */
export async function deliver(page: Page, name: string, uuid: string): Promise<boolean> {
	const call = ([of, id]: [string, string]) => window.haspRadio?.deliver(of, id);
	return (await page.evaluate(call, [name, uuid] as [string, string])) ?? false;
}

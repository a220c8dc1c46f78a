import type { CDPSession } from '@playwright/test';
import type { Operation, Peripheral } from './peripheral.ts';

/** Without this descriptor `startNotifications` answers NotSupportedError. */
const CCCD = '00002902-0000-1000-8000-00805f9b34fb';

const TYPES = {
	read: 'read',
	write: 'write',
	subscribe: 'subscribe-to-notifications',
	unsubscribe: 'unsubscribe-from-notifications'
} as const;
const KINDS = {
	read: 'read',
	write: 'write',
	'subscribe-to-notifications': 'subscribe',
	'unsubscribe-from-notifications': 'unsubscribe'
} as const;

/** What a page did on the air. */
export interface EmulationEvents {
	onLink(address: string, kind: 'connect' | 'discover'): void;
	onCharacteristic(id: string, kind: keyof typeof TYPES, data: Buffer): void;
	/** A write without response must not be answered. */
	onBlindWrite(id: string, data: Buffer): void;
}

/**
 * Chromium's `BluetoothEmulation` domain, typed. It lives on the browser's own session (a page's session
 * does not know it) and has one owner: enable it once, and never disable it under a page that used
 * Bluetooth, which crashes the browser.
 */
export class Emulation {
	readonly #cdp: CDPSession;

	constructor(browserSession: CDPSession, events: EmulationEvents) {
		this.#cdp = browserSession;
		browserSession.on('BluetoothEmulation.gattOperationReceived', ({ address, type }) =>
			events.onLink(address, type === 'connection' ? 'connect' : 'discover')
		);
		browserSession.on('BluetoothEmulation.characteristicOperationReceived', (event) => {
			const data = Buffer.from(event.data ?? '', 'base64');
			if (event.writeType === 'write-without-response') {
				events.onBlindWrite(event.characteristicId, data);
			} else events.onCharacteristic(event.characteristicId, KINDS[event.type], data);
		});
	}

	async enable(): Promise<void> {
		await this.#cdp.send('BluetoothEmulation.enable', { state: 'powered-on', leSupported: true });
	}

	async adapter(state: 'absent' | 'powered-off' | 'powered-on'): Promise<void> {
		await this.#cdp.send('BluetoothEmulation.setSimulatedCentralState', { state });
	}

	/** Puts the peripheral in reach; needed again after every disconnection, which forgets its services. */
	async announce(peripheral: Peripheral): Promise<void> {
		const { address, plan } = peripheral;
		const advertised = [...(plan.manufacturerData?.() ?? [])];
		await this.#cdp.send('BluetoothEmulation.simulatePreconnectedPeripheral', {
			address,
			name: plan.name,
			manufacturerData: advertised.map(([key, data]) => ({
				key,
				data: Buffer.from(data).toString('base64')
			})),
			knownServiceUuids: plan.services.map(({ uuid }) => uuid)
		});
		peripheral.byId.clear();
		for (const { uuid, characteristics } of plan.services) {
			const service = { address, serviceUuid: uuid };
			const { serviceId } = await this.#cdp.send('BluetoothEmulation.addService', service);
			for (const characteristic of characteristics) {
				const { characteristicId } = await this.#cdp.send('BluetoothEmulation.addCharacteristic', {
					serviceId,
					characteristicUuid: characteristic.uuid,
					properties: characteristic.properties
				});
				peripheral.byId.set(characteristicId, characteristic);
				if (!characteristic.properties.notify) continue;
				const descriptor = { characteristicId, descriptorUuid: CCCD };
				await this.#cdp.send('BluetoothEmulation.addDescriptor', descriptor);
			}
		}
	}

	/** Answers one operation; `data` is there exactly for a read that succeeds. */
	async answer(address: string, operation: Operation, code: number, data?: Uint8Array) {
		if (!('id' in operation)) {
			const type = operation.kind === 'connect' ? 'connection' : 'discovery';
			await this.#cdp.send('BluetoothEmulation.simulateGATTOperationResponse', {
				address,
				type,
				code
			});
		} else {
			await this.#cdp.send('BluetoothEmulation.simulateCharacteristicOperationResponse', {
				characteristicId: operation.id,
				type: TYPES[operation.kind],
				code,
				...(data ? { data: Buffer.from(data).toString('base64') } : {})
			});
		}
	}

	/** Ends the link at once. Never with an operation outstanding: the page's Bluetooth would hang for good. */
	async disconnect(address: string): Promise<void> {
		await this.#cdp.send('BluetoothEmulation.simulateGATTDisconnection', { address });
	}
}

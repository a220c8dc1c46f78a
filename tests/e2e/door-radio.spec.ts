import type { Page } from '@playwright/test';
import type { Bytes } from '../../src/lib/protocol/bytes.ts';
import type { Program } from '../../src/lib/protocol/program.ts';
import { mintOfflineGrant, parseLockData } from '../../src/lib/protocol/ttlock/grant.ts';
import { open } from '../../src/lib/protocol/ttlock/programs.ts';
import { RadioDoor } from './door.ts';
import { expect, test } from './fixtures-radio.ts';
import { TTLOCK } from './gatt.ts';

/** The door lock on the emulated radio, proven without the app: only the browser's own calls. */

interface DoorProbe {
	command: BluetoothRemoteGATTCharacteristic;
	received: number[][];
}

declare global {
	interface Window {
		door: DoorProbe;
	}
}

const COMPANY = 0x0305;

/** Chooses a lock by its company identifier alone and listens to it. Gives its name. */
async function connect(page: Page): Promise<string> {
	const outcome = page.evaluate(
		([{ service, command, packets }, companyIdentifier]) =>
			new Promise<string>((resolve, reject) => {
				async function run(): Promise<string> {
					const device = await navigator.bluetooth.requestDevice({
						filters: [{ manufacturerData: [{ companyIdentifier }] }],
						optionalServices: [service],
						optionalManufacturerData: [companyIdentifier]
					});
					const server = await device.gatt!.connect();
					const primary = await server.getPrimaryService(service);
					const listened = await primary.getCharacteristic(packets);
					const probe: DoorProbe = {
						command: await primary.getCharacteristic(command),
						received: []
					};
					window.door = probe;
					listened.addEventListener('characteristicvaluechanged', () => {
						if (listened.value) probe.received.push([...new Uint8Array(listened.value.buffer)]);
					});
					await listened.startNotifications();
					return device.name ?? '';
				}
				const button = document.querySelector('button')!;
				button.addEventListener('click', () => void run().then(resolve, reject), { once: true });
			}),
		[TTLOCK, COMPANY] as const
	);
	await page.click('button');
	return outcome;
}

/** Has a conversation over the page's own link. */
async function run<Event, Outcome>(page: Page, program: Program<Event, Outcome>): Promise<Outcome> {
	let step = program.next();
	while (!step.done) {
		const { value } = step;
		let reply: Bytes | undefined;
		if ('send' in value)
			await page.evaluate(
				(piece) => window.door.command.writeValueWithoutResponse(new Uint8Array(piece)),
				[...value.send]
			);
		if ('receive' in value) {
			const next = await page.waitForFunction(() => window.door.received.shift());
			reply = Uint8Array.from((await next.jsonValue()) ?? []);
		}
		step = program.next(reply);
	}
	return step.value;
}

test('a door lock advertises, takes pieces and answers in pieces', async ({
	page,
	blank,
	lock
}) => {
	const door = new RadioDoor('C4:54:12:32:3B:D8');
	const known = parseLockData(door.paired());
	const air = await lock(door);
	door.on(air);
	await page.goto(blank);
	expect(await connect(page)).toBe('M101T_d83b32');

	const key = { uid: 7, startDate: 0, endDate: 0, recurrence: null };
	const at = Math.floor(Date.now() / 1000);
	const outcome = await run(page, open(mintOfflineGrant(known, key), at));
	expect(outcome).toMatchObject({ opening: 'success', end: 'finished' });
	expect(door.view.bolt).toBe('unlocked');
	expect(door.openings).toBe(1);
	// 17 bytes of a command are a frame of 47, three pieces; 8 are one of 31, two pieces.
	expect(door.written).toBe(5);
	expect(air.peripheral.operations).toEqual(['connect', 'discover', 'subscribe 0000fff4']);

	const other = { ...mintOfflineGrant(known, key), aesKey: '00'.repeat(16) };
	expect((await run(page, open(other, at))).refused).toBe('wrong-aes-key');
	door.end();
});

test.describe('more bytes at once than such a lock takes', () => {
	test.use({ allowOverlap: true });

	test('are told', async ({ page, blank, lock }) => {
		const door = new RadioDoor('C4:54:12:32:3B:D9');
		const air = await lock(door);
		await page.goto(blank);
		await connect(page);
		await page.evaluate(() => window.door.command.writeValueWithoutResponse(new Uint8Array(21)));
		await expect.poll(() => air.peripheral.violations).toEqual(['21 bytes at once']);
		door.end();
	});
});

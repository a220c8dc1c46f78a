import { toHex } from '../../src/lib/protocol/bytes.ts';
import { held } from '../server/core/believed.ts';
import type { FobStand } from './fob-stand.ts';
import type { Office } from './office.ts';
import { FAIR, type Phone } from './phone.ts';
import type { Stand } from './stand.ts';

/** What is left when the bad weather is over. */
export interface Scene {
	office: Office;
	stand: Stand;
	fob: FobStand;
	phone: Phone;
	/** Uploads everything that is on the phones. */
	tell: () => Promise<void>;
	/** The server has lost what it had since a backup. */
	restored: boolean;
	/** Reading the whole log takes as long as everything before. */
	wholeLog: boolean;
}

/** Openings until nothing waits: a set that is offered, what waits behind it, what is asked. */
const OPENINGS = 12;

/**
 * Without faults until nothing waits: server, lock and fob agree and the log is whole, or what is
 * wrong.
 */
export async function settle(scene: Scene): Promise<string[]> {
	const { office, stand, tell, restored } = scene;
	const { mac } = stand.saved.identity;
	const broken: string[] = [];
	await tell();
	const row = await office.row(mac);
	const isOn = row.phase === 'steady' && row.active === stand.epoch;
	if (!restored && (!isOn || row.setup_count !== 1))
		broken.push(`not settled: ${JSON.stringify(row)}, lock at ${stand.epoch}`);
	for (let i = 0; i < OPENINGS && (await office.waits(mac)); i++) {
		if (!(await opens(scene))) broken.push('did not open again');
		await tell();
	}
	const [server, lock] = [JSON.stringify(await office.believed(mac)), held(stand.keys)];
	if (server !== JSON.stringify(lock)) broken.push(`${server}, not ${JSON.stringify(lock)}`);
	broken.push(...(await fobAgrees(scene)));
	if (scene.wholeLog) broken.push(...(await logIsWhole(scene)));
	return broken;
}

async function opens({ office, stand, phone }: Scene): Promise<boolean> {
	stand.close();
	stand.now += 60_000;
	const session = toHex(stand.connect()!);
	const issued = await office.issue(stand.saved.identity.mac, session, 'unlock', stand.now);
	const before = stand.openings;
	phone.talk(stand, session, issued!, FAIR);
	stand.disconnect();
	return stand.openings === before + 1;
}

/** Two syncs are enough after anything: one to learn what it has, one that brings everything. */
async function fobAgrees(scene: Scene): Promise<string[]> {
	const { office, stand, fob, phone, tell } = scene;
	let differ = await fobDiffers(scene);
	for (let i = 0; i < 3 && differ.length > 0; i++) {
		const session = fob.connect();
		const packets = await office.syncFob(fob.mac, session, stand.now);
		for (const packet of fob.write(packets!, () => null))
			phone.keep(session, packet, stand.now, fob.mac);
		fob.disconnect();
		await tell();
		differ = await fobDiffers(scene);
	}
	return differ;
}

/** Whether the fob has what the server believes, and what it has is what the lock has. */
async function fobDiffers({ office, stand, fob }: Scene): Promise<string[]> {
	const rows = await office.fobSlots(fob.mac);
	const wanted = rows.map(({ slot }) => slot);
	const has = fob.credentials.map(({ slot }) => slot);
	if (has.join() !== wanted.join()) return [`fob has slots ${has.join()}, not ${wanted.join()}`];
	if (rows.some(({ state }) => state !== 'on-lock')) return ['the fob has not proven what it has'];
	const { slots } = stand.keys;
	return fob.credentials
		.filter(({ slot, key }) => slots[slot]?.key !== key)
		.map(({ slot }) => `the key of the fob does not fit slot ${slot}`);
}

async function logIsWhole({ office, stand, phone, tell }: Scene): Promise<string[]> {
	const { mac } = stand.saved.identity;
	const { log } = stand.saved.flash;
	for (let round = 0; round < 8; round++) {
		const session = toHex(stand.connect()!);
		const issued = await office.issue(mac, session, 'ask', stand.now);
		phone.talk(stand, session, issued!, FAIR);
		stand.disconnect();
		await tell();
		if ((await office.row(mac)).log_cursor >= log.counter) break;
	}
	const counted = (await office.counters(mac)).filter((counter) => (counter ?? 0) <= log.counter);
	const own = log.records.map(({ counter }) => counter);
	return counted.join() === own.join() ? [] : [`I7: counted ${counted.join()}, not ${own.join()}`];
}

import type { Caller } from './call.ts';
import { Fob } from './fob.ts';
import { Padlock } from './padlock.ts';
import type { Equipment } from './stand.ts';

/** What a run needs of a company's own: HD padlocks and fobs; and one other lock. */
export const NEEDED = { padlocks: 10, fobs: 2 } as const;

/** What a company lets out of its locks and fobs; the cases look whether it does so as it should. */
interface Found {
	readonly mac: string;
	readonly hw_version: string;
	readonly fw_version: string;
	readonly status: string;
}

/**
 * The virtual twins of a company's locks that await setup, and of its fobs. Both have to be out of
 * the box: what is on a lock that was set up, nobody but its server knows.
 */
export async function findEquipment(
	caller: Caller,
	foreign: { lock?: string | undefined; fob?: string | undefined }
): Promise<Equipment> {
	const locks = (await caller.send('lock/', {})).body?.data?.locks;
	const found: Found[] = (Array.isArray(locks) ? locks : []).filter(isNew);
	const twin = ({ mac, hw_version, fw_version }: Found) =>
		new Padlock(mac, hw_version.toUpperCase(), fw_version);
	const other = found.find((lock) => !isHd(lock));
	return {
		padlocks: found.filter(isHd).filter(engages).map(twin),
		other: other && twin(other),
		fobs: (await fobsOf(caller)).map((mac) => new Fob(mac)),
		foreign: { lock: foreign.lock, fob: foreign.fob }
	};
}

function isNew(lock: Partial<Found>): boolean {
	const { mac, hw_version, fw_version, status } = lock;
	const texts = [mac, hw_version, fw_version].every((one) => typeof one === 'string');
	return texts && status === 'awaiting setup';
}

function isHd({ hw_version }: Found): boolean {
	return /i$/i.test(hw_version);
}

/** From firmware 4.25 on, by the text of engagelock. */
function engages({ fw_version }: Found): boolean {
	const [major = 0, minor = 0] = fw_version.split('.').map(Number);
	return major > 4 || (major === 4 && minor >= 25);
}

async function fobsOf(caller: Caller): Promise<string[]> {
	const { body } = await caller.send('fobs/display/', {});
	const fobs: { fob?: unknown }[] = Array.isArray(body?.data) ? body.data : [];
	return fobs.map(({ fob }) => fob).filter((mac) => typeof mac === 'string');
}

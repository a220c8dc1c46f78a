import { count, each, either, same, someText, anyText, that, type Shape } from '../shape.ts';
import { type Stand } from '../stand.ts';

export const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
export const MAC = /^([0-9A-F]{2}:){5}[0-9A-F]{2}$/;

export const LOCK: Shape = {
	mac: MAC,
	created_by: anyText,
	created_date: DATE,
	setup_count: count,
	hw_version: /^\d[a-z]$/,
	fw_version: /^\d+\.\d+$/,
	serial: anyText,
	internal_battery: count,
	external_battery: count,
	status: either('ready', 'awaiting setup'),
	flags: either('none', each(someText, 1)),
	settings: that(
		'a map of settings',
		(v) => typeof v === 'object' && v !== null && !Array.isArray(v)
	)
};

export const ANSWER = { request: 'lock', data: { locks: each(LOCK) } };

export interface Shown {
	mac: string;
	serial: string;
	setup_count: number;
	status: string;
	flags: string | string[];
	settings: Record<string, boolean>;
	internal_battery: number;
}

/** One lock as lock/ shows it. */
export async function shown(stand: Stand, mac: string): Promise<Shown> {
	const { locks } = await stand.data('lock/', { macs: [mac] });
	same(
		locks?.map((lock: Shown) => lock.mac),
		[mac],
		`the locks with the MAC ${mac}`
	);
	return locks[0];
}

export async function macsFor(stand: Stand, body: unknown): Promise<string[]> {
	const { locks } = await stand.data('lock/', body);
	return locks.map(({ mac }: Shown) => mac).toSorted();
}

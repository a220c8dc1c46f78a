import type { Case } from '../case.ts';
import { succeeded } from '../envelope.ts';
import { count, each, either, fits, same, someText, anyText, that, yesOrNo, type Shape } from '../shape.ts';
import { absentMac, newSession, type Stand } from '../stand.ts';
import { badInputs, withoutMac } from './refusals.ts';

const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
export const MAC = /^([0-9A-F]{2}:){5}[0-9A-F]{2}$/;

const LOCK: Shape = {
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
	settings: that('a map of settings', (v) => typeof v === 'object' && v !== null && !Array.isArray(v))
};

const ANSWER = { request: 'lock', data: { locks: each(LOCK) } };

interface Shown {
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
	same(locks?.map((lock: Shown) => lock.mac), [mac], `the locks with the MAC ${mac}`);
	return locks[0];
}

async function macsFor(stand: Stand, body: unknown): Promise<string[]> {
	const { locks } = await stand.data('lock/', body);
	return locks.map(({ mac }: Shown) => mac).toSorted();
}

export const LOCK_CASES: readonly Case[] = [
	{
		name: 'lock/one',
		rule: 'text, POST /lock/: example with one MAC, every field of the answer',
		run: async (stand) => {
			const mac = stand.mac();
			const answer = await stand.ask('lock/', { macs: [mac] });
			succeeded(answer, ANSWER);
			same(answer.body.data.locks.map((lock: Shown) => lock.mac), [mac], 'the locks');
		}
	},
	{
		name: 'lock/two',
		rule: 'text, POST /lock/: example with two MACs',
		run: async (stand) => {
			const macs = stand.macs(2);
			const answer = await stand.ask('lock/', { macs });
			succeeded(answer, ANSWER);
			same(await macsFor(stand, { macs }), macs.toSorted(), 'the locks');
		}
	},
	{
		name: 'lock/all',
		rule: 'text, POST /lock/: example with an empty body; treatment 9: {} is every lock',
		run: async (stand) => {
			const answer = await stand.ask('lock/', {});
			succeeded(answer, ANSWER);
			const all = answer.body.data.locks.map(({ mac }: Shown) => mac);
			for (const mac of [...stand.macs(3), stand.other().mac])
				same(all.filter((one: string) => one === mac), [mac], 'one lock among all');
			same(await macsFor(stand, undefined), all.toSorted(), 'all locks, asked without a body');
		}
	},
	{
		name: 'lock/by-serial',
		rule: 'text, POST /lock/: also by serial number',
		run: async (stand) => {
			const mac = stand.mac();
			const { serial } = await shown(stand, mac);
			same(await macsFor(stand, { serials: [serial] }), [mac], 'the locks with this serial');
			same(await macsFor(stand, { serials: ['no such serial'] }), [], 'the locks with no serial');
		}
	},
	{
		name: 'lock/either',
		rule: 'text, POST /lock/: locks that fit either array are returned, each once',
		run: async (stand) => {
			const [a, b] = stand.macs(2) as [string, string];
			const serials = [(await shown(stand, a)).serial];
			same(await macsFor(stand, { macs: [b], serials }), [a, b].toSorted(), 'the locks');
			same(await macsFor(stand, { macs: [a, a], serials }), [a], 'the lock that fits both');
		}
	},
	{
		name: 'lock/case',
		rule: 'treatment 8: MACs are compared without regard to case',
		run: async (stand) => {
			const mac = stand.mac();
			same(await macsFor(stand, { macs: [mac.toLowerCase()] }), [mac], 'the locks');
		}
	},
	{
		name: 'lock/foreign',
		rule: 'error codes 6 and 7: a lock of another company is shown no more than an absent one',
		run: async (stand) => {
			const texts: string[] = [];
			for (const mac of [stand.foreignLock(), absentMac()]) {
				const answer = await stand.ask('lock/', { macs: [mac] });
				succeeded(answer, { request: 'lock', data: { locks: [] } });
				texts.push(withoutMac(answer.text, mac));
			}
			same(texts[0], texts[1], 'the answer about a foreign lock');
			const all = await macsFor(stand, {});
			same(all.includes(stand.foreignLock()), false, 'a foreign lock among all');
		}
	},
	{
		name: 'lock/settings-shown',
		rule: 'text, POST /lock/: settings is a map of lock settings and their values',
		run: async (stand) => {
			fits((await shown(stand, stand.mac())).settings, { 'explicit-lock': yesOrNo }, 'settings');
		}
	},
	{
		name: 'lock/setup',
		rule: 'text: the first online unlock sets the lock up; 6.3: it is known when its packets arrive',
		run: async (stand) => {
			const lock = stand.fresh();
			const before = { status: 'awaiting setup', setup_count: 0 };
			const state = async () => {
				const { status, setup_count } = await shown(stand, lock.mac);
				return { status, setup_count };
			};
			same(await state(), before, 'before the first unlock');
			const { session, server, opened } = await stand.open(lock, { upload: false });
			same(opened, true, 'the first unlock opens');
			same(await state(), before, 'before the lock was heard');
			await stand.upload(lock.mac, session, server);
			same(await state(), { status: 'ready', setup_count: 1 }, 'after the lock was heard');
			await stand.open(lock);
			same(await state(), { status: 'ready', setup_count: 1 }, 'after the second unlock');
		}
	},
	{
		name: 'lock/setup-not-by-asking',
		rule: '6.3: asking for commands, or a claim without the packets, sets nothing up',
		run: async (stand) => {
			const { mac } = stand.other();
			await stand.data('unlock/', { mac, session: newSession() });
			await stand.tell('restore/confirm/', { mac, command_id: 1 });
			await stand.upload(mac, newSession(), []);
			const { status, setup_count } = await shown(stand, mac);
			same({ status, setup_count }, { status: 'awaiting setup', setup_count: 0 }, 'the lock');
		}
	},
	{
		name: 'lock/battery',
		rule: 'text, batteries: voltage in millivolts; the session has it in bytes 2 and 3',
		run: async (stand) => {
			const [lock] = (await stand.padlocks(1)) as [Awaited<ReturnType<typeof stand.padlock>>];
			const { session } = await stand.open(lock);
			const millivolts = Buffer.from(session, 'hex').readUInt16LE(2);
			same((await shown(stand, lock.mac)).internal_battery, millivolts, 'internal_battery');
		}
	},
	...badInputs('lock', 'treatment 8 and the types of the table', {
		'five octets': () => ({ macs: ['F1:E2:D3:C4:B5'] }),
		'no colons': () => ({ macs: ['F1E2D3C4B5A6'] }),
		'no hex': () => ({ macs: ['XX:XX:XX:XX:XX:XX'] }),
		'text for a list': () => ({ macs: 'F1:E2:D3:C4:B5:A6' }),
		'number for a mac': () => ({ macs: [1] }),
		'number for a serial': () => ({ serials: [1] })
	})
];

import type { Case } from '../case.ts';
import { fits, same, yesOrNo } from '../shape.ts';
import { newSession } from '../stand.ts';
import { shown } from './locks-shown.ts';

export const LOCK_STATE_CASES: readonly Case[] = [
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
	}
];

import type { Case } from '../case.ts';
import { succeeded } from '../envelope.ts';
import { same } from '../shape.ts';
import { absentMac, newSession } from '../stand.ts';
import { shown } from './locks-shown.ts';
import { COMMANDS } from './commands.ts';
import { badInputs, foreignAsAbsent } from './refusals.ts';

export const RESTORE_CASES: readonly Case[] = [
	{
		name: 'restore/commands',
		rule: 'section 3.5: {session, mac} with the mobile key is answered with commands',
		run: async (stand) => {
			const body = { mac: stand.mac(), session: newSession() };
			succeeded(await stand.tell('restore/', body), { request: 'restore', data: COMMANDS });
			const atBase = await stand.tell('', { ...body, session: newSession() });
			succeeded(atBase, { request: 'restore', data: COMMANDS });
		}
	},
	{
		name: 'restore/confirm',
		rule: 'section 3.5: {mac, command_id} is answered with error_code 0 and a message; treatment 20',
		run: async (stand) => {
			const body = { mac: stand.mac(), command_id: 1 };
			const confirmed = { request: 'restore/confirm', data: { check: () => null } };
			succeeded(await stand.tell('restore/confirm/', body), confirmed);
			succeeded(await stand.tell('', body), confirmed);
		}
	},
	{
		name: 'restore/opens-nothing',
		rule: '6.1: commands that open are asked for with the private key; the mobile key is public',
		run: async (stand) => {
			const lock = await stand.padlock();
			const session = lock.connect();
			lock.write(await stand.commands('restore/', { mac: lock.mac, session }, 'mobile'));
			same(lock.shackle, 'closed', 'the shackle after the commands');
		}
	},
	{
		name: 'restore/repairs',
		rule: 'section 3.5: key repair of a lock whose set-up was never heard; it opens afterwards',
		run: async (stand) => {
			const lock = stand.fresh();
			await stand.open(lock, { upload: false });
			const session = lock.connect();
			const commands = await stand.commands('restore/', { mac: lock.mac, session }, 'mobile');
			const { results } = lock.write(commands);
			same(results.includes(0x60), true, 'one of the commands succeeds');
			lock.disconnect();
			lock.close();
			await stand.tell('restore/confirm/', { mac: lock.mac, command_id: 1 });
			same((await stand.open(lock)).opened, true, 'the lock opens');
		}
	},
	{
		name: 'restore/claim-promotes-nothing',
		rule: '6.3: keys are known as stored by the packets of the lock, not by a claim',
		run: async (stand) => {
			const { mac } = stand.fresh();
			await stand.data('unlock/', { mac, session: newSession() });
			for (let id = 0; id < 8; id++) await stand.tell('restore/confirm/', { mac, command_id: id });
			same((await shown(stand, mac)).status, 'awaiting setup', 'status of the lock');
		}
	},
	{
		name: 'restore/absent-or-foreign',
		rule: 'error code 7: lock not found, the same for a lock of another company',
		run: async (stand) => {
			const key = 'mobile';
			const session = newSession();
			await foreignAsAbsent(stand, 'restore', (mac) => ({ mac, session }), { key });
			await foreignAsAbsent(stand, 'restore/confirm', (mac) => ({ mac, command_id: 1 }), { key });
		}
	},
	...badInputs(
		'restore',
		'treatments 8 and 14',
		{
			'no session': (stand) => ({ mac: stand.mac() }),
			'no mac': () => ({ session: newSession() }),
			'short session': () => ({ mac: absentMac(), session: '00' })
		},
		'mobile'
	),
	...badInputs(
		'restore/confirm',
		'the types of the library',
		{ 'no mac': () => ({ command_id: 1 }), 'no octets': () => ({ mac: 'XX', command_id: 1 }) },
		'mobile'
	)
];

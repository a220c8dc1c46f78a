import type { Case } from '../case.ts';
import { holds, same } from '../shape.ts';
import { newSession } from '../stand.ts';
import { alike, byMac } from './commands.ts';

export const UNLOCK_CASES: readonly Case[] = [
	{
		name: 'unlock/opens',
		rule: 'text, POST /unlock/: the commands open the lock whose session was sent',
		run: async (stand) => {
			const lock = await stand.padlock();
			for (const trackingKey of [undefined, 'ann'])
				same((await stand.open(lock, { trackingKey })).opened, true, 'the lock is open');
		}
	},
	{
		name: 'unlock/one-session',
		rule: 'section 2: a session, and what was made for it, is valid for one connection',
		run: async (stand) => {
			const lock = await stand.padlock();
			const session = lock.connect();
			const commands = await stand.commands('unlock/', { mac: lock.mac, session });
			lock.disconnect();
			lock.connect();
			lock.write(commands);
			same(lock.shackle, 'closed', 'the shackle after the commands of another session');
		}
	},
	{
		name: 'unlock/as-often-as-wanted',
		rule: 'text, syncing: you can send unlock commands as often and as quickly as you wish',
		run: async (stand) => {
			const lock = await stand.padlock();
			for (let i = 0; i < 5; i++)
				same((await stand.open(lock, { upload: i % 2 === 0 })).opened, true, 'the lock is open');
		}
	},
	{
		name: 'unlock/set-up-unheard',
		rule: '6.3: a lost third phase of the set-up is the usual failure; the lock opens again',
		run: async (stand) => {
			const lock = stand.fresh();
			for (let i = 0; i < 3; i++) {
				const { opened } = await stand.open(lock, { upload: i === 2 });
				same(opened, true, `opening ${i + 1} of a lock that was never heard`);
			}
			same((await stand.open(lock)).opened, true, 'the opening after it was heard');
		}
	},
	{
		name: 'unlock/asked-but-not-sent',
		rule: '6.3: commands that never reached the lock do no harm',
		run: async (stand) => {
			const lock = stand.fresh();
			for (let i = 0; i < 3; i++)
				await stand.data('unlock/', { mac: lock.mac, session: newSession() });
			same((await stand.open(lock)).opened, true, 'the lock is open');
		}
	},
	{
		name: 'unlock/token',
		rule: '6.3, tokens: an opaque string that is not empty',
		run: async (stand) => {
			const { body } = await stand.ask('unlock/', { mac: stand.mac(), session: newSession() });
			holds(typeof body.token === 'string' && body.token !== '', 'token: expected a text');
		}
	},
	...alike('unlock', byMac)
];

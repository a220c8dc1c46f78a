import type { Case } from '../case.ts';
import { refused, succeeded } from '../envelope.ts';
import { count, holds, same } from '../shape.ts';
import { newSession, SAMPLE, type Stand } from '../stand.ts';
import { badInputs, foreignAsAbsent } from './refusals.ts';

/** Packets of 20 bytes in hex, joined by a plus sign. */
export const COMMANDS = { commands: /^[0-9a-fA-F]{40}(\+[0-9a-fA-F]{40})*$/ };

const ANSWER = (request: string) => ({ request, data: COMMANDS, token: true });

/** What unlock, unshackle and the like have in common: "functions similarly to unlock". */
function alike(path: string, ask: (stand: Stand) => Promise<string>): Case[] {
	const body = (mac: string) => ({ mac, session: newSession() });
	return [
		{
			name: `${path}/absent-or-foreign`,
			rule: 'error code 7: lock not found, the same for a lock of another company',
			run: (stand) => foreignAsAbsent(stand, path, body)
		},
		{
			name: `${path}/case-of-session`,
			rule: 'section 2: Android sends the session in upper case, iOS in lower',
			run: async (stand) => {
				const mac = await ask(stand);
				const session = newSession();
				for (const one of [session, session.toUpperCase()])
					succeeded(await stand.ask(`${path}/`, { mac, session: one }), ANSWER(path));
			}
		},
		{
			name: `${path}/case-of-mac`,
			rule: 'treatment 8: MACs are compared without regard to case',
			run: async (stand) => {
				const mac = (await ask(stand)).toLowerCase();
				succeeded(await stand.ask(`${path}/`, { mac, session: newSession() }), ANSWER(path));
			}
		},
		...badInputs(path, 'treatments 8 and 14, and the types of the table', {
			'no mac': () => ({ session: newSession() }),
			'no session': (stand) => ({ mac: stand.mac() }),
			'five octets': () => ({ mac: 'F1:E2:D3:C4:B5', session: newSession() }),
			'number for a mac': () => ({ mac: 1, session: newSession() }),
			'short session': (stand) => ({ mac: stand.mac(), session: SAMPLE.slice(2) }),
			'long session': (stand) => ({ mac: stand.mac(), session: `${SAMPLE}00` }),
			'session that is not hex': (stand) => ({
				mac: stand.mac(),
				session: '8675309j3nNy1V3G0ty0uRnUMB3r8675309j3nNy'
			})
		})
	];
}

const byMac = (stand: Stand) => Promise.resolve(stand.mac());

/** Explicit lock is on and the lock has it. */
async function explicit(stand: Stand): Promise<string> {
	const lock = await stand.padlock();
	await stand.data('lock/settings/', { settings: { 'explicit-lock': true }, macs: [lock.mac] });
	await stand.open(lock);
	return lock.mac;
}

export const OPENING_CASES: readonly Case[] = [
	...['unlock', 'unshackle'].map((path): Case => ({
		name: `${path}/example`,
		rule: `text, POST /${path}/: example; treatments 2 and 5: token, api_version, request`,
		run: async (stand) => {
			const body = { mac: stand.mac(), session: SAMPLE, tracking_key: 'john@example.com' };
			succeeded(await stand.ask(`${path}/`, body), ANSWER(path));
		}
	})),
	...['unlock', 'unshackle'].map((path): Case => ({
		name: `${path}/bad-tracking-key`,
		rule: 'error code 3: tracking_key is a string',
		run: async (stand) => {
			const body = { mac: stand.mac(), session: newSession(), tracking_key: { of: 1 } };
			refused(await stand.ask(`${path}/`, body), path, 3);
		}
	})),
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
			const { commands } = await stand.data('unlock/', { mac: lock.mac, session });
			lock.disconnect();
			lock.connect();
			lock.write(String(commands).split('+'));
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
	...alike('unlock', byMac),
	{
		name: 'unshackle/releases',
		rule: 'text, POST /unshackle/: removes the shackle from an HD padlock',
		run: async (stand) => {
			const lock = await stand.padlock();
			const session = lock.connect();
			const { commands } = await stand.data('unshackle/', { mac: lock.mac, session });
			lock.write(String(commands).split('+'));
			same(lock.shackle, 'out', 'the shackle');
		}
	},
	{
		name: 'unshackle/other-hardware',
		rule: 'text, POST /unshackle/: HD padlocks only',
		run: async (stand) => {
			const body = { mac: stand.other().mac, session: newSession() };
			refused(await stand.ask('unshackle/', body), 'unshackle', count);
		}
	},
	...alike('unshackle', byMac),
	{
		name: 'engagelock/example',
		rule: 'text, POST /engagelock/: example; treatment 2: request is engagelock',
		run: async (stand) => {
			const mac = await explicit(stand);
			const body = { mac, session: SAMPLE, tracking_key: 'john@example.com' };
			succeeded(await stand.ask('engagelock/', body), ANSWER('engagelock'));
		}
	},
	{
		name: 'engagelock/other-hardware',
		rule: 'text, POST /engagelock/: HD locks with firmware 4.25 or higher',
		run: async (stand) => {
			const body = { mac: stand.other().mac, session: newSession() };
			refused(await stand.ask('engagelock/', body), 'engagelock', count);
		}
	},
	...alike('engagelock', explicit),
	{
		name: 'fwupdate/example',
		rule: 'text, POST /fwupdate/: example; treatments 2 and 5: token, api_version, request',
		run: async (stand) => {
			const body = { mac: stand.mac(), session: SAMPLE };
			succeeded(await stand.ask('fwupdate/', body), ANSWER('fwupdate'));
		}
	},
	...alike('fwupdate', byMac)
];

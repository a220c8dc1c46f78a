import type { Case } from '../case.ts';
import { succeeded } from '../envelope.ts';
import { newSession, SAMPLE, type Stand } from '../stand.ts';
import { badInputs, foreignAsAbsent } from './refusals.ts';

/** Packets of 20 bytes in hex, joined by a plus sign. */
export const COMMANDS = { commands: /^[0-9a-fA-F]{40}(\+[0-9a-fA-F]{40})*$/ };

export const ANSWER = (request: string) => ({ request, data: COMMANDS, token: true });

/** What unlock, unshackle and the like have in common: "functions similarly to unlock". */
export function alike(path: string, ask: (stand: Stand) => Promise<string>): Case[] {
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

export const byMac = (stand: Stand) => Promise.resolve(stand.mac());

/** Explicit lock is on and the lock has it. */
export async function explicit(stand: Stand): Promise<string> {
	const lock = await stand.padlock();
	await stand.data('lock/settings/', { settings: { 'explicit-lock': true }, macs: [lock.mac] });
	await stand.open(lock);
	return lock.mac;
}

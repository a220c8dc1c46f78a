import type { Case } from '../case.ts';
import { refused, succeeded } from '../envelope.ts';
import { count, same } from '../shape.ts';
import { absentMac, newSession, SAMPLE } from '../stand.ts';
import { askFobs, credentials, emptyFob, emptyFobs, grant, lines } from './fob-locks.ts';
import { keyless } from './held-keys.ts';
import { COMMANDS } from './commands.ts';
import { badInputs, withoutMac } from './refusals.ts';

const SYNC = { request: 'fobs/sync', data: COMMANDS, details: 'list' } as const;

export const FOBS_SYNC_CASES: readonly Case[] = [
	{
		name: 'fobs/opens',
		rule: 'text, fobs: they open locks without a mobile device, once synced',
		run: async (stand) => {
			const [lock] = await keyless(stand, 1);
			const fob = await emptyFob(stand);
			await grant(stand, fob, [lock!]);
			await stand.open(lock!);
			same(fob.opens(lock!), false, 'opens before the fob is synced');
			await stand.sync(fob);
			same(fob.opens(lock!), true, 'opens after both are synced');
		}
	},
	{
		name: 'fobs/status',
		rule: '6.2: pending, synced when the fob has proven it; 6.3: known by its packets',
		run: async (stand) => {
			const fob = await emptyFob(stand);
			const lock = await stand.padlock();
			const status = async () => (await credentials(stand, fob)).map((one) => one.status);
			await grant(stand, fob, [lock]);
			same(await status(), ['pending'], 'status when issued');
			await stand.sync(fob, { upload: false });
			same(await status(), ['pending'], 'status before the fob was heard');
			await stand.sync(fob);
			same(await status(), ['synced'], 'status after the fob was heard');
		}
	},
	{
		name: 'fobs/display/example',
		rule: 'text, POST /fobs/display/: example with one fob',
		run: async (stand) => {
			const [a, b] = await emptyFobs(stand, 2);
			const mac = stand.mac();
			await grant(stand, a!, [{ mac }]);
			const data = await askFobs(stand, 'fobs/display', { fob_macs: [a!.mac.toLowerCase()] });
			same(
				data.map(({ fob }) => fob),
				[a!.mac],
				'the fobs'
			);
			same(lines(data[0]!.locks), [`${mac} BobFob pending`], 'credentials');
			same((await credentials(stand, b!)).length, 0, 'credentials of the other fob');
		}
	},
	{
		name: 'fobs/display/all',
		rule: 'treatment 22: absent or empty is all fobs',
		run: async (stand) => {
			const macs = stand
				.fobs(2)
				.map(({ mac }) => mac)
				.toSorted();
			for (const body of [{}, undefined, { fob_macs: [] }]) {
				const data = await askFobs(stand, 'fobs/display', body);
				const ours = data.map(({ fob }) => fob).filter((mac) => macs.includes(mac));
				same(ours.toSorted(), macs, 'the fobs');
				same(
					data.some(({ fob }) => fob === stand.foreignFob()),
					false,
					'a foreign fob among all'
				);
			}
		}
	},
	{
		name: 'fobs/display/foreign',
		rule: 'error codes 6 and 7: a fob of another company is answered as an absent one',
		run: async (stand) => {
			const texts: string[] = [];
			for (const mac of [stand.foreignFob(), absentMac()]) {
				const { body, text } = await stand.ask('fobs/display/', { fob_macs: [mac] });
				same(body.data?.[0]?.locks ?? [], [], 'credentials of a fob that is not ours');
				texts.push(withoutMac(text, mac));
			}
			same(texts[0], texts[1], 'the answer about a foreign fob');
		}
	},
	{
		name: 'fobs/sync/example',
		rule: 'text, POST /fobs/sync/: example; treatment 1: request is fobs/sync',
		run: async (stand) => {
			const fob = await emptyFob(stand);
			await grant(stand, fob, [{ mac: stand.mac() }]);
			const body = { mac: fob.mac, session: SAMPLE };
			succeeded(await stand.ask('fobs/sync/', body), SYNC);
		}
	},
	{
		name: 'fobs/sync/alias',
		rule: 'text, overview: /fob/sync; treatment 19: alias of /fobs/sync/',
		run: async (stand) => {
			const body = { mac: stand.fobs(1)[0]!.mac, session: newSession() };
			for (const path of ['fob/sync', 'fob/sync/', 'fobs/sync'])
				succeeded(await stand.ask(path, body), SYNC);
		}
	},
	{
		name: 'fobs/sync/lock-is-no-fob',
		rule: 'text, POST /fobs/sync/: a MAC address for a fob; a lock is none',
		run: async (stand) => {
			const body = { mac: stand.mac(), session: newSession() };
			refused(await stand.ask('fobs/sync/', body), 'fobs/sync', count);
		}
	},
	...badInputs('fobs/display', 'the types of the table', {
		'text for fobs': () => ({ fob_macs: 'all' }),
		'five octets': () => ({ fob_macs: ['ZZ:ZZ:XX:XX:XX'] })
	}),
	...badInputs('fobs/sync', 'treatment 14', {
		'no session': (stand) => ({ mac: stand.fobs(1)[0]!.mac }),
		'no mac': () => ({ session: newSession() }),
		'short session': (stand) => ({ mac: stand.fobs(1)[0]!.mac, session: '00' })
	})
];

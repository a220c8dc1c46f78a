import type { Case } from '../case.ts';
import { refused, succeeded } from '../envelope.ts';
import { count, same } from '../shape.ts';
import { newSession, SAMPLE, type Key } from '../stand.ts';
import { ANSWER, alike, byMac, explicit } from './commands.ts';
import { keyless } from './held-keys.ts';

export const OTHER_COMMANDS_CASES: readonly Case[] = [
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
		name: 'unshackle/releases',
		rule: 'text, POST /unshackle/: removes the shackle from an HD padlock',
		run: async (stand) => {
			const lock = await stand.padlock();
			const session = lock.connect();
			const commands = await stand.commands('unshackle/', { mac: lock.mac, session });
			lock.write(commands);
			same(lock.shackle, 'out', 'the shackle');
		}
	},
	{
		name: 'unshackle/syncs',
		rule: 'text, POST /unshackle/: operates identically to unlock, so it brings changes too',
		run: async (stand) => {
			const [lock] = await keyless(stand, 1);
			const issue = [{ macs: [lock!.mac], tracking_keys: ['bob'] }];
			const key: Key = (await stand.data('keys/', { issue })).locks[0].keys[0];
			await stand.open(lock!, { path: 'unshackle/' });
			same(stand.openOffline(lock!, key).opened, true, 'the key opens');
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
	{
		name: 'fwupdate/mode',
		rule: 'text, POST /fwupdate/: puts the lock into firmware update mode instead of unlocking it',
		run: async (stand) => {
			const lock = await stand.padlock();
			const session = lock.connect();
			const commands = await stand.commands('fwupdate/', { mac: lock.mac, session });
			lock.write(commands);
			same([lock.firmwareMode, lock.shackle], [true, 'closed'], 'firmware mode and shackle');
		}
	},
	...alike('fwupdate', byMac)
];

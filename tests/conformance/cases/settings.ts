import type { Case } from '../case.ts';
import { succeeded } from '../envelope.ts';
import { each, fits, holds, same, short, someText } from '../shape.ts';
import { absentMac, type Stand } from '../stand.ts';
import { MAC, shown } from './locks-shown.ts';
import { badInputs, withoutMac } from './refusals.ts';

const ANSWER = {
	request: 'lock/settings',
	data: { locks: each({ mac: MAC, messages: each(/^(SUCCESS|ERROR): ./, 1) }) }
};
const SET = ['SUCCESS: assigned setting: explicit-lock', 'SUCCESS: saved settings'];

interface Told {
	mac: string;
	messages: string[];
}

async function set(stand: Stand, explicit: boolean, macs: readonly string[]): Promise<Told[]> {
	const body = { settings: { 'explicit-lock': explicit }, macs };
	const answer = await stand.ask('lock/settings/', body);
	succeeded(answer, ANSWER);
	return answer.body.data.locks;
}

/** A padlock with explicit lock on or off, as it knows itself. */
async function ready(stand: Stand, explicit: boolean) {
	const lock = await stand.padlock();
	await set(stand, explicit, [lock.mac]);
	await stand.open(lock);
	return lock;
}

export const SETTINGS_CASES: readonly Case[] = [
	{
		name: 'lock/settings/example',
		rule: 'text, POST /lock/settings/: example, a list of messages for each lock',
		run: async (stand) => {
			const macs = stand.macs(2);
			const told = await set(stand, false, macs);
			same(told.map(({ mac }) => mac).toSorted(), macs.toSorted(), 'the locks');
			for (const { mac, messages } of told) same(messages, SET, `the messages of ${mac}`);
		}
	},
	{
		name: 'lock/settings/unsupported',
		rule: 'text, POST /lock/settings/: not all locks support each setting; others are set',
		run: async (stand) => {
			const [good, bad] = [stand.mac(), stand.other().mac];
			const told = await set(stand, true, [bad, good]);
			const by = new Map(told.map(({ mac, messages }) => [mac, messages]));
			same(by.get(good), SET, `the messages of ${good}`);
			const errors = (by.get(bad) ?? []).filter((message) => message.startsWith('ERROR: '));
			holds(
				errors.some((message) => message.includes(bad)),
				`an error that names ${bad}: came ${short(by.get(bad))}`
			);
			same(by.get(bad)!.includes('SUCCESS: saved settings'), false, 'saved on a lock that cannot');
			await ready(stand, false);
		}
	},
	{
		name: 'lock/settings/sync',
		rule: '6.3: settings reach a lock by the next online unlock; text, /lock/: flags and settings',
		run: async (stand) => {
			const lock = await ready(stand, false);
			fits((await shown(stand, lock.mac)).settings, { 'explicit-lock': false }, 'settings, off');
			await set(stand, true, [lock.mac]);
			const { flags } = await shown(stand, lock.mac);
			holds(Array.isArray(flags) && flags.length > 0, `flags: expected a list, came ${flags}`);
			await stand.open(lock);
			const after = await shown(stand, lock.mac);
			fits(after.settings, { 'explicit-lock': true }, 'settings, on');
			same(after.flags, 'none', 'flags after the unlock');
			await ready(stand, false);
		}
	},
	{
		name: 'lock/settings/explicit-lock',
		rule: 'text, POST /lock/settings/: if true, the lock stays unlocked until given engage',
		run: async (stand) => {
			const lock = await ready(stand, true);
			await stand.open(lock);
			same(lock.engaged, false, 'engaged by hand, with explicit lock');
			const session = lock.connect();
			const commands = await stand.commands('engagelock/', { mac: lock.mac, session });
			lock.write(commands);
			same(lock.engaged, true, 'engaged by command');
			lock.disconnect();
			await ready(stand, false);
			await stand.open(lock);
			same(lock.engaged, true, 'engaged by hand, without explicit lock');
		}
	},
	{
		name: 'lock/settings/unknown',
		rule: 'text, POST /lock/settings/: explicit-lock is the only setting available',
		run: async (stand) => {
			const body = { settings: { 'loud-click': true }, macs: [stand.mac()] };
			const { body: said } = await stand.ask('lock/settings/', body);
			if (said.result === 'failure') return fits(said.error_code, 3, 'error_code');
			fits(said.data.locks, [{ mac: stand.mac(), messages: each(someText, 1) }], 'data.locks');
			const { messages } = said.data.locks[0] as Told;
			holds(
				messages.some((message) => message.startsWith('ERROR: ')),
				`an error: came ${short(messages)}`
			);
		}
	},
	{
		name: 'lock/settings/foreign',
		rule: 'error codes 6 and 7: a lock of another company is refused as an absent one is',
		run: async (stand) => {
			const texts: string[] = [];
			for (const mac of [stand.foreignLock(), absentMac()]) {
				const body = { settings: { 'explicit-lock': true }, macs: [mac] };
				const { text } = await stand.ask('lock/settings/', body);
				same(text.includes('SUCCESS: saved settings'), false, 'saved on a foreign lock');
				texts.push(withoutMac(text, mac));
			}
			same(texts[0], texts[1], 'the answer about a foreign lock');
		}
	},
	...badInputs('lock/settings', 'treatment 8 and the types of the table', {
		'no macs': () => ({ settings: { 'explicit-lock': true } }),
		'no settings': (stand) => ({ macs: [stand.mac()] }),
		'five octets': () => ({ settings: { 'explicit-lock': true }, macs: ['F1:E2:D3:C4:B5'] }),
		'text for settings': (stand) => ({ settings: 'explicit-lock', macs: [stand.mac()] }),
		'text for true': (stand) => ({ settings: { 'explicit-lock': 'true' }, macs: [stand.mac()] })
	})
];

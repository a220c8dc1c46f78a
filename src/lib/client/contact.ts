import { ContactReply, type ContactRequest } from '../api/app/offline.ts';
import { heldEkeysOf, heldOf, type Keyring } from '../vault/keyring.ts';
import type { Call } from './call.ts';

export interface ContactParts {
	keyring: Pick<Keyring, 'meet' | 'facts' | 'keep'>;
	call: Call;
	/** What people call this phone. */
	name: string;
	/** Asks the browser to keep what is stored; null where it cannot be asked. */
	persist: () => Promise<boolean | null>;
}

/**
 * Reports to the server and brings the keys of this phone to what it answers: new ones are sealed,
 * ends move, and what was taken away is deleted, which the server is told at once.
 * @throws ClientError, VaultError
 */
export async function contact(
	{ keyring, call, name, persist }: ContactParts,
	owner: string
): Promise<void> {
	// The second time only to say what was deleted.
	for (let times = 0; times < 2; times++) {
		const { phone, born } = await keyring.meet(owner);
		const { device, keys, ekeys } = await keyring.facts(owner);
		if (!device) return;
		const told = device.wipedDoors ?? [];
		const persisted = keys.length + ekeys.length > 0 ? await persist() : device.persisted;
		const body: ContactRequest = {
			phone: { id: phone, name },
			persisted,
			has: heldOf(keys),
			wiped: device.wiped,
			doors: { has: heldEkeysOf(ekeys), wiped: told }
		};
		const reply = await call(ContactReply, 'POST', '/api/offline/contact', body);
		const { doors } = reply;
		const heard = {
			...{ ...reply, told: device.wiped, heardAt: Date.now(), persisted },
			...(doors ? { ekeys: { offered: doors.keys, told } } : {})
		};
		if (!(await keyring.keep(born, heard))) return;
		const after = await keyring.facts(owner);
		const first = keys.length + ekeys.length === 0 && after.keys.length + after.ekeys.length > 0;
		const gone = after.device ? [...after.device.wiped, ...(after.device.wipedDoors ?? [])] : [];
		if (!first && gone.length === 0) return;
	}
}

/** What people call a machine, out of what its browser says of itself. */
export function phoneName(agent: string): string {
	const model = /Android [\d.]+; ([^;)]+)/.exec(agent)?.[1]?.trim();
	// Chrome says K instead of a model.
	if (model && model !== 'K') return model.slice(0, 80);
	return SYSTEMS.find(([sign]) => agent.includes(sign))?.[1] ?? 'Another phone';
}

const SYSTEMS = [
	['Android', 'Android phone'],
	['Windows', 'Windows computer'],
	['Macintosh', 'Mac'],
	['CrOS', 'Chromebook'],
	['Linux', 'Linux computer']
] as const;

import { ContactReply, type ContactRequest } from '../api/app/offline.ts';
import { heldEkeysOf, heldOf, type Keyring } from '../vault/keyring.ts';
import type { StoredTurn, Turns } from '../vault/turns.ts';
import type { Call } from './call.ts';

export interface ContactParts {
	keyring: Pick<Keyring, 'meet' | 'facts' | 'keep'>;
	/** Openings at door locks that the server has not been told. */
	turns?: Pick<Turns, 'of' | 'settle'> | undefined;
	call: Call;
	/** What people call this phone. */
	name: string;
	/** Asks the browser to keep what is stored; null where it cannot be asked. */
	persist: () => Promise<boolean | null>;
}

/** What one contact tells of openings at door locks. */
const MOST_TURNS = 100;

/** Characters of them: well below what the server reads of one request. */
const MOST_TOLD = 64 * 1024;

/**
 * Reports to the server and brings the keys of this phone to what it answers: new ones are sealed,
 * ends move, and what was taken away is deleted, which the server is told at once.
 * @throws ClientError, VaultError
 */
export async function contact(
	{ keyring, turns, call, name, persist }: ContactParts,
	owner: string
): Promise<void> {
	// The second time only to say what was deleted.
	for (let times = 0; times < 2; times++) {
		const { phone, born } = await keyring.meet(owner);
		const { device, keys, ekeys } = await keyring.facts(owner);
		if (!device) return;
		const told = device.wipedDoors ?? [];
		const sent = tellable((await turns?.of(owner)) ?? []);
		const persisted = keys.length + ekeys.length > 0 ? await persist() : device.persisted;
		const body: ContactRequest = {
			phone: { id: phone, name },
			persisted,
			has: heldOf(keys),
			wiped: device.wiped,
			doors: {
				has: heldEkeysOf(ekeys),
				wiped: told,
				turns: sent.map(({ owner: _, ...turn }) => turn)
			}
		};
		const reply = await call(ContactReply, 'POST', '/api/offline/contact', body);
		const { doors } = reply;
		await turns?.settle(sent.filter(({ id }) => doors?.heard.includes(id)));
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

/** As many as one contact may tell; a long one waits for no other, and no other for it. */
function tellable(turns: readonly StoredTurn[]): StoredTurn[] {
	let left = MOST_TOLD;
	const told = turns.filter((turn) => {
		const { length } = JSON.stringify(turn);
		if (length > left) return false;
		left -= length;
		return true;
	});
	return told.slice(0, MOST_TURNS);
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

import { succeeded } from '../envelope.ts';
import { anyText, each, either, fits, type Shape } from '../shape.ts';
import type { Fob } from '../fob.ts';
import type { Stand } from '../stand.ts';
import { MAC } from './locks-shown.ts';

/** One credential as the fob family answers it. */
export interface Credential {
	readonly mac: string;
	readonly tracking_key: string;
	readonly offline_key: string;
	readonly unlock_command: string;
	readonly status: 'pending' | 'synced' | 'revoke_pending';
}

export interface LocksOfFob {
	readonly fob: string;
	readonly locks: readonly Credential[];
}

const CREDENTIAL: Shape = {
	mac: MAC,
	tracking_key: anyText,
	offline_key: /^[0-9a-fA-F]{32}$/,
	unlock_command: /^[0-9a-fA-F]{40}$/,
	status: either('pending', 'synced', 'revoke_pending')
};

export const FOB_DATA = each({ fob: MAC, locks: each(CREDENTIAL) });

type Path = 'fobs/issue' | 'fobs/revoke' | 'fobs/display';

/** A call of the family that has to succeed whole. */
export async function askFobs(
	stand: Stand,
	path: Path,
	body: object | undefined
): Promise<LocksOfFob[]> {
	const answer = await stand.ask(`${path}/`, body);
	succeeded(answer, { request: path, data: FOB_DATA, details: 'list' });
	return answer.body.data;
}

/** Gives the fob one credential for each lock. */
export async function grant(
	stand: Stand,
	fob: Fob,
	locks: readonly { readonly mac: string }[],
	trackingKey = 'BobFob'
): Promise<LocksOfFob[]> {
	const wanted = locks.map(({ mac }) => ({ mac, tracking_key: trackingKey }));
	return askFobs(stand, 'fobs/issue', { fob_mac: fob.mac, locks: wanted });
}

/** The credentials of one fob. */
export async function credentials(stand: Stand, { mac }: Fob): Promise<readonly Credential[]> {
	const data = await askFobs(stand, 'fobs/display', { fob_macs: [mac] });
	fits(
		data.map(({ fob }) => fob),
		[mac],
		'the fobs of the answer'
	);
	return data[0]!.locks;
}

/** `mac tracking_key status` of each credential, sorted. */
export function lines(locks: readonly Credential[]): string[] {
	return locks.map((one) => `${one.mac} ${one.tracking_key} ${one.status}`).toSorted();
}

/** Fobs that hold nothing, and of which nothing is to be taken. */
export async function emptyFobs(stand: Stand, many: number): Promise<Fob[]> {
	const fobs = stand.fobs(many);
	for (const fob of fobs) {
		const all = await credentials(stand, fob);
		if (all.length === 0) continue;
		const held = all.filter(({ status }) => status !== 'revoke_pending').map(({ mac }) => mac);
		if (held.length > 0) await askFobs(stand, 'fobs/revoke', { fob_mac: fob.mac, lock_macs: held });
		await stand.sync(fob);
	}
	return fobs;
}

/** A fob that holds nothing. */
export async function emptyFob(stand: Stand): Promise<Fob> {
	return (await emptyFobs(stand, 1))[0]!;
}

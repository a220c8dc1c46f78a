import type { Padlock } from '../padlock.ts';
import { succeeded } from '../envelope.ts';
import { count, each, maybe, someText, yesOrNo, type Shape } from '../shape.ts';
import type { Stand } from '../stand.ts';
import { MAC } from './locks-shown.ts';

/** One code as the quick click family answers it. */
export interface Code {
	readonly code: string;
	readonly pending?: boolean;
	readonly revoked?: boolean;
	readonly uses: number;
	readonly start_uses: number;
}

export interface CodesOfLock {
	readonly mac: string;
	readonly quick_clicks: readonly Code[];
}

export interface ErrorDetail {
	readonly mac: string;
	readonly code: string;
	readonly msg: string;
	readonly action: string;
}

/** In answers to issue and revoke `pending` and `revoked` are there "if applicable". */
const CHANGED: Shape = {
	code: /^[01]{3,24}$/,
	pending: maybe(yesOrNo),
	revoked: maybe(yesOrNo),
	uses: count,
	start_uses: count
};
const SHOWN: Shape = { ...CHANGED, pending: yesOrNo, revoked: yesOrNo };

export const CHANGED_DATA = each({ mac: MAC, quick_clicks: each(CHANGED) });
export const SHOWN_DATA = each({ mac: MAC, quick_clicks: each(SHOWN) });
export const DETAILS: Shape = each(
	{ mac: MAC, code: { check: () => null }, msg: someText, action: someText },
	1
);

export type Action = 'issue' | 'revoke';

/** `mac` and codes in the words of the table; a code without uses is given 255. */
export function codesOf(
	mac: string,
	codes: readonly (string | { code: unknown; uses?: unknown })[]
): object {
	const quick_clicks = codes.map((one) =>
		typeof one === 'string' ? { code: one, uses: 255 } : one
	);
	return { mac, quick_clicks };
}

/** A change that has to succeed whole, in the default version. */
export async function change(
	stand: Stand,
	action: Action,
	mac: string,
	codes: readonly (string | { code: string; uses: number })[]
): Promise<readonly CodesOfLock[]> {
	const answer = await stand.ask(`qc/${action}/`, codesOf(mac, codes));
	succeeded(answer, { request: `qc/${action}`, data: CHANGED_DATA, details: 'null' });
	return answer.body.data;
}

/** What qc/display says of these locks, or of all. */
export async function displayed(stand: Stand, macs?: readonly string[]): Promise<CodesOfLock[]> {
	const answer = await stand.ask('qc/display/', macs === undefined ? {} : { macs });
	succeeded(answer, { request: 'qc/display', data: SHOWN_DATA, details: 'null' });
	return answer.body.data;
}

/** The codes of one lock, sorted; a lock without any may be left out. */
export async function codesAt(stand: Stand, mac: string): Promise<Code[]> {
	const all = (await displayed(stand, [mac])).flatMap(({ quick_clicks }) => quick_clicks);
	return all.toSorted((a, b) => (a.code < b.code ? -1 : 1));
}

/** Padlocks without a quick click, and with nothing waiting. */
export async function codeless(stand: Stand, many: number): Promise<Padlock[]> {
	const locks = await stand.padlocks(3);
	for (const lock of locks) {
		const all = await codesAt(stand, lock.mac);
		const codes = all.filter(({ revoked }) => !revoked);
		for (let i = 0; i < codes.length; i += 50)
			await change(stand, 'revoke', lock.mac, codes.slice(i, i + 50));
		if (all.length > 0) await stand.open(lock);
	}
	return locks.slice(0, many);
}

/** A padlock without a quick click. */
export async function codelessLock(stand: Stand): Promise<Padlock> {
	return (await codeless(stand, 1))[0]!;
}

/** `n` as a code of this many presses. */
export function codeNumber(n: number, presses = 12): string {
	return n.toString(2).padStart(presses, '0');
}

/** The codes, sorted. */
export function names(codes: readonly Code[]): string[] {
	return codes.map(({ code }) => code).toSorted();
}

/** A padlock that holds this code, and is known to. */
export async function holding(stand: Stand, code: string, uses = 255): Promise<Padlock> {
	const lock = await codelessLock(stand);
	await change(stand, 'issue', lock.mac, [{ code, uses }]);
	await stand.open(lock);
	return lock;
}

import type { Padlock } from '../padlock.ts';
import { succeeded } from '../envelope.ts';
import { each, type Shape } from '../shape.ts';
import { type Key, type Stand } from '../stand.ts';
import { MAC } from './locks-shown.ts';

export const KEY: Record<string, Shape> = {
	tracking_key: /./,
	offline_key: /^[0-9a-fA-F]{32}$/,
	unlock_command: /^[0-9a-fA-F]{40}$/
};
export const ANSWER = { request: 'keys', data: { locks: each({ mac: MAC, keys: each(KEY) }) } };

export interface KeysOfLock {
	mac: string;
	keys: Key[];
}

/** The locks of an answer whose shape was looked at. */
export async function ask(stand: Stand, body: unknown): Promise<KeysOfLock[]> {
	const answer = await stand.ask('keys/', body);
	succeeded(answer, ANSWER);
	return answer.body.data.locks;
}

/** `mac tracking_key`, sorted: what an answer lists, whatever its order. */
export function names(locks: readonly KeysOfLock[]): string[] {
	return locks
		.flatMap(({ mac, keys }) => keys.map(({ tracking_key }) => `${mac} ${tracking_key}`))
		.toSorted();
}

export const pairs = (macs: readonly string[], keys: readonly string[]): string[] =>
	macs.flatMap((mac) => keys.map((key) => `${mac} ${key}`)).toSorted();

/** Padlocks without a key, and with nothing waiting; the others have no live key either. */
export async function keyless(stand: Stand, many: number): Promise<Padlock[]> {
	const locks = await stand.padlocks(many);
	await stand.data('keys/', { revoke: [{ macs: stand.macs(3) }] });
	for (const lock of locks) await stand.open(lock);
	return locks;
}

/** As `keyless`, and then with these keys, which no lock knows yet. */
export async function issued(stand: Stand, many: number, tracking_keys: readonly string[]) {
	const locks = await keyless(stand, many);
	const macs = locks.map(({ mac }) => mac);
	const given = await ask(stand, { issue: [{ macs, tracking_keys }] });
	return { locks, macs, given };
}

export const ALL = ['bob', 'linda'];

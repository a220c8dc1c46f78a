import type { Link } from '../link/link.ts';
import { fromHex } from '../protocol/bytes.ts';
import type { OpenRefusal } from '../vault/task.ts';
import { failureOf } from './failures.ts';
import type { Readiness } from './offline.svelte.ts';
import type { Screen } from './opening.ts';
import type { FailureCode } from './phases.ts';
import { lossOf, type Commands } from './relay.ts';
import type { Sync } from './sync.svelte.ts';

/**
 * The command of a key on this phone for this session, or why there is none.
 * @throws LinkError `lost`, `timed-out`, `not-a-lock`; what `cause` is a fault of
 */
export async function useKey(
	keys: Pick<Readiness, 'use'>,
	link: Link,
	wish: {
		mac: string;
		session: string;
		screen: Pick<Screen, 'offline' | 'keyEnded'>;
		/** Why the server gave no commands. */
		cause: unknown;
	}
): Promise<Commands | FailureCode> {
	const { mac, session, screen, cause } = wish;
	screen.offline();
	const using = Promise.all([keys.use(mac, fromHex(session)), link.ready]);
	const [use] = await Promise.race([using, lossOf(link)]);
	if ('refusal' in use) {
		const { refusal } = use;
		if (refusal.code === 'no-key') return failureOf(cause);
		if (refusal.code === 'lease-over') screen.keyEnded(refusal.ended);
		return FAILURES[refusal.code];
	}
	const { packet, slot, waits, at } = use;
	return { packets: [packet], opensAt: 0, issuedAt: at, key: { slot, waits } };
}

/**
 * Notes the opening before its packet is sent: whatever happens then, it is this phone's.
 * @returns its id
 * @throws LinkError `lost` when the link ends first: then nothing is sent, and nothing noted
 */
export async function claimOn(
	link: Link,
	sync: Pick<Sync, 'claim' | 'withdraw'>,
	opening: Parameters<Sync['claim']>[0]
): Promise<string> {
	const noted = sync.claim(opening);
	try {
		return await Promise.race([noted, lossOf(link)]);
	} catch (cause) {
		await sync.withdraw(await noted, opening.session);
		throw cause;
	}
}

const FAILURES: Record<Exclude<OpenRefusal['code'], 'no-key'>, FailureCode> = {
	'lease-over': 'lease-over',
	'clock-back': 'clock-back',
	evicted: 'evicted',
	'storage-failed': 'storage-failed'
};

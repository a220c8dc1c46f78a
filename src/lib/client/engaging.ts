import type { Link } from '../link/link.ts';
import type { LockEvent, LockOutcome } from '../protocol/vendors.ts';
import { WAKING } from './alone.ts';
import { drive } from './drive.ts';
import { failureOf } from './failures.ts';
import type { Ports, Screen } from './opening.ts';
import type { FailureCode } from './phases.ts';
import { relay } from './relay.ts';

/** Conversations begun for one tap: engaging what is engaged does nothing, so it may be sent again. */
const TRIES = 3;

type ResultName = NonNullable<LockOutcome['opening']>;

/** What each answer of the lock means; every other is a refusal. */
const BY_RESULT: Partial<Record<ResultName, FailureCode>> = {
	'failed-to-lock': 'not-home',
	'invalid-key': 'wrong-key'
};

/**
 * One tap on Engage: connects, asks the server, writes, and ends the link.
 * @returns why it is not known to hold; null when it does; `cancelled` when no device was chosen
 */
export async function engageLock(
	parts: Ports,
	screen: Screen,
	signal: AbortSignal
): Promise<FailureCode | 'cancelled' | null> {
	for (let tries = 1; ; tries++) {
		screen.reach('connecting');
		const end = await converse(parts, tries === 1, screen, signal);
		if (end !== 'lost-engaging' || tries === TRIES || signal.aborted) return end;
	}
}

async function converse(
	parts: Ports,
	choose: boolean,
	screen: Screen,
	signal: AbortSignal
): Promise<FailureCode | 'cancelled' | null> {
	let link: Link | null = null;
	try {
		link = await parts.connect({ choose, within: WAKING, signal });
		if (!link) return choose ? 'cancelled' : 'lost-engaging';
		const { session, batteryMillivolts } = parts.vendor.parseHello(link.hello);
		if (batteryMillivolts !== null) screen.battery(batteryMillivolts);
		screen.reach('asking');
		const wish = { session, action: 'engage', signal, slow: screen.slow } as const;
		const { packets } = await relay(parts, link, wish);
		const results = await write(parts, link, { session, packets, screen, signal });
		if (results.includes('success')) {
			screen.engaged();
			return null;
		}
		// Of several keys that it may hold only one fits; what that one is answered counts.
		const said = results.find((result) => result !== 'invalid-key') ?? results[0];
		return said === undefined ? 'lost-engaging' : (BY_RESULT[said] ?? 'refused-by-lock');
	} catch (cause) {
		return signal.aborted ? 'lost-engaging' : failureOf(cause);
	} finally {
		link?.close();
	}
}

/** What the lock answered to each packet; what it says to the server is on the disk by then. */
async function write(
	{ sync, vendor, mac }: Ports,
	link: Link,
	what: {
		session: string;
		packets: Parameters<Ports['vendor']['converse']>[0];
		screen: Screen;
		signal: AbortSignal;
	}
): Promise<ResultName[]> {
	const { session, packets, screen, signal } = what;
	const kept = sync.begin(mac, session);
	const results: ResultName[] = [];
	const tell = async (event: LockEvent): Promise<void> => {
		if (event.kind === 'server-packet') kept.add(event.packet);
		else await kept.stored();
		if (event.kind === 'writing' && event.index === 0) screen.reach('opening');
		if (event.kind === 'answered') results.push(event.result);
		if (event.kind === 'finished') link.close();
	};
	try {
		await drive(vendor.converse(packets, null), link, { tell, signal });
		return results;
	} finally {
		await kept.stored();
		screen.said(session);
		if (kept.count > 0) void sync.flush();
	}
}

import type { Selectable, Updateable } from 'kysely';
import { readLittleEndian, fromHex } from '../../protocol/bytes.ts';
import type { LockTable } from '../db/tables.ts';
import type { Said } from './said.ts';
import { step } from './sync.ts';
import { syncOf, toColumns, type SyncColumns } from './sync-columns.ts';

/** What an answer of the lock can change. */
export type HeardColumns = SyncColumns &
	Pick<
		Selectable<LockTable>,
		| 'setup_count'
		| 'recovery'
		| 'battery_at'
		| 'state_at'
		| 'last_opened_at'
		| 'log_cursor'
		| 'log_seen'
	>;

/** A record that was not here before. */
export interface FreshEvent {
	counter: number;
	session: string;
	start: number;
	end: number;
	state: LockTable['state'];
	trackingKey: string | null;
}

/** Lock states of an acknowledgement (docs/lock-scheme.md section 6). */
const STATES = new Map<number, NonNullable<LockTable['state']>>([
	[0, 'open'],
	[2, 'unshackled'],
	[3, 'closed']
]);

/** What changes in a lock's row by what it said, apart from how far its log is here. */
export function learn(
	row: HeardColumns,
	said: readonly Said[],
	fresh: readonly FreshEvent[]
): Updateable<LockTable> {
	const believed = said.filter((one) => isNews(one, fresh));
	return {
		...proven(row, said),
		...battery(row, believed),
		...shackle(row, believed, fresh),
		...opened(row, fresh)
	};
}

/**
 * Whether this was not heard before: in a session of ours by its ordinal, else by a record that is
 * new. Somebody who sends old packets again must not change what is known of the lock.
 */
function isNews({ issued, packet, session }: Said, fresh: readonly FreshEvent[]): boolean {
	if (issued !== null) return packet.ordinal > (issued.heard ?? -1);
	return fresh.some((event) => event.session === session);
}

function proven(row: HeardColumns, said: readonly Said[]): Updateable<LockTable> {
	const before = syncOf(row);
	let sync = before;
	for (const { epoch, issued } of said) {
		const probed = issued !== null && issued.recovery === row.recovery;
		sync = step(sync, { kind: 'proof', epoch, probed }).sync;
	}
	if (sync === before) return {};
	// The first keys of its own: the lock is set up from now on.
	const setUp = row.setup_count === 0 && sync.active > 0 ? { setup_count: 1 } : {};
	const settled = sync.phase === 'steady' ? { pending_changes: null, alarm: null } : {};
	return { ...toColumns(sync), ...settled, ...setUp };
}

function battery(row: HeardColumns, believed: readonly Said[]): Updateable<LockTable> {
	const last = believed.reduce<Said | null>((a, b) => (a && a.at >= b.at ? a : b), null);
	if (last === null || last.at < (row.battery_at ?? 0)) return {};
	return { battery_mv: readLittleEndian(fromHex(last.session), 2, 2), battery_at: last.at };
}

function shackle(
	row: HeardColumns,
	believed: readonly Said[],
	fresh: readonly FreshEvent[]
): Updateable<LockTable> {
	let known: { state: NonNullable<LockTable['state']>; at: number } | null = null;
	const consider = (state: LockTable['state'] | undefined, at: number): void => {
		if (state && at >= (known?.at ?? row.state_at ?? 0)) known = { state, at };
	};
	for (const { state, start, end } of fresh) if (start === end) consider(state, end);
	// The acknowledgement comes after what it acknowledges: on equal times it counts.
	for (const { acknowledgement, at } of believed) {
		if (acknowledgement) consider(STATES.get(acknowledgement.lockState), at);
	}
	const found = known as { state: NonNullable<LockTable['state']>; at: number } | null;
	return found === null ? {} : { state: found.state, state_at: found.at };
}

function opened(row: HeardColumns, fresh: readonly FreshEvent[]): Updateable<LockTable> {
	const last = fresh.findLast(({ state }) => state === 'open' || state === 'unshackled');
	if (last === undefined || last.end < (row.last_opened_at ?? 0)) return {};
	return { last_opened_at: last.end, last_opened_by: last.trackingKey };
}

/**
 * How far the log is here. `held`: counters after the cursor that are in the activity, in order;
 * `oldest`: what is missing before it is gone for good.
 */
export function logOf(
	row: Pick<HeardColumns, 'log_cursor' | 'log_seen'>,
	said: readonly Said[],
	fresh: readonly FreshEvent[],
	{ held, oldest }: { held: readonly number[]; oldest: number | null }
): Pick<LockTable, 'log_cursor' | 'log_seen'> {
	let cursor = Math.max(row.log_cursor, (oldest ?? 0) - 1);
	for (const counter of held) if (counter === cursor + 1) cursor = counter;
	let seen = Math.max(row.log_seen, fresh.at(-1)?.counter ?? 0);
	for (const session of new Set(said.map((one) => one.session))) {
		const mine = said.filter((one) => one.session === session);
		// An answer says what waits after it; only the last one says what waits still.
		const last = mine
			.filter(({ acknowledgement }) => acknowledgement !== null)
			.reduce<Said | null>((a, b) => (a && a.packet.ordinal > b.packet.ordinal ? a : b), null);
		if (!last?.acknowledgement?.moreRecords) continue;
		const sent = Math.max(cursor, ...mine.map(({ record }) => record?.counter ?? 0));
		seen = Math.max(seen, sent + 1);
	}
	return { log_cursor: cursor, log_seen: seen };
}

import type { z } from 'zod';
import type {
	ActivityEntry,
	ActivityQuery,
	ActivityReply,
	UploadReply,
	UploadRequest
} from '../../api/app/activity.ts';
import type { CommandsReply, CommandsRequest } from '../../api/app/locks.ts';
import { toHex } from '../../protocol/bytes.ts';
import type { Db } from '../db/connect.ts';
import { ServerError } from '../error.ts';
import { findLock } from '../locks.ts';
import { checkSender, isManager, type Member } from '../people/identity.ts';
import { listActivity, type ActivityRow, type Place } from './activity.ts';
import { takeClaims } from './claims.ts';
import { issueCommands, type Core } from './issue.ts';
import { refusing } from './refuse.ts';
import { unclaimedAmong } from './unclaimed.ts';
import { hearBatches } from './uploads.ts';

/**
 * The commands for a session of a lock that this person may open; its log will name them by their
 * email address. Throws ServerError `not-found`, `conflict`.
 */
export async function issueTo(
	core: Core,
	who: Member,
	mac: string,
	{ session, action }: CommandsRequest
): Promise<CommandsReply> {
	await findLock(core.db, who, mac);
	const scope = { companyId: who.company.id };
	// Nobody in a demo has an address of their own.
	const trackingKey = who.company.demoEnds === null ? who.email : who.name;
	const request = { mac, session, action, trackingKey, userId: who.userId };
	const { packets, opensAt, issuedAt } = await refusing(issueCommands(core, scope, request));
	return { commands: packets.map(toHex), opensAt, issuedAt };
}

/**
 * Takes in what locks of the company said to this person's phone. A grant is not asked for: who
 * opened a lock yesterday may have lost it since, and the lock's log is the truth. Throws ServerError
 * `conflict`, and takes nothing, when the phone sends for somebody else.
 */
export async function hearFrom(
	core: Core,
	who: Member,
	{ batches, claims = [], sentAt, sender }: z.output<typeof UploadRequest>,
	now: number = Date.now()
): Promise<UploadReply> {
	const companyId = who.company.id;
	if (sender) checkSender(who, sender);
	const reply = await hearBatches(core, { companyId }, batches, now);
	const late = sentAt === undefined ? 0 : now - sentAt;
	await takeClaims(core, { companyId, userId: who.userId }, claims, late, now);
	return reply;
}

/**
 * A page of what happened at the locks this person sees. Throws ServerError `not-found` for a lock
 * they do not see, `bad-input` for a cursor that is none.
 */
export async function showActivity(
	db: Db,
	who: Member,
	query: z.output<typeof ActivityQuery>
): Promise<ActivityReply> {
	const { mac, action, trackingKey, before, after, cursor, limit } = query;
	const rows = await listActivity(db, {
		companyId: who.company.id,
		environments: ['production', 'sandbox'],
		lockIds: mac === undefined ? await grantedTo(db, who) : [(await findLock(db, who, mac)).id],
		actions: action === undefined ? undefined : [action],
		trackingKeys: trackingKey === undefined ? undefined : [trackingKey],
		before,
		after,
		below: cursor === undefined ? undefined : placeOf(cursor),
		limit: limit + 1
	});
	const page = rows.slice(0, limit);
	const last = page.at(-1);
	return {
		activity: await toEntries(db, who, page),
		next: rows.length > limit && last ? `${last.recorded_at}.${last.id}` : null
	};
}

/** The locks a member sees; undefined for who sees all. */
async function grantedTo(db: Db, { company, userId }: Member): Promise<string[] | undefined> {
	if (isManager(company.role)) return undefined;
	const rows = await db
		.selectFrom('grant')
		.select('lock_id')
		.where('company_id', '=', company.id)
		.where('user_id', '=', userId)
		.execute();
	return rows.map(({ lock_id }) => lock_id);
}

function placeOf(cursor: string): Place {
	const parts = /^(\d{1,13})\.([0-9a-z]{26})$/.exec(cursor);
	if (parts === null) throw new ServerError('bad-input', 'cursor: not of a page before.');
	return { recordedAt: Number(parts[1]), id: parts[2]! };
}

async function toEntries(
	db: Db,
	who: Member,
	rows: readonly ActivityRow[]
): Promise<ActivityEntry[]> {
	const ids = [...new Set(rows.map(({ lock_id }) => lock_id))];
	if (ids.length === 0) return [];
	const locks = await db
		.selectFrom('lock')
		.select(['id', 'mac', 'name'])
		.where('company_id', '=', who.company.id)
		.where('id', 'in', ids)
		.execute();
	const known = new Map(locks.map((lock) => [lock.id, lock]));
	const unclaimed = await unclaimedAmong(db, rows);
	return rows.flatMap((row) => {
		const lock = known.get(row.lock_id);
		if (lock === undefined) return [];
		return {
			id: row.id,
			mac: lock.mac,
			lockName: lock.name,
			action: row.action,
			recordedAt: row.recorded_at,
			rangeStart: row.range_start,
			rangeEnd: row.range_end,
			trackingKey: row.tracking_key,
			unclaimed: unclaimed.has(row.id)
		};
	});
}

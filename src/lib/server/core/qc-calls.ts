import type { z } from 'zod';
import type { ErrorDetail } from '../../api/core/envelope.ts';
import type {
	CodesData,
	CodeState,
	DisplayCodesRequest,
	IssueCodesRequest,
	QuickClicksRequest,
	RevokeCodesRequest
} from '../../api/core/quick-clicks.ts';
import type { Version } from '../../api/core/versions.ts';
import { audit } from '../audit.ts';
import { usesOf, type QuickClickRow } from '../quick-click-rows.ts';
import { issueCodes, revokeCodes, type CodeOutcome } from './quick-clicks.ts';
import { holdLock, type HeldLock } from '../slots.ts';
import type { Db } from '../db/connect.ts';
import type { Caller, Outcome } from './caller.ts';
import { CoreError, lockNotFound } from './error.ts';
import { isLive, latest } from './held.ts';
import type { Core } from './issue.ts';
import { lockOf, portions } from './read.ts';

type Action = ErrorDetail['action'];
type Element = { mac: string; quick_clicks: readonly { code: string; uses?: number }[] };

/** Names of one statement. */
const NAMES = 500;

/** The call `qc/issue`. Throws CoreError `lock-not-found`, and `bad-input` when no code worked. */
export function issueCodesCall(
	core: Core,
	caller: Caller,
	request: z.output<typeof IssueCodesRequest>,
	version: Version
): Promise<Outcome<CodesData>> {
	return changeOne(core, caller, request, 'issue', version);
}

/** The call `qc/revoke`. Throws as `qc/issue` does. */
export function revokeCodesCall(
	core: Core,
	caller: Caller,
	request: z.output<typeof RevokeCodesRequest>,
	version: Version
): Promise<Outcome<CodesData>> {
	return changeOne(core, caller, request, 'revoke', version);
}

/**
 * The deprecated call `qc`: issues, revokes, and then displays. What did not work is only told in
 * `error_details`, what did is not told at all.
 */
export async function callQuickClicks(
	core: Core,
	caller: Caller,
	{ issue = [], revoke = [], display = {} }: z.output<typeof QuickClicksRequest>
): Promise<Outcome<CodesData>> {
	const failed: ErrorDetail[] = [];
	const each = async (elements: readonly Element[], action: Action): Promise<void> => {
		for (const element of elements) {
			const { mac, quick_clicks } = element;
			try {
				failed.push(...(await change(core, caller, element, action)).failed);
			} catch (error) {
				if (!(error instanceof CoreError && error.code === 'lock-not-found')) throw error;
				const msg = error.message;
				failed.push(...quick_clicks.map(({ code }) => ({ mac, code, msg, action })));
			}
		}
	};
	await each(issue, 'issue');
	await each(revoke, 'revoke');
	return { data: await displayCodes(core, caller, display), failed };
}

/** The call `qc/display`. Throws CoreError `lock-not-found` when a lock that is named is not there. */
export async function displayCodes(
	{ db }: Core,
	caller: Caller,
	{ macs = [] }: Pick<z.output<typeof DisplayCodesRequest>, 'macs'>
): Promise<NonNullable<CodesData>> {
	const query = db
		.selectFrom('lock')
		.select(['id', 'mac'])
		.where('company_id', '=', caller.companyId)
		.where('environment', '=', caller.environment);
	const locks = new Map<string, string>();
	const named = [...new Set(macs)];
	if (named.length === 0)
		for (const { id, mac } of await query
			.where('quick_clicks_used', '>', 0)
			.orderBy('id')
			.execute())
			locks.set(mac, id);
	for (const some of portions(named, NAMES))
		for (const { id, mac } of await query.where('mac', 'in', some).execute()) locks.set(mac, id);
	const rows = await codesOf(db, [...locks.values()]);
	return (named.length > 0 ? named : [...locks.keys()]).map((mac) => {
		const id = locks.get(mac);
		if (id === undefined) throw lockNotFound();
		const codes = rows.get(id) ?? [];
		return { mac, quick_clicks: codes.map((row) => stateOf(row)) };
	});
}

async function codesOf(db: Db, lockIds: readonly string[]): Promise<Map<string, QuickClickRow[]>> {
	const rows: QuickClickRow[] = [];
	for (const some of portions(lockIds, NAMES)) {
		const query = db.selectFrom('quick_click').selectAll().where('lock_id', 'in', some);
		rows.push(...(await query.where('state', '!=', 'off').orderBy('id').execute()));
	}
	return Map.groupBy(rows, ({ lock_id }) => lock_id);
}

async function changeOne(
	core: Core,
	caller: Caller,
	element: Element,
	action: Action,
	version: Version
): Promise<Outcome<CodesData>> {
	const { mac, quick_clicks, failed } = await change(core, caller, element, action);
	if (quick_clicks.length === 0) {
		const message = `Bad input: ${failed.map(({ code, msg }) => `${code}: ${msg}`).join('; ')}`;
		throw new CoreError('bad-input', message.slice(0, 1000), { details: failed });
	}
	return { data: version === '0.0.0' ? null : [{ mac, quick_clicks }], failed };
}

/** Issues or revokes codes of one lock, in one transaction. */
async function change(
	{ db }: Core,
	caller: Caller,
	{ mac, quick_clicks }: Element,
	action: Action
): Promise<{ mac: string; quick_clicks: CodeState[]; failed: ErrorDetail[] }> {
	const now = Date.now();
	const outcomes = await db.transaction().execute(async (trx) => {
		const row = await lockOf(trx, caller, mac);
		const lock = row === undefined ? undefined : await holdLock(trx, row.id);
		if (lock === undefined) throw lockNotFound();
		const outcomes = await changeHeld(trx, lock, quick_clicks, action, now);
		const codes = outcomes.filter((one) => 'row' in one).length;
		const detail = { mac, codes };
		if (codes > 0) await audit(trx, caller.companyId, 'core-api', `quick-click.${action}`, detail);
		return outcomes;
	});
	// Each code once, as it stands at the end.
	const rows = new Map(outcomes.flatMap((one) => ('row' in one ? [[one.row.id, one.row]] : [])));
	const failed = outcomes.flatMap((one) =>
		'row' in one ? [] : [{ mac, code: one.code, msg: one.message, action }]
	);
	return { mac, quick_clicks: [...rows.values()].map((row) => stateOf(row, action)), failed };
}

function changeHeld(
	trx: Db,
	lock: HeldLock,
	codes: Element['quick_clicks'],
	action: Action,
	now: number
): Promise<CodeOutcome[]> {
	if (action === 'issue')
		return issueCodes(
			trx,
			lock,
			codes.map(({ code, uses = 0 }) => ({ code, uses })),
			now
		);
	return revokeCodes(
		trx,
		lock,
		codes.map(({ code }) => code),
		now
	);
}

function stateOf(row: QuickClickRow, action?: Action): CodeState {
	const { code, state, frozen, wanted_uses, revoked_at } = row;
	const { left, start } = latest(usesOf(row));
	const waits = state === 'waiting' || frozen !== null || wanted_uses !== null;
	// Of a revoked code the text says so, and not that it waits for the lock.
	const pending = isLive(row) && waits;
	const revocation = action === 'issue' ? {} : { revoked: revoked_at !== null };
	return { code, pending, ...revocation, uses: left, start_uses: start };
}

import type { Updateable } from 'kysely';
import type { z } from 'zod';
import type * as api from '../../api/sifely/keys.ts';
import { audit } from '../audit.ts';
import type { EkeyTable } from '../db/door-tables.ts';
import { actorOf, type Holder } from './caller.ts';
import { holdDoor, mustManage, mustOwn, type DoorRow, type EkeyRow, type Held } from './doors.ts';
import { endKey, mayChange } from './ekeys.ts';
import { keyNotFound, SifelyError } from './error.ts';
import { changeHeld, holdKey, mustBeOf } from './held-keys.ts';
import { removeDoor, type Doors } from './locks.ts';
import { columnsOf, mustOutlast, readPeriod, type Period } from './periods.ts';

/**
 * Everybody may give up their own eKey, administrators end those of others. The owner who deletes their
 * own deletes the lock. Throws SifelyError `no-ekey`, `not-permitted`.
 */
export async function deleteKey(
	{ db }: Doors,
	caller: Holder,
	{ keyId }: z.output<typeof api.KeyRequest>
): Promise<void> {
	await db.transaction().execute(async (trx) => {
		const { held, key } = await holdKey(trx, caller, keyId);
		const isOwn = key.account_id === caller.uid;
		if (!isOwn && key.kind === 'admin')
			throw new SifelyError('not-permitted', 'the eKey of its owner goes with the lock');
		if (!isOwn) mayChange(held, key);
		if (isOwn && key.kind === 'admin') return removeDoor(trx, caller, key.lock_id);
		await endKey(trx, keyId);
		const deed = { lockId: key.lock_id, keyId };
		await audit(trx, caller.companyId, actorOf(caller), 'ekey.delete', deed);
	});
}

/** An eKey that is frozen opens nothing until it is thawed, at honest apps and at this server. */
export function freezeKey(
	doors: Doors,
	caller: Holder,
	{ keyId }: z.output<typeof api.KeyRequest>
): Promise<void> {
	return change(doors, caller, keyId, (key) => frozen(key, 'frozen'));
}

export function thawKey(
	doors: Doors,
	caller: Holder,
	{ keyId }: z.output<typeof api.KeyRequest>
): Promise<void> {
	return change(doors, caller, keyId, (key) => frozen(key, 'normal'));
}

function frozen(key: EkeyRow, state: 'frozen' | 'normal'): Updateable<EkeyTable> {
	if (key.state === 'reset')
		throw new SifelyError('not-permitted', 'this eKey was reset: send another');
	return { state };
}

/** Throws SifelyError `period-fixed` for an eKey that was reset. */
export function changePeriod(
	doors: Doors,
	caller: Holder,
	request: z.output<typeof api.ChangePeriodRequest>
): Promise<void> {
	return change(doors, caller, request.keyId, (key, held) => {
		mustBeOpen(key);
		const recurring = key.recurrence !== null || request.weekDays !== undefined;
		const known = key.recurrence === null ? {} : (JSON.parse(key.recurrence) as object);
		const period = readPeriod({ ...known, ...told(request) }, recurring);
		mustOutlast(held, period);
		return columnsOf(period);
	});
}

export function updateKey(
	doors: Doors,
	caller: Holder,
	{ keyId, keyName, remoteEnable }: z.output<typeof api.UpdateKeyRequest>
): Promise<void> {
	return change(doors, caller, keyId, (key) => ({
		name: keyName ?? key.name,
		remote_enable: remoteEnable ?? key.remote_enable
	}));
}

/** Makes a holder an administrator beside the owner, or no longer. */
export function authorizeKey(
	doors: Doors,
	caller: Holder,
	request: z.output<typeof api.AuthorizeRequest>
): Promise<void> {
	return setRight(doors, caller, request, 1);
}

export function unauthorizeKey(
	doors: Doors,
	caller: Holder,
	request: z.output<typeof api.AuthorizeRequest>
): Promise<void> {
	return setRight(doors, caller, request, 0);
}

function setRight(
	doors: Doors,
	caller: Holder,
	{ lockId, keyId }: z.output<typeof api.AuthorizeRequest>,
	right: 0 | 1
): Promise<void> {
	return change(doors, caller, keyId, (key, held) => {
		if (key.lock_id !== lockId) throw keyNotFound();
		mustOwn(held);
		return { key_right: right };
	});
}

/**
 * Several at once, all or none, of an eKey of this lock. Throws SifelyError `no-lock`, `no-ekey`,
 * `not-permitted`, `period-fixed`, `own-key-shorter`.
 */
export async function changeKeyOf(
	{ db }: Doors,
	caller: Holder,
	lockId: number,
	keyId: number,
	wish: {
		name?: string | undefined;
		state?: 'normal' | 'frozen' | undefined;
		period?: Period | undefined;
		keyRight?: 0 | 1 | undefined;
	}
): Promise<{ lock: DoorRow; before: EkeyRow; after: EkeyRow }> {
	return db.transaction().execute(async (trx) => {
		mustManage(await holdDoor(trx, caller, lockId));
		// Before its own lock is held: two at once must not wait for each other.
		await mustBeOf(trx, lockId, keyId);
		return changeHeld(trx, caller, keyId, (key, held) => {
			if (wish.keyRight !== undefined) mustOwn(held);
			if (wish.period !== undefined) mustBeOpen(key);
			if (wish.period !== undefined) mustOutlast(held, wish.period);
			return {
				name: wish.name ?? key.name,
				key_right: wish.keyRight ?? key.key_right,
				...(wish.state && frozen(key, wish.state)),
				...(wish.period && columnsOf(wish.period))
			};
		});
	});
}

function mustBeOpen({ state }: EkeyRow): void {
	if (state === 'reset') throw new SifelyError('period-fixed', 'this eKey was reset: send another');
}

/** What was sent, without what was not. */
function told<T extends object>(request: T): T {
	const known = Object.entries(request).filter(([, value]) => value !== undefined);
	return Object.fromEntries(known) as T;
}

/** Changes somebody else's eKey, of whom this account is an administrator. */
async function change(
	{ db }: Doors,
	caller: Holder,
	keyId: number,
	made: (key: EkeyRow, held: Held) => Updateable<EkeyTable>
): Promise<void> {
	await db.transaction().execute(async (trx) => {
		await changeHeld(trx, caller, keyId, made);
	});
}

import type { z } from 'zod';
import type { PassageHours } from '../../api/app/door-detail.ts';
import type { PassageMode, PassageModeRequest } from '../../api/sifely/locks.ts';
import { audit } from '../audit.ts';
import type { Db } from '../db/connect.ts';
import { actorOf, type Caller } from './caller.ts';
import { heldDoor, holdDoor, mustManage, type DoorRow } from './doors.ts';

const OFF: PassageMode = {
	passageMode: 2,
	startDate: 0,
	endDate: 0,
	isAllDay: 2,
	weekDays: [],
	autoUnlock: 2
};

/** The passage mode as it was last told; off before that. */
export function passageOf({ passage }: Pick<DoorRow, 'passage'>): PassageMode {
	return passage === null ? OFF : (JSON.parse(passage) as PassageMode);
}

/** Writes down what a phone has set at the lock; what is left out stays as it was. */
export async function setPassage(
	{ db }: { readonly db: Db },
	caller: Caller,
	{ lockId, type: _, ...told }: z.output<typeof PassageModeRequest>
): Promise<void> {
	await db.transaction().execute(async (trx) => {
		const { lock } = mustManage(await holdDoor(trx, caller, lockId));
		const known = Object.entries(told).filter(([, value]) => value !== undefined);
		const passage = { ...passageOf(lock), ...Object.fromEntries(known) };
		await trx
			.updateTable('door_lock')
			.set({ passage: JSON.stringify(passage) })
			.where('id', '=', lockId)
			.execute();
		await audit(trx, caller.companyId, actorOf(caller), 'door-lock.change', { lockId, passage });
	});
}

export async function showPassage(
	{ db }: { readonly db: Db },
	caller: Caller,
	{ lockId }: { lockId: number }
): Promise<PassageMode> {
	return passageOf((await heldDoor(db, caller, lockId)).lock);
}

/** The same for our own pages, or null when it is off. */
export function passageHours(lock: Pick<DoorRow, 'passage'>): PassageHours | null {
	const { passageMode, isAllDay, startDate, endDate, weekDays } = passageOf(lock);
	if (passageMode !== 1 || weekDays.length === 0) return null;
	const allDay = isAllDay === 1;
	return { weekDays, from: allDay ? 0 : startDate, until: allDay ? 0 : endDate };
}

/** The column of what our own pages have set. */
export function passageColumn(lock: Pick<DoorRow, 'passage'>, hours: PassageHours | null): string {
	const { autoUnlock } = passageOf(lock);
	if (hours === null) return JSON.stringify({ ...OFF, autoUnlock });
	const { weekDays, from, until } = hours;
	return JSON.stringify({
		passageMode: 1,
		startDate: from,
		endDate: until,
		isAllDay: from === 0 && until === 0 ? 1 : 2,
		weekDays,
		autoUnlock
	} satisfies PassageMode);
}

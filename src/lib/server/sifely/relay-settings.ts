import type { DoorSaid, PassageHours } from '../../api/app/door-detail.ts';
import type { RelayReply } from '../../api/app/doors.ts';
import { localOf } from '../../protocol/ttlock/dates.ts';
import {
	changePassage,
	readAutoLock,
	readClock,
	readDeviceInfo,
	readStatus as askStatus,
	readSwitch,
	writeAutoLock,
	writeClock,
	writeSwitch
} from '../../protocol/ttlock/exchanges.ts';
import type { PassageRule } from '../../protocol/ttlock/passage.ts';
import { resultOf, type Exchange, type Reached } from '../../protocol/ttlock/programs.ts';
import { perform, type Performed, type UpkeepEvent } from '../../protocol/ttlock/upkeep.ts';
import { audit } from '../audit.ts';
import { actorOf } from './caller.ts';
import { passageColumn } from './passage.ts';
import { adminOf, converse, type Turn } from './relay-turn.ts';
import { hasAll, saidOf } from './said.ts';

/** Sets the lock's clock to the right time; what it was off is known no more. */
export function setClock(turn: Turn): Promise<RelayReply> {
	// The time of the conversation, not of this step: the same answers must give the same frame.
	const local = localOf(turn.at * 1000, turn.door.lock.timezone_offset);
	return setOne(turn, writeClock(local), { clock: true }, { clockOff: 0 });
}

export function setAutoLock(turn: Turn, seconds: number): Promise<RelayReply> {
	const range = saidOf(turn.door.lock)?.autoLock ?? { min: 0, max: 0 };
	const autoLock = { ...range, seconds };
	return setOne(turn, writeAutoLock(seconds), { autoLock: seconds }, { autoLock });
}

export function setSound(turn: Turn, on: boolean): Promise<RelayReply> {
	return setOne(turn, writeSwitch('sound', on), { sound: on }, { sound: on });
}

/** All rules that it has go first: one that was cut half-way is done again whole. */
export function setPassage(turn: Turn, hours: PassageHours | null): Promise<RelayReply> {
	const writes = [
		changePassage({ op: 'clear' }),
		...rulesOf(hours).map((rule) => changePassage({ op: 'add', rule }))
	];
	return converse(turn, perform(adminOf(turn), writes), {
		end: async ({ reached, ...end }) => {
			const result = resultOfAll(end, reached);
			if (result !== 'success') return result;
			const passage = passageColumn(turn.door.lock, hours);
			await save(turn, { passage }, { passage: hours });
			return result;
		}
	});
}

function rulesOf(hours: PassageHours | null): PassageRule[] {
	if (hours === null) return [];
	const days = new Set(hours.weekDays);
	const { from, until } = hours;
	const each = days.size === 7 ? [0] : [...days].sort((a, b) => a - b);
	return each.map((day) => ({ repeats: 'weekly', day, month: 0, from, until }));
}

async function setOne(
	turn: Turn,
	exchange: Exchange<true>,
	deed: object,
	said: Partial<DoorSaid>
): Promise<RelayReply> {
	return converse<UpkeepEvent, Performed<true>>(turn, perform(adminOf(turn), [exchange]), {
		end: async ({ reached, ...end }) => {
			const result = resultOfAll(end, reached);
			if (result !== 'success') return result;
			await save(turn, { said: hasAll(turn.door.lock, said, turn.now) }, deed);
			return result;
		}
	});
}

/** Asks everything that a page shows; what the lock does not know it refuses, and that is no failure. */
export function readStatus(turn: Turn): Promise<RelayReply> {
	const { lock } = turn.door;
	const exchanges: readonly Exchange<unknown>[] = [
		askStatus(),
		readClock(),
		readAutoLock(),
		readSwitch('sound'),
		readDeviceInfo('model'),
		readDeviceInfo('hardware'),
		readDeviceInfo('firmware')
	];
	return converse(turn, perform(adminOf(turn), exchanges), {
		end: async ({ reached, ...end }) => {
			if (end.end === 'refused') return end.result;
			const [status, clock, autoLock, sound, model, hardware, firmware] = reached.map(valueOf) as [
				{ battery: number; unlocked: boolean } | null,
				number | null,
				{ seconds: number; range: { min: number; max: number } | null } | null,
				{ on: boolean } | null,
				string | null,
				string | null,
				string | null
			];
			const right = localOf(turn.now, lock.timezone_offset);
			const said = {
				model,
				hardware,
				firmware,
				isUnlocked: status?.unlocked ?? null,
				clockOff: clock === null ? null : clock - right,
				autoLock: autoLock && {
					seconds: autoLock.seconds,
					...(autoLock.range ?? { min: 0, max: 0 })
				},
				sound: sound?.on ?? null
			};
			const battery =
				status === null ? {} : { battery: Math.min(status.battery, 100), battery_at: turn.now };
			const columns = { ...battery, said: hasAll(lock, said, turn.now) };
			await turn.trx.updateTable('door_lock').set(columns).where('id', '=', lock.id).execute();
			return 'success';
		}
	});
}

function valueOf(reached: Reached<unknown>): unknown {
	return reached.kind === 'done' ? reached.value : null;
}

function resultOfAll(
	end: Omit<Performed<unknown>, 'reached'>,
	reached: readonly Reached<unknown>[]
): string {
	if (end.end === 'refused' && 'result' in end) return String(end.result);
	const results = reached.map((one) =>
		one.kind === 'done' || one.kind === 'refused' ? resultOf(one) : 'failed'
	);
	return results.find((result) => result !== 'success') ?? 'success';
}

async function save(
	{ trx, door, holder }: Turn,
	columns: { said?: string; passage?: string },
	deed: object
): Promise<void> {
	const { id: lockId } = door.lock;
	await trx.updateTable('door_lock').set(columns).where('id', '=', lockId).execute();
	await audit(trx, holder.companyId, actorOf(holder), 'door-lock.change', { lockId, ...deed });
}

import type { RelayReply, RelayRequest } from '../../api/app/doors.ts';
import { fromHex } from '../../protocol/bytes.ts';
import { ServerError } from '../error.ts';
import type { Member } from '../people/identity.ts';
import { holderOf, holdPersonDoor } from './doors-for-people.ts';
import { openLockData } from './lock-data.ts';
import type { Doors } from './locks.ts';
import { turnBolt } from './relay-bolt.ts';
import { hearLog } from './relay-log.ts';
import { readPasscodes, tellPasscode } from './relay-passcodes.ts';
import { resetEkeys, resetLock } from './relay-resets.ts';
import { readStatus, setAutoLock, setClock, setPassage, setSound } from './relay-settings.ts';
import { mustAdminister, type Turn } from './relay-turn.ts';

/*
 * The phone carries sealed frames, and needs no key for that. It may have the lock's AES key all the same,
 * for openings without network: what a holder brings is believed of that holder only. Nothing is kept between two steps of a conversation; what the lock has answered
 * so far comes with each, and the same answers give the same frame.
 */

/** Seconds that one conversation may take, from its first frame to its last answer. */
const TURN = 120;

/** Seconds that the phone's moment may be ahead of the server's: an eKey for one opening is tried again from there. */
const AHEAD = 5;

/**
 * The next frame of a conversation with a lock that this person may have now. Throws ServerError
 * `not-found`, `not-now`, `forbidden` for what only who manages the lock may do, and `conflict` for one
 * that has taken too long.
 */
export async function relay(
	{ db, secret }: Doors,
	who: Member,
	lockId: number,
	request: RelayRequest,
	now: number = Date.now()
): Promise<RelayReply> {
	const holder = await holderOf(db, who);
	const at = request.at ?? Math.floor(now / 1000);
	const age = now / 1000 - at;
	if (age > TURN || age < -AHEAD)
		throw new ServerError('conflict', 'That took too long. Begin again.');
	const answers = request.answers.map((frame) => fromHex(frame));
	return db.transaction().execute(async (trx) => {
		const door = await holdPersonDoor(trx, who, holder.uid, lockId);
		const data = openLockData(secret, door.lock);
		const turn = { trx, doors: { db: trx, secret }, holder, door, data, at, answers, now };
		return take(turn, request);
	});
}

function take(turn: Turn, request: RelayRequest): Promise<RelayReply> {
	if (request.action === 'unlock' || request.action === 'lock')
		return turnBolt(turn, request.action);
	if (request.action === 'log') return hearLog(turn);
	const isOwners = request.action === 'reset' || request.action === 'reset-ekeys';
	mustAdminister(turn, isOwners ? 'owner' : 'manager');
	switch (request.action) {
		case 'set-clock':
			return setClock(turn);
		case 'read-status':
			return readStatus(turn);
		case 'set-auto-lock':
			return setAutoLock(turn, request.seconds);
		case 'set-sound':
			return setSound(turn, request.on);
		case 'set-passage':
			return setPassage(turn, request.passage);
		case 'tell-passcode':
			return tellPasscode(turn, request.passcode);
		case 'read-passcodes':
			return readPasscodes(turn);
		case 'reset-ekeys':
			return resetEkeys(turn);
		case 'reset':
			return resetLock(turn);
	}
}

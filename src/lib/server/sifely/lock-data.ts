import { encodeLockData, parseLockData, type LockData } from '../../protocol/ttlock/grant.ts';
import { ProtocolError } from '../../protocol/errors.ts';
import { seal, unseal, type Secret } from '../secret.ts';
import { SifelyError } from './error.ts';

const MOST = 999_999_999;
/** Of lockFlagPos: a lock keeps three bytes of it. */
export const MOST_FLAG = 2 ** 24 - 1;
const HALF_DAYS = 14 * 3600 * 1000;

/**
 * The lockData that somebody sends. Throws SifelyError `bad-parameter` for what is none, or what no
 * lock can have.
 */
export function readLockData(text: string): LockData {
	let data: LockData;
	try {
		data = parseLockData(text);
	} catch (cause) {
		if (!(cause instanceof ProtocolError)) throw cause;
		throw new SifelyError('bad-parameter', 'lockData: not of Hasp', { cause });
	}
	const { lockMac, lockName, lockKey, lockFlagPos, timezoneRawOffset, adminPwd, pwdInfo } = data;
	const fits =
		/^(?:[0-9A-F]{2}:){5}[0-9A-F]{2}$/.test(lockMac) &&
		lockName.length <= 100 &&
		!lockName.includes('\0') &&
		isKey(lockKey) &&
		(adminPwd === null || isKey(adminPwd)) &&
		lockFlagPos >= 0 &&
		lockFlagPos <= MOST_FLAG &&
		Math.abs(timezoneRawOffset) <= HALF_DAYS &&
		data.featureValue.length <= 64 &&
		(pwdInfo === null || /^[0-9a-f]{122}$/.test(pwdInfo)) &&
		(data.noKeyPwd === null || /^\d{4,9}$/.test(data.noKeyPwd));
	if (!fits) throw new SifelyError('bad-parameter', 'lockData: not of a lock');
	return data;
}

function isKey(value: number): boolean {
	return Number.isInteger(value) && value > 0 && value <= MOST;
}

/** As it is kept. */
export function sealLockData(secret: Secret, lockId: number, data: LockData): string {
	return seal(secret, placeOf(lockId), Buffer.from(JSON.stringify(data)));
}

/** The reverse of `sealLockData`. Throws SecretError `broken`. */
export function openLockData(secret: Secret, row: { id: number; lock_data: string }): LockData {
	const bytes = unseal(secret, placeOf(row.id), row.lock_data);
	return JSON.parse(Buffer.from(bytes).toString()) as LockData;
}

/** What a holder is given: the admin numbers only for who may manage the lock. */
export function lockDataFor(data: LockData, manages: boolean): string {
	return encodeLockData(
		manages ? data : { ...data, adminPwd: null, noKeyPwd: null, pwdInfo: null }
	);
}

function placeOf(lockId: number) {
	return { table: 'door_lock', row: String(lockId), column: 'lock_data' };
}

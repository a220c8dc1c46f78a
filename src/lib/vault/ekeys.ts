import { ascii, concat, type Bytes } from '../protocol/bytes.ts';
import {
	judge as judgePeriod,
	ONCE,
	type Validity,
	type Verdict
} from '../protocol/ttlock/offline.ts';
import { judge, type Device, type DeviceFacts } from './keys.ts';
import { sealBytes, unsealBytes, type Box } from './sealing.ts';

/** Names what this phone holds of one door lock, without a word about its value. */
export interface DoorKeyName {
	door: number;
	/** 0 for managers, who open without an eKey. */
	ekey: number;
	/** Another as soon as anything of it is. */
	mark: string;
}

/** An eKey as it lies in the store. All but `sealed` may be known to everybody. */
export interface SealedEkey extends DoorKeyName, Validity {
	mac: string;
	timezoneRawOffset: number;
	/** By the server's clock: from then on it opens nothing without another contact. */
	notAfter: number;
	/** When one for one opening was tried with this phone, Unix seconds; null before. */
	usedAt: number | null;
	/** 12 random bytes, fresh with every sealing. */
	iv: Bytes;
	/** Ciphertext with its tag; empty when the value is gone. */
	sealed: Bytes;
}

/** What may be known of it. */
export type EkeyFacts = Omit<SealedEkey, 'iv' | 'sealed'> & {
	/** False when its value is gone: the next contact brings it. */
	held: boolean;
};

/** What an eKey's record and the clock say about using it now. */
export function judgeEkey(
	device: DeviceFacts,
	key: Pick<SealedEkey, 'notAfter' | 'usedAt' | 'timezoneRawOffset'> & Validity,
	now: number
): 'clock-back' | 'lease-over' | Exclude<Verdict, 'holds'> | 'usable' {
	const verdict = judge(device, key, now);
	if (verdict === 'clock-back') return verdict;
	// That its time is over says more than that the phone must go online.
	const period = judgePeriod(key, now + device.ahead, key.usedAt !== null);
	if (period !== 'holds') return period;
	return verdict;
}

/** Whether it opens once. */
export function isForOnce({ endDate, recurrence }: Validity): boolean {
	return endDate === ONCE && recurrence === null;
}

type Holder = Pick<Device, 'phone' | 'sealing'>;
type Bound = Omit<SealedEkey, 'iv' | 'sealed' | 'usedAt'>;

/** Seals a value to one phone, lock, eKey, period and end. */
export function sealEkey({ phone, sealing }: Holder, bound: Bound, value: Bytes): Promise<Box> {
	return sealBytes(sealing, bindingOf(phone, bound), value);
}

/**
 * The value in a record, or null when the record is not the one that was sealed for this phone. The
 * caller fills it with zeros after its use.
 */
export function unsealEkey({ phone, sealing }: Holder, record: Bound & Box): Promise<Bytes | null> {
	return unsealBytes(sealing, bindingOf(phone, record), record);
}

/** JSON of a list in one order: no two differ and look alike. */
function bindingOf(phone: string, bound: Bound): Bytes {
	const { door, ekey, mark, mac, startDate, endDate, recurrence, timezoneRawOffset } = bound;
	const days = recurrence && [recurrence.weekDays, recurrence.startDay, recurrence.endDay];
	const parts = [door, ekey, mark, mac, startDate, endDate, days, timezoneRawOffset];
	return concat(ascii('hasp ekey '), ascii(JSON.stringify([...parts, bound.notAfter, phone])));
}

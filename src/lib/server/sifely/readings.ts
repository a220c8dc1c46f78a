import type { Reading } from '../../api/sifely/records.ts';
import type { Moved } from '../../protocol/ttlock/answers.ts';
import type { Local } from '../../protocol/ttlock/dates.ts';
import { RECORD_ACTION, type LogRecord } from '../../protocol/ttlock/records.ts';

/**
 * A record of a lock's log in the form in which phones upload it.
 * @param timezoneRawOffset milliseconds that the lock's clock is ahead of UTC
 */
export function readingOf(record: LogRecord, timezoneRawOffset: number): Reading {
	const { action, time, battery, detail } = record;
	const utc = (local: Local) => Math.max(0, local - timezoneRawOffset);
	const reading = { recordType: action, operateDate: utc(time), electricQuantity: battery };
	switch (detail.kind) {
		case 'key': {
			const { uid, recordId, keyId } = detail;
			return { ...reading, uid, recordId, ...(keyId === null ? {} : { keyId }) };
		}
		case 'passcode': {
			const { code: password, newCode } = detail;
			return { ...reading, password, ...(newCode === null ? {} : { newPassword: newCode }) };
		}
		case 'cleared':
			return { ...reading, deleteDate: utc(detail.at) };
		case 'number':
			return { ...reading, password: detail.number };
		case 'fob':
			return { ...reading, password: detail.mac };
		case 'none':
		case 'sensor':
		case 'other':
			return reading;
	}
}

/**
 * What the lock's log has of a bolt that moved as asked; null from locks that tell their battery alone.
 * @param timezoneRawOffset milliseconds that the lock's clock is ahead of UTC
 */
export function readingOfTurn(
	action: 'unlock' | 'lock',
	{ record, battery }: Moved,
	timezoneRawOffset: number
): Reading | null {
	if (record === null) return null;
	const { time, uid, recordId } = record;
	return readingOf(
		{
			action: action === 'unlock' ? RECORD_ACTION.unlocked : RECORD_ACTION.locked,
			time,
			battery,
			detail: { kind: 'key', uid, recordId, keyId: null }
		},
		timezoneRawOffset
	);
}

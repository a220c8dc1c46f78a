import type { Reading } from '../../api/sifely/records.ts';
import type { Local } from '../../protocol/ttlock/dates.ts';
import type { LogRecord } from '../../protocol/ttlock/records.ts';

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

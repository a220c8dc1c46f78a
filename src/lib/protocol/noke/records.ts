import { concat, littleEndian, readLittleEndian, type Bytes } from '../bytes.ts';

/** What a lock writes into its log (docs/lock-scheme.md section 6). */
export const RECORD_ACTION = {
	/** who: the reference of the online opening */
	unlocked: 1,
	/** who: the slot */
	unlockedBySlot: 2,
	/** who: 0 by hand, else the reference of the engage */
	locked: 3,
	/** who: the reference */
	setupUnlocked: 4,
	/** who: the reference or the slot */
	failedUnlock: 5,
	startUp: 6,
	buttonTouched: 7,
	/** who: the reference */
	unshackled: 8,
	/** who: 0 after wrong keys, 1 after wrong quick clicks */
	alarmTriggered: 9,
	/** who: the position of the quick click */
	unlockedByQuickClick: 10,
	/** A right quick click was counted down, but the motor did not unlock. who: its position */
	failedQuickClick: 11
} as const;

/** One record of the lock's log, 9 bytes on the air. */
export interface LogRecord {
	/** From 1, never repeated: what makes each event count once. */
	counter: number;
	/** Unix seconds by the lock's clock, 0 when it was unknown. */
	time: number;
	action: number;
	who: number;
}

/** Body of type 76: `counter u24 ‖ time u32 ‖ action ‖ who`. */
export function recordBody(record: LogRecord): Bytes {
	return concat(
		littleEndian(record.counter, 3),
		littleEndian(record.time, 4),
		Uint8Array.of(record.action, record.who)
	);
}

export function parseRecord(body: Uint8Array): LogRecord {
	return {
		counter: readLittleEndian(body, 0, 3),
		time: readLittleEndian(body, 3, 4),
		action: body[7]!,
		who: body[8]!
	};
}

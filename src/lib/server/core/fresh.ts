import { TYPE } from '../../protocol/noke/answers.ts';
import { parseRecord, RECORD_ACTION } from '../../protocol/noke/records.ts';
import { opens } from './packets.ts';
import type { Said } from './said.ts';

/** Records that name an online opening by its reference. */
const OPENINGS: ReadonlySet<number> = new Set([
	RECORD_ACTION.unlocked,
	RECORD_ACTION.setupUnlocked,
	RECORD_ACTION.unshackled,
	RECORD_ACTION.failedUnlock
]);

/**
 * Whether a packet tells which keys the lock holds today: only the record of an opening that was
 * issued in this recovery does, by its reference and a time that is not before it. The server has
 * forgotten the sessions of the lost days, so whoever kept the answers of one could have commands
 * issued for it again, under the same ids, and the old answers would fit. The time is the lock's
 * own, set by the opening itself (docs/lock-scheme.md section 5.4).
 */
export function isOfToday({ issued, packet }: Said, recovery: number): boolean {
	if (issued === null || issued.recovery !== recovery || !opens(issued.action)) return false;
	if (packet.type !== TYPE.log) return false;
	const { action, time, who } = parseRecord(packet.body);
	// A lock's clock counts seconds.
	return OPENINGS.has(action) && who === issued.reference && time * 1000 + 999 >= issued.at;
}

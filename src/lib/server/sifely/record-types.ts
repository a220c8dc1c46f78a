import { RECORD_ACTION } from '../../protocol/ttlock/records.ts';

/** As the open API groups what a lock writes into its log (its public pages). */
const KIND = {
	app: 1,
	passcode: 4,
	card: 7,
	fingerprint: 8,
	key: 10,
	appLock: 11,
	gateway: 12
} as const;

const CARD_REFUSED = [25, 39];
const FINGERPRINT_REFUSED = [22, 40];

const UNLIKE: ReadonlyMap<number, { type: number; success: 0 | 1 }> = new Map<
	number,
	{ type: number; success: 0 | 1 }
>([
	[RECORD_ACTION.locked, { type: KIND.appLock, success: 1 }],
	[RECORD_ACTION.unlockedByGateway, { type: KIND.gateway, success: 1 }],
	[RECORD_ACTION.refusedByDeadBolt, { type: KIND.app, success: 0 }],
	[RECORD_ACTION.unlockedByCard, { type: KIND.card, success: 1 }],
	[RECORD_ACTION.unlockedByFingerprint, { type: KIND.fingerprint, success: 1 }],
	[RECORD_ACTION.unlockedByKey, { type: KIND.key, success: 1 }],
	[RECORD_ACTION.lockedOut, { type: RECORD_ACTION.lockedOut, success: 0 }],
	...[
		RECORD_ACTION.wrongPasscode,
		RECORD_ACTION.passcodeExpired,
		RECORD_ACTION.passcodesFull,
		RECORD_ACTION.passcodeBlacklisted,
		RECORD_ACTION.passcodeBehindDeadBolt
	].map((action) => refused(action, { type: KIND.passcode, success: 0 })),
	...CARD_REFUSED.map((action) => refused(action, { type: KIND.card, success: 0 })),
	...FINGERPRINT_REFUSED.map((action) => refused(action, { type: KIND.fingerprint, success: 0 }))
]);

function refused(
	action: number,
	as: { type: number; success: 0 }
): [number, { type: number; success: 0 }] {
	return [action, as];
}

/** What the open API calls a record of the lock's own type; most have the same number. */
export function recordTypeOf(fromLock: number): { type: number; success: 0 | 1 } {
	return UNLIKE.get(fromLock) ?? { type: fromLock, success: 1 };
}

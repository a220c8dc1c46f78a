/** What a command does, when it has come whole and under the right key. */
import { readBigEndian, type Bytes } from '../../protocol/bytes.ts';
import {
	clockData,
	deviceInfoData,
	featuresData,
	randomData,
	statusData,
	type Refusal
} from '../../protocol/ttlock/answers.ts';
import {
	isVendorWord,
	OPCODE,
	parseCheckAdmin,
	parseCheckRandom,
	parseCheckUserTime,
	sumOf
} from '../../protocol/ttlock/commands.ts';
import { logPage, RECORD_ACTION } from '../../protocol/ttlock/records.ts';
import {
	parseGetDeviceInfo,
	parseGetLogs,
	parseOpening,
	parseSetClock
} from '../../protocol/ttlock/writes.ts';
import { FEATURE_WORDS } from './hardware.ts';
import { cursorOf, markRead, recordsAfter } from './log.ts';
import { addOwner, finish, giveKey, greetBack } from './pairing.ts';
import { turnBolt } from './motor.ts';
import { manage } from './manage.ts';
import type { Handshake } from './state.ts';
import type { Turn } from './turn.ts';

type Done = Refusal | null;

/** What a lock in setting mode answers to, as long as nobody has become its owner in this session. */
const PAIRING: readonly number[] = [
	OPCODE.greet,
	OPCODE.getAesKey,
	OPCODE.addAdmin,
	OPCODE.finishPairing
];

/** Works off one command; what it answers itself or refuses by name. */
export function execute(turn: Turn, opcode: number, data: Bytes): void {
	const refusal = answer(turn, opcode, data);
	if (!refusal) return;
	turn.refuse(opcode, refusal);
}

function answer(turn: Turn, opcode: number, data: Bytes): Done {
	const { flash, session } = turn.state;
	if (flash.settingMode && session?.trust !== 'admin' && !PAIRING.includes(opcode))
		return 'in-setting-mode';
	switch (opcode) {
		case OPCODE.greet:
			return greetBack(turn);
		case OPCODE.getAesKey:
			return giveKey(turn, data);
		case OPCODE.addAdmin:
			return addOwner(turn, data);
		case OPCODE.finishPairing:
			return finish(turn);
		case OPCODE.checkAdmin:
			return checkAdmin(turn, data);
		case OPCODE.checkUserTime:
			return checkUserTime(turn, data);
		case OPCODE.checkRandom:
			return checkRandom(turn, data);
		case OPCODE.unlock:
		case OPCODE.lock:
			return move(turn, opcode, data);
		case OPCODE.getStatus:
			if (!isVendorWord(data)) return 'invalid-data';
			return say(turn, opcode, statusData({ battery: turn.battery, unlocked: isOpen(turn) }));
		case OPCODE.getFeatures:
			return say(turn, opcode, featuresData({ battery: turn.battery, words: FEATURE_WORDS }));
		case OPCODE.getClock:
			return say(turn, opcode, clockData(turn.local));
		case OPCODE.setClock:
			return setClock(turn, data);
		case OPCODE.getDeviceInfo:
			return deviceInfo(turn, data);
		case OPCODE.getLogs:
			return sendLogs(turn, data);
		default:
			return manage(turn, opcode, data);
	}
}

function say(turn: Turn, opcode: number, data: Bytes): null {
	turn.answer(opcode, data);
	return null;
}

function isOpen(turn: Turn): boolean {
	return turn.state.body.bolt === 'unlocked';
}

function checkAdmin(turn: Turn, data: Bytes): Done {
	const asked = parseCheckAdmin(data);
	const { owner, lockFlagPos } = turn.state.flash;
	if (!asked) return 'parameter-length';
	if (!owner) return 'no-admin';
	// The next number, from its owner, ends all eKeys of before; any other is none of ours.
	const raises = asked.lockFlagPos === lockFlagPos + 1;
	if (asked.lockFlagPos !== lockFlagPos && !raises) return 'invalid-key';
	if (asked.adminPs !== owner.adminPs) return 'wrong-admin';
	return shakeHands(turn, OPCODE.checkAdmin, { uid: asked.uid, asked: 'admin', raises });
}

function checkUserTime(turn: Turn, data: Bytes): Done {
	const asked = parseCheckUserTime(data);
	const { owner, lockFlagPos } = turn.state.flash;
	if (!asked) return 'invalid-data';
	if (!owner) return 'no-admin';
	if (asked.lockFlagPos !== lockFlagPos) return 'invalid-key';
	if (turn.local < asked.start) return 'ekey-not-yet-valid';
	// The window is told to the minute, and its last minute belongs to it.
	if (turn.local >= asked.end + 60_000) return 'ekey-expired';
	return shakeHands(turn, OPCODE.checkUserTime, { uid: asked.uid, asked: 'user', raises: false });
}

/** A fresh number; the one before it is void. */
function shakeHands(turn: Turn, opcode: number, asker: Omit<Handshake, 'psFromLock'>): null {
	const psFromLock = readBigEndian(turn.draw(), 0, 4);
	turn.setSession({ handshake: { ...asker, psFromLock } });
	return say(turn, opcode, randomData(psFromLock));
}

/** The handshake that this sum answers; it is void from here on, right or wrong. */
function settled(turn: Turn, sum: number | undefined) {
	const handshake = turn.state.session?.handshake;
	turn.setSession({ handshake: null });
	const unlockKey = turn.state.flash.owner?.unlockKey;
	if (!handshake || unlockKey === undefined || sum === undefined) return null;
	return sum === sumOf(handshake.psFromLock, unlockKey) ? handshake : null;
}

function checkRandom(turn: Turn, data: Bytes): Done {
	const handshake = settled(turn, parseCheckRandom(data) ?? undefined);
	if (handshake?.asked !== 'admin') return 'wrong-random';
	if (handshake.raises) turn.saveFlash({ lockFlagPos: turn.state.flash.lockFlagPos + 1 });
	turn.setSession({ trust: 'admin' });
	return say(turn, OPCODE.checkRandom, new Uint8Array(0));
}

function move(turn: Turn, opcode: number, data: Bytes): Done {
	const wanted = parseOpening(data);
	const handshake = settled(turn, wanted?.sum);
	if (!wanted || !handshake) return 'wrong-random';
	if (turn.state.session?.trust === 'none') turn.setSession({ trust: 'user' });
	const action = opcode === OPCODE.unlock ? 'unlock' : 'lock';
	const record = action === 'unlock' ? RECORD_ACTION.unlocked : RECORD_ACTION.locked;
	const { uid } = handshake;
	const detail = { kind: 'key', uid, recordId: wanted.at, keyId: null } as const;
	turnBolt(turn, action, { action: record, detail }, opcode);
	return null;
}

function setClock(turn: Turn, data: Bytes): Done {
	const local = parseSetClock(data);
	if (local === null) return 'invalid-data';
	if (turn.state.session?.trust === 'none') return 'no-permission';
	turn.save({ clock: { local, at: turn.now } });
	return say(turn, OPCODE.setClock, new Uint8Array(0));
}

function deviceInfo(turn: Turn, data: Bytes): Done {
	const { mac, hardwareType, firmware } = turn.state.identity;
	const what = parseGetDeviceInfo(data);
	if (!what) return 'invalid-data';
	const clock = new Date(turn.local).toISOString().slice(0, 19);
	const texts = { model: hardwareType, hardware: '1.0', firmware, madeOn: '20260101', mac, clock };
	return say(turn, OPCODE.getDeviceInfo, deviceInfoData(texts[what]));
}

function sendLogs(turn: Turn, data: Bytes): Done {
	const cursor = parseGetLogs(data);
	if (cursor === null) return 'parameter-length';
	const { log } = turn.state.flash;
	const records = recordsAfter(log, cursor);
	if (records === 'stale') return 'record-not-found';
	const last = records.at(-1);
	if (cursor === 'unread' && last) turn.saveFlash({ log: markRead(log, records) });
	const next = last ? cursorOf(last.counter) : null;
	return say(turn, OPCODE.getLogs, logPage({ next, records }));
}

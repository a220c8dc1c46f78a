/** What only an owner may ask: passcodes, settings, reset. */
import { toHex, type Bytes } from '../../protocol/bytes.ts';
import {
	adminPasscodeData,
	autoLockData,
	switchData,
	type Refusal
} from '../../protocol/ttlock/answers.ts';
import { OPCODE } from '../../protocol/ttlock/commands.ts';
import { parseWritePassage, passageData } from '../../protocol/ttlock/passage.ts';
import {
	parseListPasscodes,
	parseWritePasscode,
	passcodeData,
	passcodePage
} from '../../protocol/ttlock/passcodes.ts';
import { RECORD_ACTION } from '../../protocol/ttlock/records.ts';
import {
	parseAutoLock,
	parseSetAdminPasscode,
	parseSetPasscodeSeed,
	parseSwitch,
	type Switch
} from '../../protocol/ttlock/writes.ts';
import { AUTO_LOCK_RANGE } from './hardware.ts';
import { forget } from './pairing.ts';
import { change } from './passcodes.ts';
import type { Settings } from './store.ts';
import type { Turn } from './turn.ts';

type Done = Refusal | null;

/** Passcodes and rules that one answer carries. */
const PASSCODES_A_PAGE = 6;
const RULES_A_PAGE = 16;

/** Works off a command of an owner; `invalid-command` for one that is unknown. */
export function manage(turn: Turn, opcode: number, data: Bytes): Done {
	const work = COMMANDS.get(opcode);
	if (!work) return 'invalid-command';
	return turn.state.session?.trust === 'admin' ? work(turn, data) : 'no-permission';
}

const COMMANDS: ReadonlyMap<number, (turn: Turn, data: Bytes) => Done> = new Map([
	[OPCODE.passcode, writePasscodes],
	[OPCODE.listPasscodes, sendPasscodes],
	[OPCODE.autoLock, setAutoLock],
	[OPCODE.sound, (turn: Turn, data: Bytes) => setSwitch(turn, 'sound', data)],
	[OPCODE.remoteUnlock, (turn: Turn, data: Bytes) => setSwitch(turn, 'remoteUnlock', data)],
	[OPCODE.setAdminPasscode, setAdminPasscode],
	[OPCODE.getAdminPasscode, sendAdminPasscode],
	[OPCODE.passageMode, setPassage],
	[OPCODE.setPasscodeSeed, setSeed],
	[OPCODE.reset, (turn: Turn) => forget(turn)]
]);

function writePasscodes(turn: Turn, data: Bytes): Done {
	const write = parseWritePasscode(data);
	if (!write) return 'invalid-data';
	const { passcodes, settings } = turn.state.flash;
	const changed = change(passcodes, write, settings.adminPasscode);
	if (typeof changed === 'string') return changed;
	turn.saveFlash({ passcodes: changed });
	if (write.op === 'clear')
		turn.record(RECORD_ACTION.passcodesCleared, { kind: 'cleared', at: turn.local });
	turn.answer(OPCODE.passcode, passcodeData(turn.battery, write.op));
	return null;
}

function sendPasscodes(turn: Turn, data: Bytes): Done {
	const from = parseListPasscodes(data);
	if (from === null) return 'parameter-length';
	const { kept } = turn.state.flash.passcodes;
	const end = from + PASSCODES_A_PAGE;
	const next = end < kept.length ? end : null;
	turn.answer(OPCODE.listPasscodes, passcodePage({ next, passcodes: kept.slice(from, end) }));
	return null;
}

function set(turn: Turn, change: Partial<Settings>): void {
	turn.saveFlash({ settings: { ...turn.state.flash.settings, ...change } });
}

function setAutoLock(turn: Turn, data: Bytes): Done {
	const wanted = parseAutoLock(data);
	if (wanted === null) return 'invalid-data';
	const { min, max } = AUTO_LOCK_RANGE;
	if (wanted !== 'query') {
		if (wanted !== 0 && (wanted < min || wanted > max)) return 'invalid-data';
		set(turn, { autoLock: wanted });
	}
	const { autoLock: seconds } = turn.state.flash.settings;
	const told = { battery: turn.battery, seconds, range: AUTO_LOCK_RANGE };
	turn.answer(OPCODE.autoLock, autoLockData(wanted === 'query' ? 1 : 2, told));
	return null;
}

function setSwitch(turn: Turn, name: Switch, data: Bytes): Done {
	const wanted = parseSwitch(data);
	if (wanted === null) return 'invalid-data';
	if (wanted !== 'query') set(turn, { [name]: wanted });
	const op = wanted === 'query' ? 1 : 2;
	turn.answer(OPCODE[name], switchData(op, turn.battery, turn.state.flash.settings[name]));
	return null;
}

function setAdminPasscode(turn: Turn, data: Bytes): Done {
	const adminPasscode = parseSetAdminPasscode(data);
	if (adminPasscode === null) return 'passcode-length';
	const isTaken = turn.state.flash.passcodes.kept.some(({ code }) => code === adminPasscode);
	if (isTaken) return 'passcode-exists';
	set(turn, { adminPasscode });
	turn.answer(OPCODE.setAdminPasscode);
	return null;
}

function sendAdminPasscode(turn: Turn): Done {
	const { adminPasscode } = turn.state.flash.settings;
	turn.answer(OPCODE.getAdminPasscode, adminPasscodeData(turn.battery, adminPasscode));
	return null;
}

function setPassage(turn: Turn, data: Bytes): Done {
	const write = parseWritePassage(data);
	if (!write) return 'invalid-data';
	const { passage } = turn.state.flash.settings;
	if (write.op === 'query') {
		const end = write.sequence + RULES_A_PAGE;
		const next = end < passage.length ? end : null;
		const page = { next, rules: passage.slice(write.sequence, end) };
		turn.answer(OPCODE.passageMode, passageData('query', { battery: turn.battery, page }));
		return null;
	}
	const same = JSON.stringify(write.op === 'clear' ? null : write.rule);
	const others = passage.filter((rule) => JSON.stringify(rule) !== same);
	if (write.op === 'clear') set(turn, { passage: [] });
	else if (write.op === 'remove') set(turn, { passage: others });
	else if (others.length >= RULES_A_PAGE * 2) return 'no-storage';
	else set(turn, { passage: [...others, write.rule] });
	turn.answer(OPCODE.passageMode, passageData(write.op, { battery: turn.battery, page: null }));
	return null;
}

function setSeed(turn: Turn, data: Bytes): Done {
	const seed = parseSetPasscodeSeed(data);
	if (!seed) return 'invalid-data';
	turn.saveFlash({ seed: toHex(seed) });
	turn.answer(OPCODE.setPasscodeSeed);
	return null;
}

import { concat } from '../bytes.ts';
import type { Bytes } from '../bytes.ts';
import { OPCODE, type Command } from './commands.ts';

/**
 * Hours during which a lock that was opened stays open. Only the fields of a write are public
 * (docs/door-lock.md); the two numbers of `repeats` and the layout of a list are ours.
 */
export interface PassageRule {
	/** On a day of the week, or on a date of every year. */
	repeats: 'weekly' | 'yearly';
	/** 1 Monday to 7 Sunday, 0 every day; or the day of the month. */
	day: number;
	/** 0 for weekly ones. */
	month: number;
	/** Minutes of the day; an end of 0 with a start of 0 is all day. */
	from: number;
	until: number;
}

/** What a lock is asked or told about its passage mode. */
export type PassageWrite =
	{ op: 'query'; sequence: number } | { op: 'add' | 'remove'; rule: PassageRule } | { op: 'clear' };

const OP = { query: 1, add: 2, remove: 3, clear: 4 } as const;
const REPEATS = { weekly: 1, yearly: 2 } as const;
const RULE_LENGTH = 7;
const LAST = 0xff;

/** `01 sequence`, `02 rule`, `03 rule`, `04`; a rule is `type day month h m h m`. */
export function writePassage(write: PassageWrite): Command {
	const head = Uint8Array.of(OP[write.op]);
	const opcode = OPCODE.passageMode;
	switch (write.op) {
		case 'query':
			return { opcode, data: concat(head, Uint8Array.of(write.sequence)) };
		case 'add':
		case 'remove':
			return { opcode, data: concat(head, ruleBytes(write.rule)) };
		case 'clear':
			return { opcode, data: head };
	}
}

/** The reverse of `writePassage`, or null. */
export function parseWritePassage(data: Uint8Array): PassageWrite | null {
	if (data[0] === OP.query) return data.length === 2 ? { op: 'query', sequence: data[1]! } : null;
	if (data[0] === OP.clear) return data.length === 1 ? { op: 'clear' } : null;
	if (data[0] !== OP.add && data[0] !== OP.remove) return null;
	const rule = readRule(data.subarray(1));
	return rule && { op: data[0] === OP.add ? 'add' : 'remove', rule };
}

/** What the lock answers to a write, and the page that it answers to a query. */
export interface PassageAnswer {
	battery: number;
	/** Null for a write. */
	page: { next: number | null; rules: readonly PassageRule[] } | null;
}

/** `battery ‖ op`, and for a query `next (ff: none) ‖ rules`. */
export function passageData(op: PassageWrite['op'], { battery, page }: PassageAnswer): Bytes {
	const head = Uint8Array.of(battery, OP[op]);
	if (!page) return head;
	return concat(head, Uint8Array.of(page.next ?? LAST), ...page.rules.map(ruleBytes));
}

export function parsePassageAnswer(data: Uint8Array): PassageAnswer | null {
	const [battery, op, next] = data;
	if (battery === undefined || op === undefined) return null;
	if (op !== OP.query) return data.length === 2 && op <= OP.clear ? { battery, page: null } : null;
	if (next === undefined || (data.length - 3) % RULE_LENGTH !== 0) return null;
	const rules: PassageRule[] = [];
	for (let at = 3; at < data.length; at += RULE_LENGTH) {
		const rule = readRule(data.subarray(at, at + RULE_LENGTH));
		if (!rule) return null;
		rules.push(rule);
	}
	return { battery, page: { next: next === LAST ? null : next, rules } };
}

/** Whether a rule holds at this moment of the lock's clock. */
export function isPassage(rule: PassageRule, local: number): boolean {
	const date = new Date(local);
	const weekday = date.getUTCDay() === 0 ? 7 : date.getUTCDay();
	const onDay =
		rule.repeats === 'weekly'
			? rule.day === 0 || rule.day === weekday
			: rule.day === date.getUTCDate() && rule.month === date.getUTCMonth() + 1;
	if (!onDay) return false;
	if (rule.from === 0 && rule.until === 0) return true;
	const minute = date.getUTCHours() * 60 + date.getUTCMinutes();
	return rule.from <= minute && minute < rule.until;
}

function ruleBytes({ repeats, day, month, from, until }: PassageRule): Bytes {
	return Uint8Array.of(REPEATS[repeats], day, month, ...clock(from), ...clock(until));
}

function clock(minutes: number): [number, number] {
	return [Math.floor(minutes / 60), minutes % 60];
}

function readRule(bytes: Uint8Array): PassageRule | null {
	if (bytes.length !== RULE_LENGTH) return null;
	const [type, day, month, ...times] = bytes as unknown as number[];
	const [fromHour, fromMinute, toHour, toMinute] = times as [number, number, number, number];
	if (type !== REPEATS.weekly && type !== REPEATS.yearly) return null;
	if (fromHour > 24 || fromMinute > 59 || toHour > 24 || toMinute > 59) return null;
	const fits = type === REPEATS.weekly ? day! <= 7 && month === 0 : day! <= 31 && month! <= 12;
	if (!fits) return null;
	return {
		repeats: type === REPEATS.weekly ? 'weekly' : 'yearly',
		day: day!,
		month: month!,
		from: fromHour * 60 + fromMinute,
		until: toHour * 60 + toMinute
	};
}

/** The key-changing commands of a padlock, as its reducer takes them. */
import { fromHex, toHex } from '../../protocol/bytes.ts';
import { OPCODE, SLOTS, type Command } from '../../protocol/noke/commands.ts';
import {
	clearQuickClick,
	parseSetQuickClick,
	QUICK_CLICKS,
	setQuickClick
} from '../../protocol/noke/quick-clicks.ts';
import {
	parseSetKey,
	parseSetSettings,
	removeKey,
	reset,
	setKey,
	setSettings
} from '../../protocol/noke/writes.ts';
import { change, type KeySet, type Write } from './keyset.ts';
import type { Dialect } from './staging.ts';

export const LOCK_CHANGES: Dialect<KeySet<string>, Write<string>> = {
	setUp: OPCODE.setUp,
	writes: [
		OPCODE.setKey,
		OPCODE.removeKey,
		OPCODE.reset,
		OPCODE.setQuickClick,
		OPCODE.clearQuickClick,
		OPCODE.setSettings
	],
	parse,
	command,
	change
};

function parse(wanted: Command): Write<string> | null {
	const { opcode, argument, data } = wanted;
	switch (opcode) {
		case OPCODE.setKey: {
			const slot = parseSetKey(wanted);
			return slot && { kind: 'set', slot: argument, content: { ...slot, key: toHex(slot.key) } };
		}
		case OPCODE.setQuickClick: {
			const content = parseSetQuickClick(wanted);
			return content && { kind: 'set quick click', position: argument, content };
		}
		case OPCODE.setSettings: {
			const settings = parseSetSettings(wanted);
			return settings && { kind: 'settings', ...settings };
		}
	}
	if (data.length > 0) return null;
	if (opcode === OPCODE.reset) return argument === 0 ? { kind: 'reset' } : null;
	if (opcode === OPCODE.removeKey)
		return argument >= 1 && argument <= SLOTS ? { kind: 'remove', slot: argument } : null;
	if (argument > QUICK_CLICKS) return null;
	return { kind: 'clear quick click', position: argument === 0 ? null : argument };
}

function command(write: Write<string>): Command {
	switch (write.kind) {
		case 'set':
			return setKey(write.slot, { ...write.content, key: fromHex(write.content.key) });
		case 'remove':
			return removeKey(write.slot);
		case 'reset':
			return reset();
		case 'set quick click':
			return setQuickClick(write.position, write.content);
		case 'clear quick click':
			return clearQuickClick(write.position ?? 0);
		case 'settings':
			return setSettings(write);
	}
}

/** Commands that change keys, as the keyset reducer takes them, and back for the digest. */
import { equal, fromHex, toHex } from '../../protocol/bytes.ts';
import { digestOfWrites, OPCODE, SLOTS, type Command } from '../../protocol/noke/commands.ts';
import { parseSetKey, parseSetUp, removeKey, reset, setKey } from '../../protocol/noke/writes.ts';
import {
	change,
	emptyStage,
	type Changed,
	type Commit,
	type KeySet,
	type Stage,
	type Under,
	type Write
} from './keyset.ts';

/** Whether a command belongs to section 5 of docs/lock-scheme.md. */
export function changesKeys({ opcode }: Command): boolean {
	return (
		opcode === OPCODE.setUp ||
		opcode === OPCODE.setKey ||
		opcode === OPCODE.removeKey ||
		opcode === OPCODE.reset
	);
}

/** One authentic key-changing command, also a malformed one. @param signer with its key in hex */
export function applyChange(
	keys: KeySet<string>,
	stage: Stage<string>,
	{ under, key }: { under: Under; key: string },
	command: Command
): Changed<string> {
	const isSetUp = command.opcode === OPCODE.setUp;
	const wanted = isSetUp ? parseCommit(command, stage, key) : parseWrite(command);
	if (wanted) return change(keys, stage, under, wanted);
	if (under === 'previous') return { keys, stage, result: isSetUp ? 'invalid-key' : 'success' };
	return { keys, stage: isSetUp ? emptyStage(keys) : stage, result: 'invalid-data' };
}

function parseWrite(command: Command): Write<string> | null {
	const { opcode, argument, data } = command;
	if (opcode === OPCODE.setKey) {
		const slot = parseSetKey(command);
		return slot && { kind: 'set', slot: argument, content: { ...slot, key: toHex(slot.key) } };
	}
	if (data.length > 0) return null;
	if (opcode === OPCODE.reset) return argument === 0 ? { kind: 'reset' } : null;
	return argument >= 1 && argument <= SLOTS ? { kind: 'remove', slot: argument } : null;
}

function parseCommit(command: Command, stage: Stage<string>, key: string): Commit<string> | null {
	const wanted = parseSetUp(command);
	if (!wanted) return null;
	const { epoch, masterKey, digest } = wanted;
	const fits = equal(digest, digestOfWrites(fromHex(key), stage.writes.map(commandOf)));
	return { kind: 'commit', epoch, master: toHex(masterKey), count: command.argument, fits };
}

function commandOf(write: Write<string>): Command {
	switch (write.kind) {
		case 'set':
			return setKey(write.slot, { ...write.content, key: fromHex(write.content.key) });
		case 'remove':
			return removeKey(write.slot);
		case 'reset':
			return reset();
	}
}

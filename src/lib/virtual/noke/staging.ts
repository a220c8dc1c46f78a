/** Commands that change keys, as the reducer takes them, and back for the digest. */
import { equal, fromHex, toHex } from '../../protocol/bytes.ts';
import { digestOfWrites, type Command } from '../../protocol/noke/commands.ts';
import { parseSetUp } from '../../protocol/noke/writes.ts';
import {
	EMPTY_STAGE,
	type Changed,
	type Commit,
	type Masters,
	type Stage,
	type Under
} from './commit.ts';

/** The key-changing commands of one kind of device. */
export interface Dialect<S extends Masters<string>, W> {
	/** The opcode that commits. */
	readonly setUp: number;
	readonly writes: readonly number[];
	/** A write, or null when it is malformed. */
	parse(command: Command): W | null;
	/** The reverse of `parse`. */
	command(write: W): Command;
	change(keys: S, stage: Stage<W>, under: Under, wanted: W | Commit<string>): Changed<S, W>;
}

/** Whether a command belongs to section 5 of docs/lock-scheme.md. */
export function changesKeys<S extends Masters<string>, W>(
	{ setUp, writes }: Dialect<S, W>,
	{ opcode }: Command
): boolean {
	return opcode === setUp || writes.includes(opcode);
}

/** One authentic key-changing command, also a malformed one. @param signer with its key in hex */
export function applyChange<S extends Masters<string>, W>(
	dialect: Dialect<S, W>,
	keys: S,
	stage: Stage<W>,
	{ under, key }: { under: Under; key: string },
	command: Command
): Changed<S, W> {
	const isSetUp = command.opcode === dialect.setUp;
	const wanted = isSetUp ? parseCommit(dialect, command, stage, key) : dialect.parse(command);
	if (wanted) return dialect.change(keys, stage, under, wanted);
	if (under === 'previous') return { keys, stage, result: isSetUp ? 'invalid-key' : 'success' };
	return { keys, stage: isSetUp ? EMPTY_STAGE : stage, result: 'invalid-data' };
}

function parseCommit<S extends Masters<string>, W>(
	dialect: Dialect<S, W>,
	command: Command,
	stage: Stage<W>,
	key: string
): Commit<string> | null {
	const wanted = parseSetUp(command);
	if (!wanted) return null;
	const { epoch, masterKey, digest } = wanted;
	const writes = stage.writes.map((write) => dialect.command(write));
	const fits = equal(digest, digestOfWrites(fromHex(key), writes));
	return { kind: 'commit', epoch, master: toHex(masterKey), count: command.argument, fits };
}

/** The key-changing commands of a fob, as its reducer takes them. */
import { fromHex, toHex } from '../../protocol/bytes.ts';
import { OPCODE, type Command } from '../../protocol/noke/commands.ts';
import {
	addLock,
	clearLocks,
	CREDENTIALS,
	parseAddLock,
	removeLock
} from '../../protocol/noke/fob.ts';
import { commit, staged, type Changed, type Commit, type Stage, type Under } from './commit.ts';
import { appliedToFob, type FobKeys, type FobWrite } from './fob-keys.ts';
import type { Dialect } from './staging.ts';

export const FOB_CHANGES: Dialect<FobKeys, FobWrite> = {
	setUp: OPCODE.setUpFob,
	writes: [OPCODE.addLock, OPCODE.clearLocks, OPCODE.removeLock],
	parse,
	command,
	change
};

function parse(wanted: Command): FobWrite | null {
	const { opcode, argument, data } = wanted;
	if (opcode === OPCODE.addLock) {
		const credential = parseAddLock(wanted);
		const content = credential && { ...credential, key: toHex(credential.key) };
		return content && { kind: 'add', position: argument, content };
	}
	if (data.length > 0) return null;
	if (opcode === OPCODE.clearLocks) return argument === 0 ? { kind: 'clear' } : null;
	const known = argument >= 1 && argument <= CREDENTIALS;
	return known ? { kind: 'remove', position: argument } : null;
}

function command(write: FobWrite): Command {
	switch (write.kind) {
		case 'add':
			return addLock(write.position, { ...write.content, key: fromHex(write.content.key) });
		case 'remove':
			return removeLock(write.position);
		case 'clear':
			return clearLocks();
	}
}

function change(
	keys: FobKeys,
	stage: Stage<FobWrite>,
	under: Under,
	wanted: FobWrite | Commit<string>
): Changed<FobKeys, FobWrite> {
	if (wanted.kind === 'commit') return commit(appliedToFob, keys, stage, under, wanted);
	return staged(keys, stage, under, wanted);
}

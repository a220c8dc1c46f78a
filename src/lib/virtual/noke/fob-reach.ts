/** A fob opens a lock, as a phone with an offline key does: docs/lock-scheme.md section 8. */
import { fromHex } from '../../protocol/bytes.ts';
import { ProtocolError } from '../../protocol/errors.ts';
import { parseAnswer } from '../../protocol/noke/answers.ts';
import { mintOfflineGrant } from '../../protocol/noke/grant.ts';
import { scheduledUnlockPacket } from '../../protocol/noke/offline.ts';
import { parseName, SESSION_LENGTH } from '../../protocol/noke/profile.ts';
import { ANSWER_WITHIN } from '../../protocol/noke/programs.ts';
import { credentialFor } from './fob-keys.ts';
import type { FobTurn } from './fob-turn.ts';

/** Goes to the lock of this name, if it may and has a credential for it. */
export function hear(turn: FobTurn, name: string): void {
	const { air, listening, keys } = turn.state;
	const mac = macOf(name);
	if (!listening || air.session || mac === null) return;
	const credential = credentialFor(keys, mac);
	if (!credential) return;
	turn.stayAwake();
	turn.change({ listening: false, reaching: { credential, until: null } });
	turn.outputs.push({ reach: name });
}

/** The lock is there: writes the one packet that opens it. */
export function write(turn: FobTurn, state: Uint8Array): void {
	const { reaching } = turn.state;
	if (reaching?.until !== null) return;
	if (state.length !== SESSION_LENGTH) return leave(turn, 'red');
	const { key, slot } = reaching.credential;
	const grant = mintOfflineGrant(fromHex(key), slot);
	turn.change({ reaching: { ...reaching, until: turn.now + ANSWER_WITHIN } });
	turn.outputs.push({ write: scheduledUnlockPacket({ ...grant, session: state }) });
}

/** The lock says something. Packets for the server are dropped: the lock keeps what they tell. */
export function understand(turn: FobTurn, bytes: Uint8Array): void {
	if (typeof turn.state.reaching?.until !== 'number') return;
	const answer = parseAnswer(bytes);
	if (answer.kind === 'shutdown') leave(turn, 'red');
	if (answer.kind === 'result') leave(turn, answer.result === 'success' ? 'green' : 'red');
}

/** Ends the link to the lock, with a light that says how it went. */
export function leave(turn: FobTurn, colour: 'green' | 'red'): void {
	turn.change({ reaching: null });
	turn.outputs.push({ leave: true });
	turn.glow(colour);
}

/** The link to the lock is no more. */
export function lose(turn: FobTurn): void {
	if (!turn.state.reaching) return;
	turn.change({ reaching: null });
	turn.glow('red');
}

function macOf(name: string): string | null {
	try {
		return parseName(name).mac;
	} catch (cause) {
		if (cause instanceof ProtocolError) return null;
		throw cause;
	}
}

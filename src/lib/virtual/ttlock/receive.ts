import { fromHex, type Bytes } from '../../protocol/bytes.ts';
import { OPCODE } from '../../protocol/ttlock/commands.ts';
import {
	DEFAULT_HEADER,
	openCommand,
	type Header,
	type Received
} from '../../protocol/ttlock/frame.ts';
import { DEFAULT_AES_KEY } from '../../protocol/ttlock/grant.ts';
import type { Refusal } from '../../protocol/ttlock/answers.ts';
import type { Identity, Running } from './state.ts';

/** A command under the right key, or why there is none. */
export type Heard =
	| { kind: 'command'; opcode: number; data: Bytes }
	| { kind: 'refused'; opcode: number; refusal: Refusal };

/** The values that stand in this lock's frames. */
export function headerOf({ scene }: Identity): Header {
	return { ...DEFAULT_HEADER, scene };
}

/** The key under which a command comes and is answered. */
export function keyFor({ flash, session }: Running, opcode: number): Bytes {
	const isFactory = opcode === OPCODE.greet || opcode === OPCODE.getAesKey;
	if (!isFactory && session?.givenKey) return session.givenKey;
	return fromHex((!isFactory && flash.owner?.aesKey) || DEFAULT_AES_KEY);
}

/** What a received frame says to this lock, as it is at this moment. */
export function receiveFrame(lock: Running, received: Received): Heard {
	if (received.kind === 'damaged')
		return { kind: 'refused', opcode: received.command, refusal: 'crc-error' };
	const { command: opcode, header } = received.frame;
	const own = headerOf(lock.identity);
	const fits =
		header.protocolType === own.protocolType &&
		header.protocolVersion === own.protocolVersion &&
		header.groupId === own.groupId &&
		header.orgId === own.orgId &&
		(header.scene === own.scene || !lock.identity.strict);
	if (!fits) return { kind: 'refused', opcode, refusal: 'failed' };
	const data = openCommand(received.frame, keyFor(lock, opcode));
	return data
		? { kind: 'command', opcode, data }
		: { kind: 'refused', opcode, refusal: 'wrong-aes-key' };
}

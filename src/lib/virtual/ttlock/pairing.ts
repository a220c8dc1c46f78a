/** Taking an owner, and forgetting them. */
import { toHex, type Bytes } from '../../protocol/bytes.ts';
import { vendorWord, type Refusal } from '../../protocol/ttlock/answers.ts';
import { isVendorWord, OPCODE, parseAddAdmin } from '../../protocol/ttlock/commands.ts';
import { ANSWER, buildFrame } from '../../protocol/ttlock/frame.ts';
import { headerOf } from './receive.ts';
import { FACTORY_FLASH } from './store.ts';
import type { Turn } from './turn.ts';

/** 16 bytes that no known key opens, as real locks say. */
export function greetBack(turn: Turn): null {
	const header = headerOf(turn.state.identity);
	turn.notify(buildFrame({ header, command: ANSWER, payload: turn.draw() }));
	return null;
}

/** Gives out a fresh key. It is the lock's own only when somebody becomes its owner under it. */
export function giveKey(turn: Turn, data: Bytes): Refusal | null {
	if (!turn.state.flash.settingMode) return 'not-in-setting-mode';
	if (!isVendorWord(data)) return 'invalid-data';
	const givenKey = turn.draw();
	turn.setSession({ givenKey, trust: 'none', handshake: null });
	turn.answer(OPCODE.getAesKey, givenKey);
	return null;
}

/** Takes an owner: durable before it is answered. */
export function addOwner(turn: Turn, data: Bytes): Refusal | null {
	const { flash, session, identity } = turn.state;
	if (!flash.settingMode) return 'not-in-setting-mode';
	const numbers = parseAddAdmin(data);
	if (!session?.givenKey || !numbers) return 'invalid-data';
	const owner = { ...numbers, aesKey: toHex(session.givenKey) };
	turn.saveFlash({ owner, settingMode: identity.ownedAt === 'finish' });
	turn.setSession({ trust: 'admin' });
	turn.answer(OPCODE.addAdmin, vendorWord());
	return null;
}

/** Ends a pairing. */
export function finish(turn: Turn): Refusal | null {
	if (turn.state.session?.trust !== 'admin') return 'no-permission';
	if (turn.state.flash.settingMode) turn.saveFlash({ settingMode: false });
	turn.answer(OPCODE.finishPairing);
	return null;
}

/** Forgets everything: free for whoever pairs it next. The answer is under the key that was. */
export function forget(turn: Turn): null {
	const { owner } = turn.state.flash;
	turn.saveFlash(FACTORY_FLASH);
	const isAsked = turn.state.session?.trust === 'admin' && owner;
	if (isAsked) {
		turn.setSession({ givenKey: keyBytes(owner.aesKey) });
		turn.answer(OPCODE.reset);
	}
	turn.hangUp();
	return null;
}

function keyBytes(hex: string): Bytes {
	return Uint8Array.from(hex.match(/../g)!, (pair) => parseInt(pair, 16));
}

import { forward } from '../../protocol/aes.ts';
import { bigEndian, type Bytes } from '../../protocol/bytes.ts';
import { refusalAnswer, successAnswer, type Refusal } from '../../protocol/ttlock/answers.ts';
import { OPCODE } from '../../protocol/ttlock/commands.ts';
import type { Local } from '../../protocol/ttlock/dates.ts';
import { ANSWER, piecesOf, sealAnswer } from '../../protocol/ttlock/frame.ts';
import type { RecordDetail } from '../../protocol/ttlock/records.ts';
import { IDLE_TIME } from './hardware.ts';
import { append } from './log.ts';
import { headerOf, keyFor } from './receive.ts';
import type { Milliseconds, Output, Running, SavedState, Session, Timers } from './state.ts';
import type { Flash } from './store.ts';

const GLOW_TIME = { green: 3_000, red: 1_500 } as const;

/** One event being worked off: the state as it becomes, and what the lock does on the way. */
export class Turn {
	readonly outputs: Output[] = [];
	state: Running;
	now: Milliseconds;

	constructor(state: Running, now: Milliseconds) {
		this.state = state;
		this.now = now;
	}

	set(change: Partial<Running>): void {
		this.state = { ...this.state, ...change };
	}

	/** Changes the session, if there still is one. */
	setSession(change: Partial<Session>): void {
		if (this.state.session) this.set({ session: { ...this.state.session, ...change } });
	}

	/** Sets what goes off by itself; durable with the next write. */
	setTimers(change: Partial<Timers>): void {
		this.set({ timers: { ...this.state.timers, ...change } });
	}

	/** One durable write. */
	save(change: Partial<SavedState>): void {
		this.set(change);
		const { identity, flash, body, clock, timers } = this.state;
		this.outputs.push({ save: { identity, flash, body, clock, timers } });
	}

	/** One durable write of some of the flash. */
	saveFlash(change: Partial<Flash>): void {
		this.save({ flash: { ...this.state.flash, ...change } });
	}

	/** What the lock's own clock shows. */
	get local(): Local {
		const { clock } = this.state;
		return clock.local + (this.now - clock.at);
	}

	/** Percent, as it is reported. */
	get battery(): number {
		return Math.round(this.state.body.battery);
	}

	glow(colour: 'green' | 'red'): void {
		this.set({ glow: { colour, until: this.now + GLOW_TIME[colour] } });
	}

	/** Writes a record, durable at once. */
	record(action: number, detail: RecordDetail = { kind: 'none' }): void {
		const { log } = this.state.flash;
		const time = Math.floor(this.local / 1000) * 1000;
		this.saveFlash({ log: append(log, { action, time, battery: this.battery, detail }) });
	}

	/** 16 bytes that nobody can foretell and that never come again. */
	draw(): Bytes {
		const { session } = this.state;
		if (!session) return new Uint8Array(16);
		this.setSession({ drawn: session.drawn + 1 });
		return forward(session.entropy, bigEndian(session.drawn, 16));
	}

	/** Answers a command. */
	answer(opcode: number, data: Uint8Array = new Uint8Array(0)): void {
		this.#say(opcode, successAnswer(opcode, data));
	}

	refuse(opcode: number, refusal: Refusal): void {
		this.#say(opcode, refusalAnswer(opcode, refusal));
	}

	/** Notifies bytes in pieces, if somebody listens. */
	notify(bytes: Bytes): void {
		if (!this.state.session?.subscribed) return;
		for (const piece of piecesOf(bytes)) this.outputs.push({ notify: piece });
	}

	/** When silence ends the link. */
	get idleAt(): Milliseconds | null {
		const { session } = this.state;
		return session && session.heardAt + IDLE_TIME;
	}

	/** Ends the link. */
	hangUp(): void {
		if (this.state.session) this.outputs.push({ disconnect: true });
		this.unlink();
	}

	/** Forgets the connection. A motor turns on, but nobody is answered. */
	unlink(): void {
		const { motor } = this.state;
		this.set({ session: null, motor: motor && { ...motor, answer: null } });
	}

	#say(opcode: number, plain: Bytes): void {
		const { state } = this;
		const command = opcode === OPCODE.getAesKey ? opcode : ANSWER;
		this.notify(sealAnswer(headerOf(state.identity), plain, keyFor(state, opcode), command));
	}
}

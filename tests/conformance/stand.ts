import { randomBytes } from 'node:crypto';
import { offlineUnlockPacket } from '../../src/lib/protocol/noke/offline.ts';
import { TestLock } from '../server/core/test-lock.ts';
import type { Answer, Caller, Ways } from './call.ts';
import { holds, Mismatch, short } from './shape.ts';

/** The session of the text's examples: a battery at 2820 mV. */
export const SAMPLE = '0000040ba7b0d91f7f45ad25698a18375c7e4f16';

/** What is there to work with. Everything of the company has to be virtual. */
export interface Equipment {
	/** HD padlocks that can be engaged by command, out of the box. */
	readonly padlocks: readonly TestLock[];
	/** A lock of another kind, out of the box: no settings, no shackle that comes off. */
	readonly other: TestLock | undefined;
	readonly fobs: readonly string[];
	/** A lock and a fob of another company. */
	readonly foreign: { readonly lock: string | undefined; readonly fob: string | undefined };
}

export interface Key {
	readonly tracking_key: string;
	readonly offline_key: string;
	readonly unlock_command: string;
}

export interface Opening {
	readonly session: string;
	/** What the lock answered to each packet: 0x60 is success. */
	readonly results: readonly number[];
	/** What it said to the server, in hex. */
	readonly server: readonly string[];
	readonly opened: boolean;
}

/** The bench of a run: an integrator's calls, and virtual locks with a hand and a phone. */
export class Stand {
	readonly caller: Caller;
	readonly #equipment: Equipment;
	/** The first padlocks are used again and again, the others once, while they are new. */
	#fresh: TestLock[];

	constructor(caller: Caller, equipment: Equipment) {
		this.caller = caller;
		this.#equipment = equipment;
		this.#fresh = equipment.padlocks.slice(SHARED);
	}

	/** With the private key, unless a way says otherwise. */
	ask(path: string, body?: unknown, ways?: Ways): Promise<Answer> {
		return this.caller.send(path, body, ways);
	}

	/** As the mobile library: with the mobile key. */
	tell(path: string, body: unknown): Promise<Answer> {
		return this.caller.send(path, body, { authorization: this.caller.bearer('mobile') });
	}

	/** `data` of a call that only makes something ready. Throws Mismatch when it is refused. */
	async data(path: string, body?: unknown): Promise<Answer['body']> {
		const answer = await this.ask(path, body);
		holds(
			answer.body?.result === 'success',
			`${path} ${short(body)}: expected success, came ${short(answer.body)}`
		);
		return answer.body.data;
	}

	/** MACs of locks, in whatever state they are. */
	macs(many: number): string[] {
		return this.#shared(many).map(({ mac }) => mac);
	}

	mac(): string {
		return this.#shared(1)[0]!.mac;
	}

	/** Padlocks that are set up and have nothing waiting. */
	async padlocks(many: number): Promise<TestLock[]> {
		const locks = this.#shared(many);
		for (const lock of locks) await this.open(lock);
		return locks;
	}

	async padlock(): Promise<TestLock> {
		return (await this.padlocks(1))[0]!;
	}

	/** A padlock out of the box, that no case has used or will use. */
	fresh(): TestLock {
		const lock = this.#fresh.shift();
		if (lock === undefined) throw new Mismatch('needs one more HD padlock that awaits setup');
		return lock;
	}

	/** A lock that is no HD padlock. */
	other(): TestLock {
		const { other } = this.#equipment;
		if (other === undefined) throw new Mismatch('needs a lock other than an HD padlock');
		return other;
	}

	fobs(many: number): string[] {
		const { fobs } = this.#equipment;
		if (fobs.length < many) throw new Mismatch(`needs ${many} fobs, fobs/display/ shows fewer`);
		return fobs.slice(0, many);
	}

	foreignLock(): string {
		const { lock } = this.#equipment.foreign;
		if (lock === undefined) throw new Mismatch('needs --foreign-lock, a lock of another company');
		return lock;
	}

	foreignFob(): string {
		const { fob } = this.#equipment.foreign;
		if (fob === undefined) throw new Mismatch('needs --foreign-fob, a fob of another company');
		return fob;
	}

	/** One online opening: session, commands, the lock's answers, and these to the server. */
	async open(
		lock: TestLock,
		{ path = 'unlock/', trackingKey, upload = true }: OpenOptions = {}
	): Promise<Opening> {
		const session = lock.connect();
		const wanted = { mac: lock.mac, session, tracking_key: trackingKey };
		const { commands } = await this.data(path, wanted);
		const { results, server } = lock.write(String(commands).split('+'));
		const opened = lock.shackle !== 'closed';
		lock.disconnect();
		lock.close();
		if (upload) await this.upload(lock.mac, session, server);
		return { session, results, server, opened };
	}

	/** A phone without a network: the key as it was issued, by the library's own algorithm. */
	async openOffline(lock: TestLock, key: Key): Promise<Opening> {
		const session = lock.connect();
		const packet = offlineUnlockPacket({
			offlineKey: key.offline_key,
			unlockCommand: key.unlock_command,
			session: Buffer.from(session, 'hex'),
			at: Math.floor(lock.now / 1000)
		});
		const { results, server } = lock.write([packet]);
		const opened = lock.shackle !== 'closed';
		lock.disconnect();
		lock.close();
		return { session, results, server, opened };
	}

	/** Hands in what a lock said, as the mobile library does. */
	async upload(
		mac: string,
		session: string,
		responses: readonly string[],
		receivedTime = Math.floor(Date.now() / 1000)
	): Promise<void> {
		const logs = [{ session, mac, received_time: receivedTime, responses }];
		const { body } = await this.tell('upload/', { logs });
		holds(body?.error_code === 0, `upload/: expected success, came ${short(body)}`);
	}

	/** Lets go of every lock, whatever a case left undone. */
	release(): void {
		const { padlocks, other } = this.#equipment;
		for (const lock of other ? [...padlocks, other] : padlocks) {
			lock.disconnect();
			if (lock.shackle !== 'closed') lock.close();
		}
	}

	#shared(many: number): TestLock[] {
		const locks = this.#equipment.padlocks.slice(0, Math.min(many, SHARED));
		if (locks.length < many)
			throw new Mismatch(`needs ${many} HD padlocks with firmware 4.25 that await setup`);
		return locks;
	}
}

interface OpenOptions {
	readonly path?: string;
	readonly trackingKey?: string;
	/** False: the phone never hands the answers in. */
	readonly upload?: boolean;
}

/** Padlocks that all cases share. */
const SHARED = 3;

/** A session that no lock has shown before: a battery at 2820 mV, the rest random. */
export function newSession(): string {
	return `0000040b${randomBytes(16).toString('hex')}`;
}

/** The MAC of no lock and no fob. */
export function absentMac(): string {
	return Buffer.concat([Buffer.from([0xfa, 0xce]), randomBytes(4)])
		.toString('hex')
		.toUpperCase()
		.replace(/..(?!$)/g, '$&:');
}

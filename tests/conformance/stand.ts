import { randomBytes } from 'node:crypto';
import { offlineUnlockPacket } from '../../src/lib/protocol/noke/offline.ts';
import type { Answer, Caller, Ways } from './call.ts';
import type { Fob } from './fob.ts';
import type { Padlock, Said } from './padlock.ts';
import { holds, Mismatch, short } from './shape.ts';

/** The session of the text's examples: a battery at 2820 mV. */
export const SAMPLE = '0000040ba7b0d91f7f45ad25698a18375c7e4f16';

/** What is there to work with. Everything of the company has to be virtual. */
export interface Equipment {
	/** HD padlocks that can be engaged by command, out of the box. */
	readonly padlocks: readonly Padlock[];
	/** A lock of another kind, out of the box: no settings, no shackle that comes off. */
	readonly other: Padlock | undefined;
	readonly fobs: readonly Fob[];
	/** A lock and a fob of another company. */
	readonly foreign: { readonly lock: string | undefined; readonly fob: string | undefined };
}

export interface Key {
	readonly tracking_key: string;
	readonly offline_key: string;
	readonly unlock_command: string;
}

/** One connection to a lock, with what came of it. */
export interface Opening extends Said {
	readonly session: string;
	readonly opened: boolean;
}

/** The bench of a run: an integrator's calls, and virtual locks with a hand and a phone. */
export class Stand {
	readonly caller: Caller;
	readonly #equipment: Equipment;
	/** The first padlocks are used again and again, the others once, while they are new. */
	#fresh: Padlock[];

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

	/** The commands of a call that asks for some. Throws Mismatch when it is refused. */
	async commands(path: string, body: object, key: 'private' | 'mobile' = 'private') {
		const answer = await this.ask(path, body, { authorization: this.caller.bearer(key) });
		const commands: unknown = answer.body?.data?.commands;
		const came = typeof commands === 'string' && /^[0-9a-fA-F+]+$/.test(commands);
		holds(came, `${path}: expected commands, came ${short(answer.body)}`);
		return String(commands).split('+');
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
	async padlocks(many: number): Promise<Padlock[]> {
		const locks = this.#shared(many);
		for (const lock of locks) await this.open(lock);
		return locks;
	}

	async padlock(): Promise<Padlock> {
		return (await this.padlocks(1))[0]!;
	}

	/** A padlock out of the box, that no case has used or will use. */
	fresh(): Padlock {
		const lock = this.#fresh.shift();
		if (lock === undefined) throw new Mismatch('needs one more HD padlock that awaits setup');
		return lock;
	}

	/** A lock that is no HD padlock. */
	other(): Padlock {
		const { other } = this.#equipment;
		if (other === undefined) throw new Mismatch('needs a lock other than an HD padlock');
		return other;
	}

	fobs(many: number): Fob[] {
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
		lock: Padlock,
		{ path = 'unlock/', trackingKey, upload = true }: OpenOptions = {}
	): Promise<Opening> {
		const session = lock.connect();
		const wanted = { mac: lock.mac, session, tracking_key: trackingKey };
		const said = lock.write(await this.commands(path, wanted));
		const opened = leave(lock);
		if (upload) await this.upload(lock.mac, session, said.server);
		return { session, opened, ...said };
	}

	/** A phone without a network: the key as it was issued, by the library's own algorithm. */
	openOffline(lock: Padlock, key: Key): Opening {
		const session = lock.connect();
		const packet = offlineUnlockPacket({
			offlineKey: key.offline_key,
			unlockCommand: key.unlock_command,
			session: Buffer.from(session, 'hex'),
			at: Math.floor(lock.now / 1000)
		});
		const said = lock.write([packet]);
		return { session, opened: leave(lock), ...said };
	}

	/** One sync of a fob: squeeze, session, commands, and its answers to the server. */
	async sync(fob: Fob, { upload = true }: { upload?: boolean } = {}): Promise<void> {
		const session = fob.connect();
		const { server } = fob.write(await this.commands('fobs/sync/', { mac: fob.mac, session }));
		fob.disconnect();
		if (upload) await this.upload(fob.mac, session, server);
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
		const { padlocks, other, fobs } = this.#equipment;
		for (const fob of fobs) fob.disconnect();
		for (const lock of other ? [...padlocks, other] : padlocks) {
			lock.disconnect();
			if (lock.shackle !== 'closed') lock.close();
			if (lock.firmwareMode) lock.rest(FIRMWARE_TIME);
		}
	}

	#shared(many: number): Padlock[] {
		const locks = this.#equipment.padlocks.slice(0, Math.min(many, SHARED));
		if (locks.length < many)
			throw new Mismatch(`needs ${many} HD padlocks with firmware 4.25 that await setup`);
		return locks;
	}
}

/** Ends the link and pushes the shackle home. True when it was not. */
function leave(lock: Padlock): boolean {
	const opened = lock.shackle !== 'closed';
	lock.disconnect();
	lock.close();
	return opened;
}

interface OpenOptions {
	readonly path?: string;
	readonly trackingKey?: string | undefined;
	/** False: the phone never hands the answers in. */
	readonly upload?: boolean;
}

/** A lock that nobody updates leaves firmware mode by itself. */
const FIRMWARE_TIME = 61_000;

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

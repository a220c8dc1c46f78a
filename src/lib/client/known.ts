import * as z from 'zod/mini';
import { LockReply, LocksReply, type Lock, type LocksReply as Locks } from '../api/app/locks.ts';
import { Me } from '../api/app/people.ts';
import { AnswerStore } from '../vault/answers.ts';
import { byName } from './by-name.ts';
import { call as callServer, type Call, type Parsed } from './call.ts';
import { Heard, latest } from './latest.ts';

/** Something that was answered before, and when: milliseconds since 1970. */
export interface Recalled<T> {
	value: T;
	at: number;
}

/** How a page asks the server, and how it recalls what was answered last. */
export type AskAndRecall<T> = [
	ask: (signal?: AbortSignal) => Promise<T>,
	recall: () => Promise<Recalled<T> | undefined>
];

const ME = '/api/me';
/** Before the MAC of a lock: no path of the server. */
const HEARD = 'heard ';

/** What this phone knows without network: the server's last answers to one person. */
export class Known {
	readonly #store: AnswerStore;
	readonly #call: Call;
	#owner: string | null = null;

	constructor(store = new AnswerStore(), call: Call = callServer) {
		this.#store = store;
		this.#call = call;
	}

	/** Asks for a path, and keeps the answer. @throws ClientError when asking */
	of<S extends z.core.$ZodType, T>(
		schema: S,
		path: string,
		pick: (reply: Parsed<S>) => T
	): AskAndRecall<T> {
		const ask = async (signal?: AbortSignal) => {
			const reply = await this.#call(schema, 'GET', path, undefined, signal);
			await this.#keep(path, reply);
			return pick(reply);
		};
		return [ask, () => this.#recall(schema, path, pick)];
	}

	/** The locks of this person by name, each with what it told this phone since. */
	locks(): AskAndRecall<Locks> {
		const path = '/api/locks';
		const added = ({ locks, total }: Locks, add: (lock: Lock) => Lock): Locks => ({
			locks: locks.map(add),
			total
		});
		const ask = async (signal?: AbortSignal) => {
			const { locks, total } = await this.#call(LocksReply, 'GET', path, undefined, signal);
			// Kept in order: what orders by name takes its time, and a start without network has none.
			const reply = { locks: locks.toSorted(byName), total };
			await this.#keep(path, reply);
			return added(reply, await this.#adding());
		};
		const recall = async () => {
			const before = this.#recall(LocksReply, path, (reply) => reply);
			const [kept, add] = await Promise.all([before, this.#adding()]);
			return kept && { ...kept, value: added(kept.value, add) };
		};
		return [ask, recall];
	}

	/** Asks for a lock; it comes with what it told this phone since. @throws ClientError */
	async lock(mac: string, signal?: AbortSignal): Promise<Lock> {
		const path = `/api/locks/${mac}`;
		const { lock } = await this.#call(LockReply, 'GET', path, undefined, signal);
		return (await this.#adding())(lock);
	}

	/** A lock told this phone something: it is kept beside what is known already. */
	async hear(heard: Heard): Promise<void> {
		const owner = this.#owner;
		if (owner === null) return;
		await this.#store.renew({ path: pathOf(heard), owner, at: Date.now() }, (body) => {
			const before = parsed(Heard, body);
			return before ? latest(before, heard) : heard;
		});
	}

	/** The server has told who is signed in. Nothing is kept of anybody else. */
	async meet(me: Me): Promise<void> {
		this.#owner = ownerOf(me);
		if (this.#owner === null) return this.#store.forget();
		await this.#store.belong(this.#owner);
		await this.#keep(ME, me);
	}

	/** Who was signed in here last. */
	async lastMet(): Promise<Recalled<Me> | undefined> {
		const met = await this.#recall(Me, ME, (me) => me);
		if (met) this.#owner ??= ownerOf(met.value);
		return met;
	}

	/** Forgets everything. @param leaving the server has not heard yet of the sign-out */
	async forget(leaving = false): Promise<void> {
		this.#owner = null;
		await this.#store.forget(leaving);
	}

	/** Whether a sign-out waits for the network. */
	leaving(): Promise<boolean> {
		return this.#store.leaving();
	}

	/** What gives a lock the newest that it told this phone: of its closing no server ever hears. */
	async #adding(): Promise<(lock: Lock) => Lock> {
		const said = await this.#store.recallAll(HEARD);
		const heard = new Map(said.map(({ path, body }) => [path, past(parsed(Heard, body))]));
		return (lock) => latest(lock, heard.get(pathOf(lock)));
	}

	async #keep(path: string, body: unknown): Promise<void> {
		const owner = this.#owner;
		if (owner !== null) await this.#store.keep({ path, owner, at: Date.now(), body });
	}

	async #recall<S extends z.core.$ZodType, T>(
		schema: S,
		path: string,
		pick: (reply: Parsed<S>) => T
	): Promise<Recalled<T> | undefined> {
		const answer = await this.#store.recall(path);
		const reply = parsed(schema, answer?.body);
		if (!answer || reply === undefined) return undefined;
		return { value: pick(reply), at: answer.at };
	}
}

/** Kept by another version of the app, perhaps: then it is as good as nothing. */
function parsed<S extends z.core.$ZodType>(schema: S, body: unknown): Parsed<S> | undefined {
	return z.safeParse(schema, body).data as Parsed<S> | undefined;
}

/** Without what a clock that was ahead has dated: it would stay the newest for years. */
function past(heard: Heard | undefined): Heard | undefined {
	const now = Date.now();
	const unless = <T extends { at: number }>(told: T | null) =>
		told && told.at > now ? null : told;
	return (
		heard && {
			mac: heard.mac,
			lastKnown: unless(heard.lastKnown),
			battery: unless(heard.battery),
			lastOpened: unless(heard.lastOpened)
		}
	);
}

function pathOf({ mac }: Pick<Heard, 'mac'>): string {
	return HEARD + mac;
}

function ownerOf({ user, company }: Me): string | null {
	return user && `${user.id} ${company?.id ?? ''}`;
}

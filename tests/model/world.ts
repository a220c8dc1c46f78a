import { latest } from '../../src/lib/server/core/held.ts';
import { Interned } from './intern.ts';
import { forgetSession, startLock, work, type Lock, type Worked } from './lock.ts';
import {
	prove,
	request,
	restore,
	START,
	type Command,
	type Reply,
	type Rules,
	type Server
} from './server.ts';

/** How far a search goes. */
export interface Bound {
	readonly phones: 1 | 2 | 3;
	/** Connections to the lock in all. */
	readonly sessions: number;
	/** Changes that managers make in all. */
	readonly rotations: number;
	/** Crashes of phones and of the server in all. */
	readonly crashes: number;
	/** Restores of the server from the backup taken at the start. */
	readonly restores: 0 | 1;
}

/** Answers that one session gets at most. */
export const REPLIES = 2;

/** A state: small numbers at the places below. Ids are those of `Interned`. */
export type State = Uint16Array;

/** Where a number stands. */
export const AT = {
	server: 0,
	lock: 1,
	/** Session of the link that is up, 0 for none. */
	live: 2,
	/** Sessions begun. */
	begun: 3,
	crashes: 4,
	restores: 5,
	/** Bit per reply: it has opened the lock. */
	opened: 6,
	/** Bit per proof: it is somewhere between a phone and the server, for good. */
	uploads: 7,
	/** A rule broken on the way here, 0 for none. */
	broken: 8,
	/** Two for each phone: the reply it works at, and the commands written of it. */
	phones: 9
} as const;

/** Numbers a phone takes: reply, position, whether it waits in vain, outbox. */
export const PHONE = { reply: 0, position: 1, stopped: 2, outbox: 3, linked: 4, size: 5 } as const;
/** Numbers a session takes: requested, then the replies. */
export const SESSION = { requested: 0, replies: 1, size: 1 + REPLIES } as const;

/** Wrong keys in a row that end the link (docs/lock-scheme.md section 4). */
const WRONG_KEYS = 5;

/** Rules that break in a move, not in a state. */
export const BROKEN = ['', 'I5', 'I6'] as const;

/** An answer of the server, by ids. */
export interface Answered {
	readonly server: number;
	readonly reply: number;
	readonly changedAfterEmission: boolean;
}

/** A command that the lock worked off, by ids. */
export type Done = Omit<Worked, 'lock'> & { readonly lock: number; readonly ended: boolean };

/** Results that depend on a few small numbers, made once. */
function memo<R>(make: (a: number, b: number, c: number) => R) {
	const known = new Map<number, R>();
	return (a: number, b = 0, c = 0): R => {
		const key = (a * 65536 + b) * 64 + c;
		let result = known.get(key);
		if (result === undefined) known.set(key, (result = make(a, b, c)));
		return result;
	};
}

/** Everything a search shares: the tables behind the ids, the bound, the rules. */
export class World {
	readonly servers = new Interned<Server>();
	readonly locks = new Interned<Lock>();
	readonly replies = new Interned<Reply | null>();
	readonly bound: Bound;
	readonly rules: Rules;
	readonly sessionsAt: number;

	constructor(bound: Bound, rules: Rules) {
		this.bound = bound;
		this.rules = rules;
		this.sessionsAt = AT.phones + bound.phones * PHONE.size;
		this.replies.id(null);
	}

	start(): State {
		const state = new Uint16Array(this.sessionsAt + this.bound.sessions * SESSION.size);
		state[AT.server] = this.servers.id(START);
		state[AT.lock] = this.locks.id(startLock());
		return state;
	}

	/** Place of a number of phone 0.. */
	phone(index: number, what: Exclude<keyof typeof PHONE, 'size'>): number {
		return AT.phones + index * PHONE.size + PHONE[what];
	}

	/** Place of a number of session 1.. */
	session(number: number, what: 'requested' | 'replies'): number {
		return this.sessionsAt + (number - 1) * SESSION.size + SESSION[what];
	}

	/** The commands of a reply. */
	readonly commands = memo((replyId): Command[] => {
		const reply = this.replies.value(replyId)!;
		return this.rules.commands(reply).map((command, i) => ({ ...command, id: reply.firstId + i }));
	});

	/** What the lock does with a command of a reply. */
	readonly work = memo((lockId, replyId, index): Done => {
		const { lock, ...rest } = work(this.locks.value(lockId), this.commands(replyId)[index]!);
		return { ...rest, lock: this.locks.id(lock), ended: lock.wrongKeys >= WRONG_KEYS };
	});

	readonly forget = memo((lockId) => this.locks.id(forgetSession(this.locks.value(lockId))));

	readonly request = memo((serverId, firstId): Answered => {
		const answer = request(this.servers.value(serverId), firstId, this.rules);
		const [server, reply] = [this.servers.id(answer.server), this.replies.id(answer.reply)];
		return { server, reply, changedAfterEmission: answer.changedAfterEmission };
	});

	readonly prove = memo((serverId, epoch, probed) =>
		this.servers.id(prove(this.servers.value(serverId), epoch, probed === 1, this.rules))
	);

	/** Where the row may go without a phone. */
	readonly ownWays = memo((serverId) =>
		ownWays(this.servers.value(serverId), this.bound, this.rules).map(
			([move, next]) => [move, this.servers.id(next)] as const
		)
	);

	readonly restored = memo((serverId) =>
		this.servers.id(restore(this.servers.value(serverId), this.rules))
	);

	/** I1: whether one online opening without any fault opens, exactly once. */
	readonly opensCleanly = memo((serverId, lockId): boolean => {
		const { reply } = this.request(serverId, 1);
		let lock = this.forget(lockId);
		let opened = 0;
		for (const index of this.commands(reply).keys()) {
			const done = this.work(lock, reply, index);
			lock = done.lock;
			if (done.opened) opened++;
			if (done.ended) break;
		}
		return opened === 1;
	});
}

function ownWays(server: Server, bound: Bound, rules: Rules): [string, Server][] {
	const ways = rules.lapses(server).map((next): [string, Server] => ['the server lapses', next]);
	const { held } = server;
	const change = (move: string, content: number | null): void => {
		ways.push([move, { ...server, held: rules.hold(held, { kind: 'change', content }) }]);
	};
	if (latest(held) < bound.rotations) change('a manager changes a key', latest(held) + 1);
	if (held.wanted !== null) change('a manager withdraws the change', null);
	return ways;
}

import { AT, BROKEN, REPLIES, type State, type World } from './world.ts';

/** Called for every state one move away, with the name of the move. */
export type Emit = (move: string, next: State) => void;

/** Epochs that proofs are told apart by; no bound reaches further. */
const EPOCHS = 6;

/** All moves of every part. Delivery is a set: what was sent once may arrive at any time, ever again. */
export function moves(world: World, state: State, emit: Emit): void {
	managers(world, state, emit);
	for (let phone = 0; phone < world.bound.phones; phone++) {
		connecting(world, state, phone, emit);
		writing(world, state, phone, emit);
		crashing(world, state, phone, emit);
	}
	asking(world, state, emit);
	uploads(world, state, emit);
}

function set(state: State, ...changes: readonly (readonly [number, number])[]): State {
	const next = state.slice();
	for (const change of changes) next[change[0]] = change[1];
	return next;
}

function managers(world: World, state: State, emit: Emit): void {
	const server = state[AT.server]!;
	for (const [move, next] of world.ownWays(server)) emit(move, set(state, [AT.server, next]));
	if (state[AT.restores]! >= world.bound.restores) return;
	const restored = [AT.restores, state[AT.restores]! + 1] as const;
	emit('the database is restored', set(state, [AT.server, world.restored(server)], restored));
}

/** The link of a phone goes: nothing is left of the session, at the lock or at the phone. */
function unlinked(world: World, state: State, phone: number): State {
	return set(
		state,
		[AT.lock, world.forget(state[AT.lock]!)],
		[AT.live, 0],
		[world.phone(phone, 'linked'), 0],
		[world.phone(phone, 'reply'), 0],
		[world.phone(phone, 'position'), 0],
		[world.phone(phone, 'stopped'), 0]
	);
}

function connecting(world: World, state: State, phone: number, emit: Emit): void {
	const { bound } = world;
	const live = state[AT.live]!;
	const linked = state[world.phone(phone, 'linked')] === 1;
	if (live === 0 && state[AT.begun]! < bound.sessions) {
		const begun = state[AT.begun]! + 1;
		const next = set(state, [AT.begun, begun], [AT.live, begun]);
		emit('a phone connects', set(next, [world.phone(phone, 'linked'), 1]));
	}
	if (!linked) return;
	emit('the link drops, or the lock reboots', unlinked(world, state, phone));
	const requested = world.session(live, 'requested');
	if (state[requested] === 0) emit('the phone asks', set(state, [requested, 1]));
	const position = state[world.phone(phone, 'position')]!;
	const reply = state[world.phone(phone, 'reply')]!;
	const idle = reply === 0 || state[world.phone(phone, 'stopped')] === 1;
	if (!idle && position < world.commands(reply).length) return;
	for (let i = 0; i < REPLIES; i++) {
		const id = state[world.session(live, 'replies') + i]!;
		if (id === 0) continue;
		const took = set(state, [world.phone(phone, 'reply'), id], [world.phone(phone, 'position'), 0]);
		emit('the phone takes a reply', set(took, [world.phone(phone, 'stopped'), 0]));
	}
}

/** Which of the session's replies this is, as a bit of `opened`. */
function replyBit(world: World, state: State, reply: number): number {
	const live = state[AT.live]!;
	const second = state[world.session(live, 'replies') + 1] === reply ? 1 : 0;
	return 1 << ((live - 1) * REPLIES + second);
}

/** The proof as a bit: its epoch, and whether the command was a probe after a restore. */
function proofBit(world: World, reply: number, epoch: number): number {
	const probed = world.replies.value(reply)!.recovery ? 1 : 0;
	return 1 << (probed * EPOCHS + Math.min(epoch, EPOCHS - 1));
}

function writing(world: World, state: State, phone: number, emit: Emit): void {
	if (state[world.phone(phone, 'linked')] === 0) return;
	const reply = state[world.phone(phone, 'reply')]!;
	if (reply === 0) return;
	const [positionAt, stoppedAt] = [world.phone(phone, 'position'), world.phone(phone, 'stopped')];
	const position = state[positionAt]!;
	for (let again = 0; again < position; again++)
		emit('a packet is heard twice', worked(world, state, phone, reply, again).state);
	if (state[stoppedAt] === 1 || position >= world.commands(reply).length) return;
	const { state: after, proof, ended } = worked(world, state, phone, reply, position);
	const outbox = world.phone(phone, 'outbox');
	const kept = after[outbox]! | proof;
	if (ended) return emit('the lock ends the link', set(after, [outbox, kept]));
	const on = [positionAt, position + 1] as const;
	emit('a packet, answered', set(after, on, [outbox, kept]));
	if (proof !== 0) emit('a packet, its server packet lost', set(after, on));
	const stop = [stoppedAt, 1] as const;
	emit('a packet, its answer lost', set(after, on, stop));
	if (proof !== 0) emit('a packet, its app packet lost', set(after, on, stop, [outbox, kept]));
	emit('a packet, then the link drops', unlinked(world, after, phone));
}

/** The lock has worked off a command. */
function worked(world: World, state: State, phone: number, reply: number, index: number) {
	const { lock, proves, opened, ended } = world.work(state[AT.lock]!, reply, index);
	const proof = proves === null ? 0 : proofBit(world, reply, proves);
	let next = set(state, [AT.lock, lock]);
	if (opened) {
		const bit = replyBit(world, state, reply);
		if ((state[AT.opened]! & bit) !== 0) next[AT.broken] = BROKEN.indexOf('I6');
		next[AT.opened]! |= bit;
	}
	if (ended) next = unlinked(world, next, phone);
	return { state: next, proof, ended };
}

/** The server hears a request, once more or for the first time. */
function asking(world: World, state: State, emit: Emit): void {
	const { replies, rules, bound } = world;
	for (let session = 1; session <= state[AT.begun]!; session++) {
		if (state[world.session(session, 'requested')] === 0) continue;
		const at = world.session(session, 'replies');
		const slot = state[at] === 0 ? 0 : state[at + 1] === 0 ? 1 : REPLIES;
		if (slot === REPLIES) continue;
		const before = slot === 0 ? 0 : state[at]!;
		const firstId =
			before === 0 ? 1 : replies.value(before)!.firstId + world.commands(before).length;
		const answer = world.request(state[AT.server]!, firstId);
		const durable = [AT.server, answer.server] as const;
		const sent = [at + slot, answer.reply] as const;
		const next = set(state, durable, sent);
		if (answer.changedAfterEmission) next[AT.broken] = BROKEN.indexOf('I5');
		emit('the server answers', next);
		if (state[AT.crashes]! >= bound.crashes) continue;
		const crash = [AT.crashes, state[AT.crashes]! + 1] as const;
		emit('the server crashes before it answers', set(state, durable, crash));
		if (rules.emitsEarly)
			emit('the server answers and crashes before it writes', set(state, sent, crash));
	}
}

function uploads(world: World, state: State, emit: Emit): void {
	for (let phone = 0; phone < world.bound.phones; phone++) {
		const at = world.phone(phone, 'outbox');
		const sent = state[AT.uploads]! | state[at]!;
		if (state[at] !== 0) emit('a phone uploads', set(state, [AT.uploads, sent], [at, 0]));
	}
	for (let bit = 0; bit < 2 * EPOCHS; bit++) {
		if ((state[AT.uploads]! & (1 << bit)) === 0) continue;
		const next = world.prove(state[AT.server]!, bit % EPOCHS, bit >= EPOCHS ? 1 : 0);
		if (next !== state[AT.server]) emit('an upload arrives', set(state, [AT.server, next]));
	}
}

/** A phone is killed, with its outbox on disk or without. */
function crashing(world: World, state: State, phone: number, emit: Emit): void {
	if (state[AT.crashes]! >= world.bound.crashes) return;
	const crash = [AT.crashes, state[AT.crashes]! + 1] as const;
	const linked = state[world.phone(phone, 'linked')] === 1;
	const dead = set(linked ? unlinked(world, state, phone) : state, crash);
	const outbox = world.phone(phone, 'outbox');
	if (linked) emit('the phone is killed', dead);
	if (state[outbox] !== 0) emit('the phone loses its outbox', set(dead, [outbox, 0]));
}

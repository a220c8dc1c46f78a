import { describe, expect, it } from 'vitest';
import { toHex } from '../../../src/lib/protocol/bytes.ts';
import { resultPacket, shutdownPacket } from '../../../src/lib/protocol/noke/answers.ts';
import {
	ANSWER_WITHIN,
	converse,
	STAY_WITHIN,
	type LockEvent
} from '../../../src/lib/protocol/noke/programs.ts';
import type { Reply } from '../../../src/lib/protocol/program.ts';

const packets = [1, 2, 3].map((n) => new Uint8Array(20).fill(n));
const done = (id = 1) => resultPacket('success', id);
const asleep = shutdownPacket({ open: false, timedOut: false });
const forServer = Uint8Array.of(0x50, ...new Uint8Array(19));

/** Runs the conversation against these replies, in order. */
function run(replies: (Reply | undefined)[], opensAt: number | null = 2) {
	const program = converse(packets, opensAt);
	const [waits, written, told]: [number[], number[], LockEvent['kind'][]] = [[], [], []];
	const arriving = replies.values();
	let turn = program.next();
	while (!turn.done) {
		const step = turn.value;
		if ('send' in step) written.push(step.send[0]!);
		if ('tell' in step) told.push(step.tell.kind);
		if ('receive' in step) waits.push(step.receive);
		turn = program.next('receive' in step ? arriving.next().value : undefined);
	}
	return { waits, written, told, outcome: turn.value };
}

describe('a conversation', () => {
	it('writes each packet after the answer to the one before', () => {
		const { written, told, waits, outcome } = run([done(1), done(2), done(3), asleep]);
		expect(written).toEqual([1, 2, 3]);
		const each = ['writing', 'answered'];
		expect(told).toEqual([...each, ...each, ...each, 'opened', 'finished', 'shutdown']);
		expect(waits).toEqual([ANSWER_WITHIN, ANSWER_WITHIN, ANSWER_WITHIN, STAY_WITHIN]);
		expect(outcome).toEqual({ opening: 'success', written: 3, answered: 3, end: 'shutdown' });
	});

	it('goes on after a refusal, and says how the opening was refused', () => {
		const refusal = resultPacket('invalid-key', 1);
		const { written, told, outcome } = run([refusal, refusal, refusal, 'gone']);
		expect(written).toEqual([1, 2, 3]);
		expect(told).not.toContain('opened');
		expect(outcome).toEqual({ opening: 'invalid-key', written: 3, answered: 3, end: 'gone' });
	});

	it.each(['silent', 'gone', undefined] as const)('writes nothing more after %s', (missing) => {
		const { written, outcome } = run([done(), missing]);
		expect(written).toEqual([1, 2]);
		expect(outcome).toMatchObject({ opening: null, answered: 1, end: missing ?? 'gone' });
	});

	it('ends when the lock says shutdown instead of an answer', () => {
		const { written, told, outcome } = run([asleep]);
		expect(written).toEqual([1]);
		expect(told.at(-1)).toBe('shutdown');
		expect(outcome).toMatchObject({ opening: null, written: 1, answered: 0, end: 'shutdown' });
	});

	it('hands over server packets and passes by what is not for it', () => {
		const noise = [
			new Uint8Array(19),
			Uint8Array.of(0x52, ...new Uint8Array(19)),
			new Uint8Array(0)
		];
		const { told, written } = run([...noise, forServer, forServer, done(), 'gone']);
		expect(told.filter((kind) => kind === 'server-packet')).toHaveLength(2);
		expect(written).toEqual([1, 2]);
	});

	it('still hears the lock after everything is answered', () => {
		const late = [forServer, done(9), asleep];
		const { told, outcome } = run([done(1), done(2), done(3), ...late]);
		expect(told.slice(-3)).toEqual(['finished', 'server-packet', 'shutdown']);
		expect(outcome.end).toBe('shutdown');
	});

	it('never takes a repeated answer to the command before for the opening', () => {
		const commands = [1, 1, 2].map((id) => Uint8Array.of(0, 0, id, ...new Uint8Array(17)));
		const program = converse(commands, 2);
		const arriving = [done(1), done(1), done(1), done(1), done(2), asleep].values();
		let heard: number | undefined;
		let turn = program.next();
		while (!turn.done) {
			if ('tell' in turn.value && turn.value.tell.kind === 'opened') expect(heard).toBe(2);
			const reply = 'receive' in turn.value ? arriving.next().value : undefined;
			if (reply) heard = reply[2];
			turn = program.next(reply);
		}
		expect(turn.value).toEqual({ opening: 'success', written: 3, answered: 3, end: 'shutdown' });
	});

	it('takes any id from a lock that does not echo', () => {
		const commands = [5, 6].map((id) => Uint8Array.of(0, 0, id, ...new Uint8Array(17)));
		const program = converse(commands, 1);
		const arriving = [done(0), done(0), asleep].values();
		let turn = program.next();
		while (!turn.done)
			turn = program.next('receive' in turn.value ? arriving.next().value : undefined);
		expect(turn.value).toMatchObject({ opening: 'success', answered: 2 });
	});

	it('reports no opening when none was asked for', () => {
		expect(run([done(1), done(2), done(3), asleep], null).outcome.opening).toBeNull();
	});

	describe('of a server that does not know which key the lock holds', () => {
		const stranger = (id: number) => resultPacket('invalid-key', id);
		const opened = ({ told }: ReturnType<typeof run>) =>
			told.filter((kind) => kind === 'opened').length;

		it('has opened when a later packet than the likeliest is taken', () => {
			const conversation = run([stranger(1), stranger(2), done(3), asleep], 0);
			expect(opened(conversation)).toBe(1);
			const each = ['writing', 'answered'];
			expect(conversation.told.slice(0, 7)).toEqual([...each, ...each, ...each, 'opened']);
			expect(conversation.outcome).toEqual({
				opening: 'success',
				written: 3,
				answered: 3,
				end: 'shutdown'
			});
		});

		it('opens once: what follows the opening is refused, and says nothing of it', () => {
			const conversation = run([stranger(1), done(2), stranger(3), asleep], 0);
			expect(opened(conversation)).toBe(1);
			expect(conversation.outcome).toMatchObject({ opening: 'success', answered: 3 });
		});

		it('keeps the likeliest when that one was taken', () => {
			const conversation = run([done(1), stranger(2), stranger(3), asleep], 0);
			expect(opened(conversation)).toBe(1);
			expect(conversation.outcome.opening).toBe('success');
		});

		it('has not opened when none is taken, and does not know when one is not answered', () => {
			expect(run([stranger(1), stranger(2), stranger(3), asleep], 0)).toMatchObject({
				outcome: { opening: 'invalid-key', answered: 3 }
			});
			const cut = run([stranger(1), 'silent'], 0);
			expect(opened(cut)).toBe(0);
			expect(cut.outcome).toMatchObject({ opening: null, written: 2, answered: 1 });
		});

		it('says why a later packet failed whose key did fit', () => {
			const jammed = resultPacket('failed-to-unlock', 2);
			const conversation = run([stranger(1), jammed, stranger(3), asleep], 0);
			expect(opened(conversation)).toBe(0);
			expect(conversation.outcome.opening).toBe('failed-to-unlock');
		});

		it('takes a refusal for another reason for the answer of the likeliest alone', () => {
			const jammed = resultPacket('failed-to-unlock', 1);
			const conversation = run([jammed, done(2), done(3), asleep], 0);
			expect(opened(conversation)).toBe(0);
			expect(conversation.outcome.opening).toBe('failed-to-unlock');
		});
	});

	it('keeps packets as they are', () => {
		run([done(1), done(2), done(3), asleep]);
		expect(packets.map((packet) => toHex(packet).slice(0, 2))).toEqual(['01', '02', '03']);
	});
});

import { afterEach, describe, expect, test, vi } from 'vitest';
import { ClientError } from '../../src/lib/client/call.ts';
import { DoorSource } from '../../src/lib/client/door-source.ts';
import type { DoorKeys } from '../../src/lib/client/door-keys.ts';
import { LockConversation } from '../../src/lib/client/lock.svelte.ts';
import type { Ear } from '../../src/lib/link/memory.ts';
import { toHex } from '../../src/lib/protocol/bytes.ts';
import { buildFrame, DEFAULT_HEADER } from '../../src/lib/protocol/ttlock/frame.ts';
import { VENDORS } from '../../src/lib/protocol/vendors.ts';
import { hangUp, makeRig, pass, silence } from './rig.ts';

afterEach(() => {
	vi.useRealTimers();
});

const frame = (command: number) =>
	buildFrame({ header: DEFAULT_HEADER, command, payload: new Uint8Array(0) });
const [CHECK, OPEN, ANSWER] = [frame(0x55), frame(0x47), frame(0x54)];
const AT = 1_764_000_000;
const answer = (ear: Ear) => ear.notify(ANSWER);

/** A door lock whose frames come from a scripted server, one for each answer. */
function makeDoor(keys?: Partial<DoorKeys>) {
	const rig = makeRig();
	const { lock, sync, connect } = rig;
	lock.hello = new Uint8Array(0);
	lock.script = [answer, answer];
	const asked: { action: string; at?: number; answers: string[] }[] = [];
	/** What the server does at a step instead. */
	const faults: (Error | undefined)[] = [];
	let result: string | null = 'success';
	const call = vi.fn(async (_schema: unknown, _method: string, _path: string, body: unknown) => {
		const wish = body as (typeof asked)[number];
		asked.push(wish);
		const fault = faults.shift();
		if (fault) throw fault;
		if (wish.action === 'log') return { at: AT, commands: [], opensAt: null, result: 'success' };
		const step = wish.answers.length;
		if (step === 2) return { at: AT, commands: [], opensAt: null, result };
		const commands = [toHex(step === 0 ? CHECK : OPEN)];
		return { at: AT, commands, opensAt: step === 0 ? null : 0, result: null };
	});
	const talk = new LockConversation({
		mac: 'C4:54:12:32:3B:D8',
		connect,
		sync,
		call: call as never,
		vendor: VENDORS.ttlock,
		source: (parts, deed) =>
			new DoorSource(parts, 5, deed as 'unlock' | 'lock', keys as DoorKeys | undefined)
	});
	const end = (said: string | null) => (result = said);
	return { ...rig, talk, asked, faults, end };
}

const away = () => new ClientError('no-network', 'a basement');

describe('a tap at a door lock', () => {
	test('carries frame after frame, says open at once, and takes the log home', async () => {
		const { talk, lock, asked } = makeDoor();
		void talk.open('unlock');
		await pass(100);
		expect(talk.phase).toBe('open');
		expect(lock.written).toEqual([[toHex(CHECK), toHex(OPEN)]]);
		expect(asked.map(({ action, answers }) => [action, answers.length])).toEqual([
			['unlock', 0],
			['unlock', 1],
			['unlock', 2],
			['log', 0]
		]);
		expect(asked[1]).toMatchObject({ at: AT, answers: [toHex(ANSWER)] });
		await pass(5_000);
		expect(talk.phase).toBe('asleep');
	});

	test('locks, and says so', async () => {
		const { talk } = makeDoor();
		void talk.open('lock');
		await pass(100);
		expect(talk).toMatchObject({ phase: 'idle', endedAs: { state: 'closed' } });
	});

	test('tries again until the frame that opens is written, under the same time', async () => {
		const { talk, lock, asked } = makeDoor();
		lock.script = [hangUp];
		lock.later = [[answer, answer]];
		void talk.open('unlock');
		await pass(100);
		expect(talk.phase).toBe('open');
		expect(lock.written).toEqual([[toHex(CHECK)], [toHex(CHECK), toHex(OPEN)]]);
		expect(asked[1]).toMatchObject({ at: expect.any(Number), answers: [] });
	});

	test.each([
		['drops the link', hangUp],
		['stays silent', silence]
	])('never writes it again when the lock then %s', async (_, then) => {
		const { talk, lock } = makeDoor();
		lock.script = [answer, then];
		void talk.open('unlock');
		await pass(60_000);
		expect(talk).toMatchObject({ phase: 'failed', failure: 'lost-after' });
		expect(lock.written).toEqual([[toHex(CHECK), toHex(OPEN)]]);
	});

	test('brings the answer to the server again when that was not reached', async () => {
		const { talk, lock, faults, asked } = makeDoor();
		faults.push(undefined, undefined, away(), away());
		void talk.open('unlock');
		await pass(3_000);
		expect(talk.phase).toBe('open');
		expect(lock.written).toHaveLength(1);
		expect(asked.filter(({ answers }) => answers.length === 2)).toHaveLength(3);
	});

	test.each([
		['invalid-key', 'ekey-reset'],
		['ekey-expired', 'lock-clock'],
		['no-power', 'low-battery'],
		['wrong-aes-key', 'wrong-key'],
		['something new', 'refused-by-lock']
	])('says what the lock means by %s', async (said, failure) => {
		const { talk, end } = makeDoor();
		end(said);
		await talk.open('unlock');
		expect(talk).toMatchObject({ phase: 'failed', failure });
	});

	test('a refusal of the server says why, and never leads to the key on the phone', async () => {
		const turn = vi.fn();
		const { talk, faults, lock } = makeDoor({ holds: () => true, turn });
		faults.push(new ClientError('not-now', 'frozen', { reason: 'frozen' }));
		await talk.open('unlock');
		expect(talk).toMatchObject({ phase: 'failed', failure: 'ekey-frozen', offline: false });
		expect(turn).not.toHaveBeenCalled();
		expect(lock.written).toEqual([[]]);
	});

	test('without network the eKey on the phone opens, noted before its frame is written', async () => {
		const noted: number[] = [];
		const { talk, faults, lock } = makeDoor({
			holds: () => true,
			turn: async ({ answers }) =>
				answers.length === 2
					? { kind: 'ended', at: AT, result: 'success' }
					: {
							kind: 'frame',
							at: AT,
							frame: [CHECK, OPEN][answers.length]!,
							opens: answers.length === 1
						},
			note: async () => void noted.push(lock.written[0]!.length)
		});
		for (let step = 0; step < 9; step++) faults.push(away());
		void talk.open('unlock');
		await pass(3_000);
		expect(talk).toMatchObject({ phase: 'open', offline: true });
		expect(lock.written).toEqual([[toHex(CHECK), toHex(OPEN)]]);
		// Before it is written, and with the lock's answer.
		expect(noted).toEqual([1, 2]);
	});

	test('a lock that chatters makes no opening that is too long to be told', async () => {
		const noted: number[] = [];
		const note = async (turn: { answers: string[] }) => void noted.push(turn.answers.length);
		const source = new DoorSource({} as never, 5, 'unlock', { note } as unknown as DoorKeys);
		await source.claim({ packets: [], opensAt: 0, issuedAt: AT * 1000 });
		for (let times = 0; times < 30; times++) {
			source.hear(ANSWER);
			await source.stored();
		}
		expect([noted[0], noted.at(-1), noted.length]).toEqual([0, 20, 31]);
	});
});

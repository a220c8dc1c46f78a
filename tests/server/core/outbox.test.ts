import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { UploadBatch } from '../../../src/lib/api/app/activity.ts';
import { toHex } from '../../../src/lib/protocol/bytes.ts';
import { acknowledgementBody, serverPacket, TYPE } from '../../../src/lib/protocol/noke/answers.ts';
import { OPCODE } from '../../../src/lib/protocol/noke/commands.ts';
import {
	RECORD_ACTION,
	recordBody,
	type LogRecord
} from '../../../src/lib/protocol/noke/records.ts';
import { keysOf } from '../../../src/lib/server/core/keys.ts';
import { databases } from '../../setup/databases.ts';
import { Keyring } from './keyring.ts';
import { Lab, SECRET } from './lab.ts';
import type { TestLock } from './test-lock.ts';

const BATCHES = 10_000;
const LOCKS = 8;
const AT_ONCE = 200;
const START = 1_790_000_000;
const SEED = 20_261_122;

/** Mulberry32: the same numbers for the same seed. */
function random(seed: number): (below: number) => number {
	let state = seed;
	return (below) => {
		state = (state + 0x6d2b79f5) | 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
	};
}

describe.each(databases)('outboxes of many phones on $name', ({ create }) => {
	let lab: Lab;
	beforeEach(async () => {
		lab = await Lab.open(create);
	});
	afterEach(() => lab.close());

	/** What one lock writes into its log, and the batches that phones kept of it. */
	async function months(lock: TestLock, next: (below: number) => number) {
		const { master } = keysOf(lab.secret, await lab.row(lock));
		const log: LogRecord[] = [];
		const batches: UploadBatch[] = [];
		for (let opening = 0; opening < BATCHES / LOCKS; opening++) {
			const session = Uint8Array.from({ length: 20 }, () => next(256));
			const time = START + opening * 600;
			const slot = 1 + next(3);
			const counter = log.length + 1;
			const opened = { counter, time, action: RECORD_ACTION.unlockedBySlot, who: slot };
			const closed = { counter: counter + 1, time: time + 9, action: RECORD_ACTION.locked, who: 0 };
			const ack = { opcode: OPCODE.unlock, result: 0x60, epoch: 1, lockState: 0, argument: slot };
			const flags = { moreRecords: false, clockWasUnknown: false, explicitLock: false };
			// What was closed before is told with this opening.
			const before = log.at(-1);
			const records = before ? [before, opened] : [opened];
			log.push(opened, closed);
			const packets = [
				serverPacket(
					master(1),
					session,
					{ type: TYPE.unlock, id: 0, ordinal: 0 },
					acknowledgementBody({ ...ack, ...flags })
				),
				...records.map((record, i) =>
					serverPacket(
						master(1),
						session,
						{ type: TYPE.log, id: 0, ordinal: i + 1 },
						recordBody(record)
					)
				)
			];
			const id = `${lock.mac}-${opening}`;
			const receivedAt = time * 1000;
			batches.push({
				id,
				mac: lock.mac,
				session: toHex(session),
				receivedAt,
				packets: packets.map(toHex)
			});
		}
		return { log: log.slice(0, -1), batches };
	}

	test(`${BATCHES} batches, each sent 1 to 5 times, in any order, from two processes`, async () => {
		const next = random(SEED);
		const ring = new Keyring(lab);
		const logs = new Map<string, LogRecord[]>();
		const batches: UploadBatch[] = [];
		for (let i = 0; i < LOCKS; i++) {
			const lock = await lab.lock();
			lock.now = START * 1000 - 1000;
			await ring.issue(lock, 'ann', 'bob', 'eve');
			const made = await months(lock, next);
			logs.set(lock.mac, made.log);
			batches.push(...made.batches);
		}
		await lab.db.updateTable('lock').set({ active: 1, setup_count: 1 }).execute();
		const deliveries = batches.flatMap((_, i) => Array.from({ length: 1 + next(5) }, () => i));
		for (let i = deliveries.length - 1; i > 0; i--) {
			const j = next(i + 1);
			[deliveries[i], deliveries[j]] = [deliveries[j]!, deliveries[i]!];
		}
		const requests: number[][] = [];
		for (let i = 0; i < deliveries.length; i += AT_ONCE)
			requests.push(deliveries.slice(i, i + AT_ONCE));
		const durable = await Promise.all(
			[0, 1].map((half) =>
				send(
					batches,
					requests.filter((_, i) => i % 2 === half)
				)
			)
		);
		expect(durable[0]! + durable[1]!).toBe(deliveries.length);

		const rows = await lab.db
			.selectFrom('activity')
			.innerJoin('lock', 'lock.id', 'activity.lock_id')
			.select(['mac', 'counter', 'action', 'range_start', 'range_end', 'slot', 'tracking_key'])
			.orderBy('counter')
			.execute();
		expect(rows).toHaveLength(BATCHES * 2 - LOCKS);
		const byLock = Map.groupBy(rows, ({ mac }) => mac);
		for (const [mac, log] of logs) {
			const names = [null, 'ann', 'bob', 'eve'];
			const expected = log.map(({ counter, time, action, who }) => ({
				mac,
				counter,
				action: action === RECORD_ACTION.locked ? 'locked' : 'unlocked',
				range_start: time * 1000,
				range_end: time * 1000,
				slot: who === 0 ? null : who,
				tracking_key: names[who]
			}));
			expect(byLock.get(mac), `seed ${SEED}`).toEqual(expected);
		}
		const locks = await lab.db.selectFrom('lock').select(['log_cursor', 'log_seen']).execute();
		for (const { log_cursor, log_seen } of locks)
			expect([log_cursor, log_seen]).toEqual([
				(BATCHES / LOCKS) * 2 - 1,
				(BATCHES / LOCKS) * 2 - 1
			]);
		expect(await lab.quarantined()).toEqual([]);
	}, 240_000);

	async function send(batches: UploadBatch[], requests: number[][]): Promise<number> {
		const child = spawn(process.execPath, ['tests/server/core/phone-process.ts'], {
			stdio: ['pipe', 'pipe', 'inherit']
		});
		const { companyId, settings: target } = lab;
		const now = (START + 10_000_000) * 1000;
		child.stdin.end(
			JSON.stringify({ target, secret: [...SECRET], companyId, batches, requests, now })
		);
		let said = '';
		child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
		const [code] = await once(child, 'exit');
		expect(code).toBe(0);
		return Number(said);
	}
});

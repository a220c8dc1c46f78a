import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openAnswer, parseFrame, sealAnswer } from '../../src/lib/protocol/ttlock/frame.ts';
import { randomData, successAnswer } from '../../src/lib/protocol/ttlock/answers.ts';
import { OPCODE } from '../../src/lib/protocol/ttlock/commands.ts';
import { fromHex, type Bytes } from '../../src/lib/protocol/bytes.ts';
import type { OfferedEkey } from '../../src/lib/vault/ekey-task.ts';
import { heldEkeysOf } from '../../src/lib/vault/keyring.ts';
import { Turns } from '../../src/lib/vault/turns.ts';
import { DAY, heard, makeKeyring, NOW, OWNER } from './secrets.ts';

const HEADER = { protocolType: 5, protocolVersion: 3, scene: 2, groupId: 1, orgId: 1 };
const AES = '987623e8a923a1bb3d9e7d0378124588';
const VALUE = { aesKey: AES, lockKey: 123, lockFlagPos: 0, lockVersion: HEADER, uid: 77 };
const NAME = { door: 5, ekey: 9, mark: 'mark-0001' };

function offered(change: Partial<OfferedEkey> = {}): OfferedEkey {
	return {
		...NAME,
		mac: 'C4:54:12:32:3B:D8',
		startDate: 0,
		endDate: 0,
		recurrence: null,
		timezoneRawOffset: 0,
		readyUntil: NOW + 7 * DAY,
		value: VALUE,
		...change
	};
}

let rig: ReturnType<typeof makeKeyring>;
beforeEach(() => {
	rig = makeKeyring();
});
afterEach(() => rig.vault.close());

async function keep(...keys: OfferedEkey[]): Promise<void> {
	const { born } = await rig.keyring.meet(OWNER);
	const { device } = await rig.keyring.facts(OWNER);
	const told = device?.wipedDoors ?? [];
	await rig.keyring.keep(born, { ...heard([]), ekeys: { offered: keys, told } });
}
const turn = (change: object = {}) =>
	rig.keyring.turn({
		...{ owner: OWNER, door: 5, action: 'unlock', at: null, answers: [], now: NOW },
		...change
	});
/** The lock's answer to the first frame. */
const random = (): Bytes =>
	sealAnswer(HEADER, successAnswer(OPCODE.checkUserTime, randomData(1_000)), fromHex(AES, 16));

describe('an eKey in the vault', () => {
	test('gives frame after frame, and nothing in the clear is stored', async () => {
		await keep(offered());
		const first = await turn();
		expect(first).toMatchObject({ kind: 'frame', opens: false, at: NOW / 1000 });
		const second = await turn({ at: NOW / 1000, answers: [random()] });
		expect(second).toMatchObject({ kind: 'frame', opens: true });
		const frame = second.kind === 'frame' ? parseFrame(second.frame!) : null;
		expect(openAnswer(frame!, fromHex(AES, 16))).not.toBeNull();
		const stored = JSON.stringify(await rig.vault.use((db) => db.getAll('ekeys')));
		expect(stored).not.toContain(AES);
		expect(stored).not.toContain('lockKey');
	});

	test('opens for its owner alone, within its lease, its period, and a clock that runs on', async () => {
		await keep(offered({ startDate: NOW - DAY, endDate: NOW + 2 * DAY }));
		const code = async (change: object) => {
			const answer = await turn(change);
			return answer.kind === 'turn-refused' ? answer.refusal.code : answer.kind;
		};
		expect(await code({})).toBe('frame');
		expect(await code({ owner: 'bob company' })).toBe('no-key');
		expect(await code({ door: 6 })).toBe('no-key');
		expect(await code({ now: NOW + 3 * DAY })).toBe('expired');
		expect(await code({ now: NOW })).toBe('clock-back');
		await rig.keyring.wipe();
		expect(await code({ now: NOW + 3 * DAY })).toBe('no-key');
	});

	test('without another contact it ends with the lease', async () => {
		await keep(offered());
		const late = await turn({ now: NOW + 8 * DAY });
		expect(late).toEqual({
			kind: 'turn-refused',
			refusal: { code: 'lease-over', ended: NOW + 7 * DAY }
		});
	});

	test('one for one opening opens once, and that is on the disk before its frame leaves', async () => {
		await keep(offered({ endDate: 1 }));
		const at = NOW / 1000;
		expect(await turn({ at, answers: [random()] })).toMatchObject({ opens: true });
		const [record] = (await rig.keyring.facts(OWNER)).ekeys;
		expect(record).toMatchObject({ usedAt: at });
		// The same opening over another link, a second one, and after a contact that has not heard of it.
		expect(await turn({ at, answers: [] })).toMatchObject({ kind: 'frame' });
		const used = { kind: 'turn-refused', refusal: { code: 'used' } };
		expect(await turn({ now: NOW + 5_000 })).toEqual(used);
		await keep(offered({ endDate: 1, value: undefined }));
		expect(await turn({ now: NOW + 5_000 })).toEqual(used);
	});

	test.each(['notAfter', 'endDate', 'ekey', 'mac', 'timezoneRawOffset'] as const)(
		'is bound to its %s: what was changed in the store is gone',
		async (field) => {
			await keep(offered());
			await rig.vault.use(async (db) => {
				const record = (await db.get('ekeys', 5))!;
				const other = field === 'mac' ? 'C4:54:12:32:3B:D9' : Number(record[field]) + 1e9;
				await db.put('ekeys', { ...record, endDate: 0, [field]: other });
			});
			const answer = await turn();
			expect(answer).toEqual({ kind: 'turn-refused', refusal: { code: 'evicted' } });
			expect(heldEkeysOf((await rig.keyring.facts(OWNER)).ekeys)).toEqual([]);
		}
	);

	test('that is offered no more is deleted, and named until the server has heard it', async () => {
		await keep(offered());
		await keep();
		const { device, ekeys } = await rig.keyring.facts(OWNER);
		expect([device?.wipedDoors, ekeys]).toEqual([[NAME], []]);
		await keep();
		expect((await rig.keyring.facts(OWNER)).device?.wipedDoors).toEqual([]);
	});
});

test('openings wait for the server under their owner, and one that has grown stays', async () => {
	const turns = new Turns(rig.vault);
	const one = { id: 'a', owner: OWNER, door: 5, action: 'unlock', at: 1, answers: ['00'] } as const;
	await turns.note({ ...one, answers: ['00'] });
	const sent = await turns.of(OWNER);
	await turns.note({ ...one, answers: ['00', '01'] });
	await turns.settle(sent);
	expect(await turns.of(OWNER)).toMatchObject([{ answers: ['00', '01'] }]);
	expect(await turns.of('bob company')).toEqual([]);
	await turns.settle(await turns.of(OWNER));
	expect(await turns.of(OWNER)).toEqual([]);
});

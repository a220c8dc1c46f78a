import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { debtOf } from '../../../src/lib/server/core/debt.ts';
import { resetKeys } from '../../../src/lib/server/key-reset.ts';
import { fromHex } from '../../../src/lib/protocol/bytes.ts';
import { offlineUnlockPacket } from '../../../src/lib/protocol/noke/offline.ts';
import { databases } from '../../setup/databases.ts';
import { TestFob } from '../../server/core/test-fob.ts';
import type { TestLock } from '../../server/core/test-lock.ts';
import { Desk } from './desk.ts';

/** A phone without network that was given key A once, and goes on trying it. */
class OfflinePhone {
	readonly #key: { offlineKey: string; unlockCommand: string };

	constructor({ offline_key, unlock_command }: { offline_key: string; unlock_command: string }) {
		this.#key = { offlineKey: offline_key, unlockCommand: unlock_command };
	}

	opens(lock: TestLock): boolean {
		const session = fromHex(lock.connect());
		lock.write([offlineUnlockPacket({ ...this.#key, session, at: Math.floor(lock.now / 1000) })]);
		const open = lock.shackle === 'open';
		lock.disconnect();
		return open;
	}
}

/** The columns of the table, by what the lock's log calls them. */
const OPENERS = ['A', 'B', 'C', 'Bob'];
/** As the desk calls it. */
const fobName = ({ mac }: TestFob) => `FOB-${mac.slice(-5)}`;

const OPENS = 'lock opens';
const DENIED = 'access denied';

describe.each(databases)('the timeline of the API text on $name', ({ create }) => {
	let desk: Desk;
	beforeEach(async () => {
		desk = await Desk.open(create);
	});
	afterEach(() => desk.close());

	test('nine rows, four openers: every cell as it is printed', async () => {
		const lock = await desk.lock();
		const alicesFob = new TestFob(await desk.fob());
		const bobsFob = new TestFob(await desk.fob());
		const data = async (path: string, body: object) => {
			const answer = (await desk.post(path, body)).body;
			expect(answer).toMatchObject({ result: 'success', error_code: 0 });
			return answer.data;
		};
		const sync = (fob: TestFob) => desk.syncFob(fob);
		const { locks } = await data('keys/', { issue: [{ macs: [lock.mac], tracking_keys: ['A'] }] });
		const alicesPhone = new OfflinePhone(locks[0].keys[0]);
		for (const [fob, tracking_key] of [
			[alicesFob, 'B'],
			[bobsFob, 'C']
		] as const) {
			const request = { fob_mac: fob.mac, locks: [{ mac: lock.mac, tracking_key }] };
			const [shown] = await data('fobs/issue/', request);
			expect(shown.locks[0]).toMatchObject({ mac: lock.mac, tracking_key, status: 'pending' });
			await sync(fob);
		}
		const onlineUnlock = () => desk.open(lock, 'tech');
		await onlineUnlock();

		/** Bob's phone has network. Were he to open this lock, he would bring it every change: a twin. */
		const online = async (): Promise<boolean> => {
			const twin = lock.twin();
			const session = twin.connect();
			const { commands } = await data('unlock/', { mac: twin.mac, session, tracking_key: 'Bob' });
			twin.write(commands.split('+'));
			return twin.shackle === 'open';
		};
		const shut = <T>(opened: T): T => {
			lock.close();
			return opened;
		};
		const row = async () =>
			[
				shut(alicesPhone.opens(lock)),
				shut(alicesFob.opens(lock)),
				shut(bobsFob.opens(lock)),
				shut(await online())
			].map((open) => (open ? OPENS : DENIED));

		/** Who opens this lock and should not, as the manager sees it. */
		const debt = async () => {
			const { stops, rights, locks } = await debtOf(desk.app.server.db, desk.mine.companyId);
			const owed = stops.flatMap((stop) => stop.rights);
			expect([rights, locks]).toEqual([owed.length, stops.length]);
			for (const stop of stops) expect(stop).toMatchObject({ mac: lock.mac, openings: 1 });
			return owed.map((right) => tracked.get(right.name) ?? right.name);
		};
		const tracked = new Map([
			[fobName(alicesFob), 'B'],
			[fobName(bobsFob), 'C']
		]);
		/** The cells that the next online unlock, and nothing else, turns to denied; then none is owed. */
		const owedAfter = (at: number): string[] =>
			steps.length > at + 1 && steps[at + 1]![0].startsWith('tech')
				? OPENERS.filter((_, i) => steps[at]![2][i] === OPENS && steps[at + 1]![2][i] === DENIED)
				: [];

		const steps: [string, () => Promise<unknown>, string[]][] = [
			['starting state', async () => undefined, [OPENS, OPENS, OPENS, OPENS]],
			[
				'/keys revoke A',
				() => data('keys/', { revoke: [{ tracking_keys: ['A'], macs: [lock.mac] }] }),
				[OPENS, OPENS, OPENS, OPENS]
			],
			['tech unlocks the lock with online phone', onlineUnlock, [DENIED, OPENS, OPENS, OPENS]],
			[
				'/fobs/revoke lock',
				() => data('fobs/revoke/', { fob_mac: alicesFob.mac, lock_macs: [lock.mac] }),
				[DENIED, OPENS, OPENS, OPENS]
			],
			['tech does online unlock', onlineUnlock, [DENIED, DENIED, OPENS, OPENS]],
			[
				'lock reset',
				() =>
					resetKeys(desk.app.server.db, { companyId: desk.mine.companyId, actor: 'cli' }, lock.mac),
				[DENIED, DENIED, OPENS, OPENS]
			],
			['tech does online unlock', onlineUnlock, [DENIED, DENIED, DENIED, OPENS]],
			['/fobs/sync for Alice', () => sync(alicesFob), [DENIED, DENIED, DENIED, OPENS]],
			['/fobs/sync for Bob', () => sync(bobsFob), [DENIED, DENIED, OPENS, OPENS]]
		];
		for (const [at, [name, step, printed]] of steps.entries()) {
			await step();
			expect(await row(), name).toEqual(printed);
			expect(await debt(), name).toEqual(owedAfter(at));
		}
		// Three rows owe something, so the comparison is not of nothing with nothing.
		expect(steps.map((_, at) => owedAfter(at).join())).toEqual([
			'',
			'A',
			'',
			'B',
			'',
			'C',
			'',
			'',
			''
		]);
	});
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../../src/lib/protocol/bytes.ts';
import { Chance } from './chance.ts';
import { macOf, Office } from './office.ts';
import { FAIR, Phone } from './phone.ts';
import { MOST_OUTPUTS, RADIO_FAULTS, Stand, type RadioFault } from './stand.ts';

let office: Office;
beforeAll(async () => {
	office = await Office.open();
});
afterAll(() => office.close());

let locks = 0;

/** A lock out of the box, the server that knows it, and a phone. */
async function scene() {
	const mac = macOf(++locks);
	const chance = new Chance(locks);
	const baseKey = chance.bytes(16);
	await office.addLock(mac, baseKey);
	const stand = new Stand(mac, baseKey, chance, 1_790_000_000_000);
	return { mac, stand, phone: new Phone(mac, chance) };
}
type Scene = Awaited<ReturnType<typeof scene>>;

/** One online opening; the fault strikes at packet `at`. */
async function open({ mac, stand, phone }: Scene, fault: RadioFault | null = null, at = 0) {
	stand.now += 60_000;
	const session = toHex(stand.connect()!);
	const issued = (await office.issue(mac, session, 'unlock', stand.now))!;
	let packet = 0;
	const weather = { ...FAIR, radio: () => (packet++ === at ? fault : null) };
	const outcome = phone.talk(stand, session, issued, weather);
	stand.disconnect();
	return { outcome, packets: issued.packets.length };
}

async function upload({ stand, phone }: Scene) {
	const batches = phone.send(true);
	if (batches.length > 0) phone.forget((await office.hear(batches, stand.now))!);
}

/** The packets of a first contact: set up in three parts, and the opening. */
const PACKETS = [0, 1, 2, 3];
const CUTS = Array.from({ length: MOST_OUTPUTS }, (_, powerFor) => ({ powerFor }));

describe.each([...RADIO_FAULTS, ...CUTS])('a first contact with %j', (fault) => {
	it.each(PACKETS)('at packet %i: the next one opens, and server and lock agree', async (at) => {
		const all = await scene();
		await open(all, fault, at);
		if (at % 2) await upload(all);
		const { outcome, packets } = await open(all);
		expect(outcome).toMatchObject({ opening: 'success', answered: packets });
		await upload(all);
		expect(await office.row(all.mac)).toMatchObject({
			phase: 'steady',
			active: 1,
			setup_count: 1
		});
		expect(all.stand.epoch).toBe(1);
	});
});

it('acknowledgements that never come: every phone opens, without waiting, for ever', async () => {
	const all = await scene();
	for (let i = 0; i < 20; i++) {
		const { outcome } = await open(all);
		expect(outcome?.opening).toBe('success');
		all.phone.outbox = [];
	}
	expect(await office.row(all.mac)).toMatchObject({ phase: 'offered', active: 0 });
});

describe('after a restore from a backup', () => {
	it.each([0, 1])(
		'of epoch %i the lock opens, and the server knows its epoch again',
		async (active) => {
			const all = await scene();
			await open(all);
			await upload(all);
			await office.restore(all.mac, { phase: 'steady', active });
			await office.declareRecovery(all.mac, all.stand.now);
			const { outcome } = await open(all);
			expect(all.stand.openings).toBe(2);
			expect(outcome?.answered).toBeGreaterThan(1);
			expect(await office.row(all.mac)).toMatchObject({ phase: 'recover' });
			await upload(all);
			expect(await office.row(all.mac)).toMatchObject({ phase: 'steady', active: 1 });
			expect((await open(all)).outcome?.opening).toBe('success');
		}
	);
});

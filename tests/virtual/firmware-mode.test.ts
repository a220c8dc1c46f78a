import { expect, it } from 'vitest';
import { setQuickClick } from '../../src/lib/protocol/noke/quick-clicks.ts';
import { FIRMWARE_SERVICE, GATT } from '../../src/lib/protocol/noke/profile.ts';
import { firmwareUpdate, opening } from '../../src/lib/protocol/noke/writes.ts';
import { Bench, results } from './bench.ts';

const entropy = new Uint8Array(16);

/** A lock that was sent into firmware mode, and what it said. */
function sent() {
	const bench = new Bench().connect();
	bench.commit([setQuickClick(1, { code: '000', uses: 255, capped: false })], 0);
	return { bench, said: bench.send(firmwareUpdate(), 1) };
}

it('is answered, then the link ends and the lock shows itself to updaters', () => {
	const { bench, said } = sent();
	expect(results(said)).toEqual(['success']);
	expect(said.acks).toMatchObject([{ type: 0x75, opcode: 0xab, result: 0x60 }]);
	expect(said.shutdown).toEqual({ kind: 'shutdown', open: false, timedOut: false });
	expect(said.disconnected).toBe(true);
	const shown = { name: 'N4I_FW', service: FIRMWARE_SERVICE, light: 'blue', firmwareMode: true };
	expect(bench.lock.view()).toMatchObject({ ...shown, advertisement: null, connected: false });
});

it('takes no phone and no quick click for 60 seconds', () => {
	const { bench } = sent();
	bench.event({ kind: 'press' });
	expect(bench.event({ kind: 'connect', entropy }, 59_999).outputs).toEqual([
		{ refused: 'asleep' }
	]);
	expect(bench.lock.view()).toMatchObject({ light: 'blue', awake: false });
	bench.event({ kind: 'tick' }, 1);
	expect(bench.lock.view()).toMatchObject({ name: 'NOKE4I_F1E2D3C4B5A6', service: GATT.service });
	expect(bench.lock.view()).toMatchObject({ firmwareMode: false, light: 'off' });
	expect(results(bench.connect().send(opening('unlock', 7), 1))).toEqual(['success']);
	const other = sent().bench;
	other.enter('000');
	expect(other.lock.view()).toMatchObject({ shackle: 'closed', turning: false });
});

it('ends with a power cut, and is the same lock after it', () => {
	const { bench } = sent();
	bench.cutPower();
	expect(bench.lock.view()).toMatchObject({ firmwareMode: false, light: 'off', setUp: true });
	bench.enter('000');
	expect(bench.lock.view().shackle).toBe('open');
});

it('does not keep the shackle from closing', () => {
	const bench = new Bench().connect();
	bench.commit([], 0);
	bench.send(opening('unlock', 7), 1);
	expect(bench.send(firmwareUpdate(), 1).shutdown).toMatchObject({ open: true });
	bench.event({ kind: 'close' });
	expect(bench.lock.view()).toMatchObject({ engaged: true, firmwareMode: true });
});

import { expect, it } from 'vitest';
import { fromHex, toHex } from '../../src/lib/protocol/bytes.ts';
import { factoryState, VirtualPadlock } from '../../src/lib/virtual/noke/padlock.ts';
import { readScheme } from '../vectors/read.ts';
import { notified } from './bench.ts';

it('a first contact goes byte for byte as the independent implementation says', () => {
	const { firstContact: want } = readScheme();
	const identity = { mac: 'F1:E2:D3:C4:B5:A6', hardwareType: '4I', firmware: '4.25' };
	const fresh = factoryState({ ...identity, baseKey: want.baseKey });
	const body = { ...fresh.body, millivolts: want.batteryMillivolts };
	const lock = new VirtualPadlock({ ...fresh, body });
	let now = 0;
	lock.receive({ kind: 'press' }, now);
	lock.receive({ kind: 'connect', entropy: fromHex(want.entropy) }, now);
	lock.receive({ kind: 'subscribe', on: true }, now);
	expect(toHex(lock.hello!)).toBe(want.session);
	for (const { name, write, answers } of want.exchanges) {
		const outputs = [...lock.receive({ kind: 'write', bytes: fromHex(write) }, now)];
		if (lock.view().turning) {
			now = lock.nextWake!;
			outputs.push(...lock.receive({ kind: 'tick' }, now));
		}
		expect(notified(outputs), name).toEqual(answers);
	}
	expect(lock.view()).toMatchObject({ shackle: 'open', light: 'green', setUp: true });
	expect(notified(lock.receive({ kind: 'close' }, now))).toEqual([want.afterClosing]);
	expect(lock.view()).toMatchObject({ shackle: 'closed', awake: false, connected: false });
});

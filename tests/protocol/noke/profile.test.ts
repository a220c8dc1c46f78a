import { describe, expect, it } from 'vitest';
import {
	batteryPercent,
	batteryScale,
	buildName,
	firmwareName,
	kindOf,
	LOCK_STATE,
	parseAdvertisement,
	parseName,
	parseSession
} from '../../../src/lib/protocol/noke/profile.ts';
import { VENDORS } from '../../../src/lib/protocol/vendors.ts';

describe('names', () => {
	it('are read in either case and with any separator', () => {
		const lock = { mac: 'F1:E2:D3:C4:B5:A6', hardwareType: '4I' };
		expect(parseName('NOKE4I_F1E2D3C4B5A6')).toEqual(lock);
		expect(parseName('noke4i-f1e2d3c4b5a6')).toEqual(lock);
		expect(parseName(buildName(lock.mac, lock.hardwareType))).toEqual(lock);
	});

	it('in firmware mode are no lock’s', () => {
		expect(firmwareName('4I')).toBe('N4I_FW');
		expect(() => parseName(firmwareName('4I'))).toThrow(
			expect.objectContaining({ code: 'bad-name' })
		);
	});

	it.each([
		'',
		'NOKE',
		'NOKE_FW',
		'NOKE4I_F1E2D3C4B5A',
		'NOKE4I_F1E2D3C4B5A67',
		'NOKE4I_F1E2D3C4B5AG',
		'XNOKE4I_F1E2D3C4B5A6'
	])('that are no lock of ours are refused: %j', (name) => {
		expect(() => parseName(name)).toThrow(expect.objectContaining({ code: 'bad-name' }));
	});
});

it.each([0, 19, 21])('a session of %i bytes is none', (length) => {
	expect(() => parseSession(new Uint8Array(length))).toThrow(
		expect.objectContaining({ code: 'bad-length' })
	);
});

describe('battery', () => {
	it.each([
		[0, 0, 1],
		[2799, 0, 1],
		[2820, 10, 1],
		[2850, 25, 1],
		[2874, 37, 1],
		[2875, 38, 2],
		[2900, 50, 3],
		[2975, 88, 6],
		[2999, 100, 6],
		[3000, 100, 7],
		[3600, 100, 7]
	])('%i mV is %i percent and step %i', (millivolts, percent, step) => {
		expect(batteryPercent(millivolts)).toBe(percent);
		expect(batteryScale(millivolts)).toBe(step);
	});
});

describe('kinds', () => {
	it.each([
		['4I', 'hd-padlock'],
		['2i', 'hd-padlock'],
		['2U', 'u-lock'],
		['3P', 'padlock'],
		['2F', 'fob'],
		['2E', 'other']
	])('%s is a %s', (type, kind) => {
		expect(kindOf(type)).toBe(kind);
		expect(VENDORS.noke.kindOf(type)).toBe(kind);
	});
});

describe('advertisements', () => {
	const stateOf = (type: string, status: number) =>
		parseAdvertisement(`NOKE${type}_F1E2D3C4B5A6`, Uint8Array.of(status, 1, 0)).lockState;

	it('an HD padlock tells any state', () => {
		for (let state = 0; state < 8; state++) expect(stateOf('4I', state << 5)).toBe(state);
	});

	it('a U-lock counts its bits', () => {
		expect(stateOf('2U', 0x00)).toBe(LOCK_STATE.unlocked);
		expect(stateOf('2U', 0x20)).toBe(LOCK_STATE.locked);
		expect(stateOf('2U', 0x40)).toBe(LOCK_STATE.locked);
		expect(stateOf('2U', 0x60)).toBe(LOCK_STATE.unknown);
	});

	it('every other type is called locked', () => {
		for (const status of [0, 0x20, 0xff]) expect(stateOf('3P', status)).toBe(LOCK_STATE.locked);
	});

	it('too short ones are refused', () => {
		expect(() => parseAdvertisement('NOKE3P_F1E2D3C4B5A6', new Uint8Array(2))).toThrow(
			expect.objectContaining({ code: 'bad-length' })
		);
	});
});

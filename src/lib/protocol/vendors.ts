import type { Bytes } from './bytes.ts';
import * as noke from './noke/profile.ts';
import * as nokePrograms from './noke/programs.ts';
import type { Program } from './program.ts';
import * as ttlock from './ttlock/profile.ts';
import * as ttlockPrograms from './ttlock/programs.ts';

/** One condition of a browser's chooser: a device that fits any of them is shown. */
export interface Filter {
	services?: string[];
	name?: string;
	namePrefix?: string;
	manufacturerData?: { companyIdentifier: number }[];
}

/** What a device says without a connection. */
export interface Heard {
	/** Upper case with colons. */
	mac: string;
	/** False for one that takes its first owner. */
	setUp: boolean;
	/** Percent, where it is told. */
	battery: number | null;
	/** Which of its vendor's devices it is: hardware type or scene. */
	hardware: string | number;
}

/** The radio side of a vendor: what a link must know, and nothing about commands. */
export interface Profile {
	service: string;
	/** Written to, without response. */
	rx: string;
	/** Notifies. */
	tx: string;
	/** Read once a connection; what it says is the link's hello. Null where that is empty. */
	state: string | null;
	/** What a chooser shows of this vendor. */
	filters: readonly Filter[];
	/** Whose manufacturer data `hear` reads. */
	companies: readonly number[];
	/** The MAC is null where a name holds only its end. @throws ProtocolError `bad-name` */
	parseName(name: string): { mac: string | null; hardwareType: string };
	/** Every name under which the lock of this MAC may advertise; none when that is not known. */
	namesOf(mac: string, hardwareType?: string): string[];
	/** Whether a device of this name can be the lock of this MAC. */
	isNameOf(name: string, mac: string): boolean;
	/** @throws ProtocolError for what is no advertisement of this vendor */
	hear(name: string, companyId: number, data: Uint8Array): Heard;
}

/** What a link's hello says. */
export interface Hello {
	/** What commands are bound to; empty where they are bound to nothing before the first answer. */
	session: string;
	batteryMillivolts: number | null;
}

/** What a device is, by which it is drawn. */
export type Kind = noke.Kind | ttlock.Kind;

/** What every vendor's conversation tells, and how it ends. */
export type LockEvent = nokePrograms.LockEvent | ttlockPrograms.LockEvent;
export type LockOutcome = nokePrograms.LockOutcome | ttlockPrograms.LockOutcome;

/** One vendor's language, as the rooms above see it. */
export interface Vendor {
	profile: Profile;
	/** @param hardware as it is heard */
	kindOf(hardware: string | number): Kind;
	/** @throws ProtocolError `bad-length` */
	parseHello(hello: Uint8Array): Hello;
	/**
	 * Writes the packets and says what the lock answers. One that ends `finished` has had its answers,
	 * and whoever has the lock's key says what comes next.
	 * @param opensAt index of the packet that opens; null when none does
	 */
	converse(packets: readonly Bytes[], opensAt: number | null): Program<LockEvent, LockOutcome>;
}

export type VendorId = 'noke' | 'ttlock';

/** The one record of vendors. Outside their folders nobody branches on which one it is. */
export const VENDORS: Record<VendorId, Vendor> = {
	noke: {
		profile: {
			...noke.GATT,
			filters: [{ services: [noke.GATT.service] }, { namePrefix: noke.NAME_PREFIX }],
			companies: [],
			parseName: noke.parseName,
			namesOf: noke.namesOf,
			isNameOf: noke.isNameOf,
			hear: (name, _companyId, data) => {
				const { setUp, hardwareType } = noke.parseAdvertisement(name, data);
				return { mac: noke.parseName(name).mac, setUp, battery: null, hardware: hardwareType };
			}
		},
		kindOf: (hardware) => noke.kindOf(String(hardware)),
		parseHello: noke.parseSession,
		converse: nokePrograms.converse
	},
	ttlock: {
		profile: {
			...ttlock.GATT,
			state: null,
			// Few of these locks advertise their service, and their names begin as their maker likes.
			filters: [
				{ manufacturerData: [{ companyIdentifier: ttlock.COMPANY_ID }] },
				{ services: [ttlock.GATT.service] }
			],
			companies: [ttlock.COMPANY_ID],
			parseName: (name) => ({ mac: null, hardwareType: ttlock.parseName(name).hardwareType }),
			namesOf: ttlock.namesOf,
			isNameOf: ttlock.isNameOf,
			hear: (_name, companyId, data) => {
				const { mac, settingMode, battery, scene } = ttlock.parseAdvertisement(companyId, data);
				return { mac, setUp: !settingMode, battery, hardware: scene };
			}
		},
		kindOf: (hardware) => ttlock.kindOf(Number(hardware)),
		parseHello: () => ({ session: '', batteryMillivolts: null }),
		converse: ttlockPrograms.converse
	}
};

import type { Bytes } from './bytes.ts';
import { converse, type LockEvent, type LockOutcome } from './noke/programs.ts';
import {
	GATT,
	kindOf,
	NAME_PREFIX,
	namesOf,
	parseName,
	parseSession,
	type Kind
} from './noke/profile.ts';
import type { Program } from './program.ts';

/** The radio side of a vendor: what a link must know, and nothing about commands. */
export interface Profile {
	service: string;
	/** Written to, without response. */
	rx: string;
	/** Notifies. */
	tx: string;
	/** Read once a connection; what it says is the link's hello. */
	state: string;
	namePrefix: string;
	parseName(name: string): { mac: string; hardwareType: string };
	/** Every name under which the lock of this MAC may advertise. */
	namesOf(mac: string, hardwareType?: string): string[];
}

/** One vendor's language, as the rooms above see it. */
export interface Vendor {
	profile: Profile;
	kindOf(hardwareType: string): Kind;
	parseSession(hello: Uint8Array): { batteryMillivolts: number; session: string };
	converse(packets: readonly Bytes[], opensAt: number | null): Program<LockEvent, LockOutcome>;
}

/** What every vendor's conversation tells, and how it ends. */
export type { LockEvent, LockOutcome };

export type VendorId = 'noke';

/** The one record of vendors. Outside their folders nobody branches on which one it is. */
export const VENDORS: Record<VendorId, Vendor> = {
	noke: {
		profile: { ...GATT, namePrefix: NAME_PREFIX, parseName, namesOf },
		kindOf,
		parseSession,
		converse
	}
};

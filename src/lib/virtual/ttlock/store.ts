import type { OwnerNumbers } from '../../protocol/ttlock/commands.ts';
import type { PassageRule } from '../../protocol/ttlock/passage.ts';
import { EMPTY_LOG, type Log } from './log.ts';
import { NO_PASSCODES, type Passcodes } from './passcodes.ts';

/** Whose the lock is. */
export interface Owner extends OwnerNumbers {
	/** 32 hex characters. */
	readonly aesKey: string;
}

/** What an owner has set. */
export interface Settings {
	/** Seconds; 0 for never. */
	readonly autoLock: number;
	readonly sound: boolean;
	readonly remoteUnlock: boolean;
	readonly passage: readonly PassageRule[];
	/** Empty while none is set. */
	readonly adminPasscode: string;
}

/** What survives a power cut. A plain value: JSON and structured clones carry it. One write is whole. */
export interface Flash {
	readonly owner: Owner | null;
	/** It takes a first owner, or another one while its pairing was not finished. */
	readonly settingMode: boolean;
	/** Raised by a reset of all eKeys: older ones are refused. */
	readonly lockFlagPos: number;
	readonly settings: Settings;
	/** What random passcodes are computed from: 122 hex characters, null before it was given. */
	readonly seed: string | null;
	readonly passcodes: Passcodes;
	/** Wrong codes in a row. */
	readonly wrongCodes: number;
	readonly log: Log;
}

const FACTORY_SETTINGS: Settings = {
	autoLock: 5,
	sound: true,
	remoteUnlock: false,
	passage: [],
	adminPasscode: ''
};

/** Flash as it leaves the factory, and after every reset. */
export const FACTORY_FLASH: Flash = {
	owner: null,
	settingMode: true,
	lockFlagPos: 0,
	settings: FACTORY_SETTINGS,
	seed: null,
	passcodes: NO_PASSCODES,
	wrongCodes: 0,
	log: EMPTY_LOG
};

/** Services and characteristics as the radio knows them: written down here apart from the app's. */
export interface Gatt {
	readonly service: string;
	/** Phone to lock. */
	readonly command: string;
	/** Lock to phone, notify. */
	readonly packets: string;
	/** Read once a connection; absent where nothing is. */
	readonly state?: string;
	/** Longest piece that the lock takes. */
	readonly longest: number;
	/** Whether commands may be written with response too. */
	readonly answersWrites: boolean;
}

export const NOKE: Gatt & { state: string } = {
	service: '1bc50001-0200-d29e-e511-446c609db825',
	command: '1bc50002-0200-d29e-e511-446c609db825',
	packets: '1bc50003-0200-d29e-e511-446c609db825',
	state: '1bc50004-0200-d29e-e511-446c609db825',
	longest: 20,
	answersWrites: true
};

export const TTLOCK: Gatt = {
	service: '00001910-0000-1000-8000-00805f9b34fb',
	command: '0000fff2-0000-1000-8000-00805f9b34fb',
	packets: '0000fff4-0000-1000-8000-00805f9b34fb',
	longest: 20,
	answersWrites: false
};

import { newSession, type Stand } from '../stand.ts';

/** One call of the API, for the cases that hold for every one. */
export interface CoreCall {
	/** Below the base, without the slash at its end. */
	readonly path: string;
	/** What its answers say in `request`. */
	readonly request: string;
	readonly key: 'private' | 'mobile';
	/** A body that is well-formed. */
	readonly body: (stand: Stand) => object;
	/** Nothing has to be said: {} is well-formed. */
	readonly takesNothing: boolean;
}

const commands = (stand: Stand): object => ({ mac: stand.mac(), session: newSession() });
const codes = (stand: Stand): object => ({ mac: stand.mac(), quick_clicks: [] });
const credentials = (stand: Stand): object => ({ fob_mac: stand.fobs(1)[0]!.mac, locks: [] });
const revoked = (stand: Stand): object => ({
	fob_mac: stand.fobs(1)[0]!.mac,
	tracking_keys: ['none']
});
const fob = (stand: Stand): object => ({ mac: stand.fobs(1)[0]!.mac, session: newSession() });
const none = (): object => ({});

function call(
	path: string,
	body: (stand: Stand) => object,
	more: Partial<CoreCall> = {}
): CoreCall {
	const takesNothing = body === none;
	return { path, request: path, key: 'private', body, takesNothing, ...more };
}

/** Every call of the text, and what the library calls although the text has it not. */
export const CALLS: readonly CoreCall[] = [
	call('lock', none),
	call('unlock', commands),
	call('unshackle', commands),
	call('engagelock', commands),
	call('lock/settings', (stand) => ({ settings: {}, macs: [stand.mac()] })),
	call('keys', none),
	call('qc/issue', codes),
	call('qc/revoke', codes),
	call('qc/display', none),
	call('qc', none, { request: 'qc/display' }),
	call('fobs/issue', credentials),
	call('fobs/revoke', revoked),
	call('fobs/display', none),
	call('fobs/sync', fob),
	call('fob/sync', fob, { request: 'fobs/sync' }),
	call('upload', () => ({ logs: [] }), { key: 'mobile' }),
	call('restore', commands, { key: 'mobile' }),
	call('restore/confirm', (stand) => ({ mac: stand.mac(), command_id: 1 }), { key: 'mobile' }),
	call('activity', none),
	call('fwupdate', commands)
];

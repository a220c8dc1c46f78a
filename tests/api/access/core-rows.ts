import type { EndpointName } from '../../../src/lib/api/core/endpoints.ts';
import { SAMPLE } from '../core/desk.ts';
import type { Kind } from './things.ts';

/** One way to ask a call of the Core API. `X` in the body stands for the thing's MAC. */
export interface CoreRow {
	about: Extract<Kind, 'lock' | 'fob'>;
	body: object;
	/** Another path than the call's own. */
	path?: string;
	/** `error_code` about one's own, if it is refused by what the thing is. */
	own?: number;
	/** The answer is the same whether it is there or not. */
	blind?: true;
}

const session = { mac: 'X', session: SAMPLE };
const log = { ...session, received_time: 1_700_000_000, responses: [SAMPLE] };
const macs = { macs: ['X'] };
const uses = { mac: 'X', quick_clicks: [{ code: '1100', uses: 2 }] };
const code = { mac: 'X', quick_clicks: [{ code: '0101' }] };
const onFob = { fob_mac: 'FOB', locks: [{ mac: 'X', tracking_key: 'fob' }] };
const lock = (body: object, more: Partial<CoreRow> = {}): CoreRow => ({
	about: 'lock',
	body,
	...more
});
const fob = (body: object, more: Partial<CoreRow> = {}): CoreRow => ({
	about: 'fob',
	body,
	...more
});

/**
 * Every call, in every way that names something, or shows it unnamed. FOB and LOCK are the caller's own.
 * An own lock that lacks what a call needs is refused otherwise than one that is not there.
 */
export const CORE_ROWS: Readonly<Record<EndpointName, readonly CoreRow[]>> = {
	lock: [lock(macs), lock({})],
	unlock: [lock(session), fob(session, { own: 7, blind: true })],
	unshackle: [lock(session)],
	engagelock: [lock(session)],
	fwupdate: [lock(session), fob(session, { own: 7, blind: true })],
	'lock/settings': [lock({ ...macs, settings: { 'explicit-lock': true } })],
	keys: [
		lock({ issue: [{ ...macs, tracking_keys: ['bob'] }] }),
		lock({ display: macs }),
		lock({ revoke: [macs] }),
		lock({})
	],
	'qc/issue': [lock(uses), lock({ ...uses, api_version: '1.0.0' })],
	'qc/revoke': [lock(code), lock({ ...code, api_version: '0.0.0' })],
	'qc/display': [lock(macs), lock({})],
	qc: [lock({ issue: [uses] }), lock({ revoke: [code] }, { blind: true }), lock({ display: macs })],
	'fobs/issue': [lock(onFob), fob({ fob_mac: 'X', locks: [{ mac: 'LOCK', tracking_key: 'fob' }] })],
	'fobs/revoke': [
		lock({ fob_mac: 'FOB', lock_macs: ['X'] }),
		fob({ fob_mac: 'X', tracking_keys: ['fob'] })
	],
	'fobs/display': [fob({ fob_macs: ['X'] }), fob({})],
	'fobs/sync': [fob(session), fob(session, { path: 'fob/sync' })],
	upload: [lock({ logs: [log] }), lock({ logs: [log] }, { path: '' }), fob({ logs: [log] })],
	restore: [lock(session), lock(session, { path: '' })],
	'restore/confirm': [
		lock({ mac: 'X', command_id: 3 }),
		lock({ mac: 'X', command_id: 3 }, { path: '' })
	],
	activity: [lock({ lock_macs: ['X'] }), lock({})]
};

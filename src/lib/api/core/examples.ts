import type { EndpointName } from './endpoints.ts';

const mac = 'F1:E2:D3:C4:B5:A6';
const fob_mac = 'D0:0B:5E:0F:0B:01';
const session = '0000040ba7b0d91f7f45ad25698a18375c7e4f16';
const log = { session, mac, received_time: 1_795_341_074 };

/** A body of each call as somebody would send it; the document shows it. */
export const EXAMPLES: Readonly<Record<EndpointName, object>> = {
	lock: { macs: [mac] },
	unlock: { mac, session, tracking_key: 'ann@example.com' },
	unshackle: { mac, session, tracking_key: 'ann@example.com' },
	engagelock: { mac, session, tracking_key: 'ann@example.com' },
	fwupdate: { mac, session },
	'lock/settings': { macs: [mac], settings: { 'explicit-lock': true } },
	keys: { issue: [{ macs: [mac], tracking_keys: ['ann@example.com'] }] },
	'qc/issue': { mac, quick_clicks: [{ code: '0010110100011010', uses: 255 }] },
	'qc/revoke': { mac, quick_clicks: [{ code: '0010110100011010' }] },
	'qc/display': { macs: [mac] },
	qc: { display: { macs: [mac] } },
	'fobs/issue': { fob_mac, locks: [{ mac, tracking_key: 'fob 12' }] },
	'fobs/revoke': { fob_mac, lock_macs: [mac] },
	'fobs/display': { fob_macs: [fob_mac] },
	'fobs/sync': { mac: fob_mac, session },
	upload: { logs: [{ ...log, responses: ['507503008a1f4c6e2b9d7f30516273849ab5c6d7'] }] },
	restore: { mac, session },
	'restore/confirm': { mac, command_id: 3 },
	activity: { lock_macs: [mac], actions: ['unlocked'], after: '2026-11-01T00:00:00Z' }
};

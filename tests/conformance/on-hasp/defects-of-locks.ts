import { newSession } from '../stand.ts';
import {
	answers,
	bodies,
	calls,
	everywhere,
	isAt,
	parsed,
	successes,
	type Json
} from './damage.ts';
import type { Defect } from './defects-of-frame.ts';

/** Everything that activity leaves out unless it is named, and the rest. */
const ALL_ACTIONS = ['button_touched', 'locked', 'setup_unlocked', 'start_up', 'unlocked'];

/** Defects of openings, uploads, activity, settings and offline keys. */
export const LOCK_DEFECTS: readonly Defect[] = [
	{
		name: 'commands are for another session',
		caughtBy: 'unlock/opens',
		damage: () => bodies(isAt('unlock'), (body) => ({ ...body, session: newSession() }))
	},
	{
		name: 'packets are joined by a comma',
		caughtBy: 'unlock/example',
		damage: () =>
			successes(isAt('unlock'), (body) =>
				everywhere(body, 'commands', (text: string) => text.replaceAll('+', ','))
			)
	},
	{
		name: 'unshackle is an unlock',
		caughtBy: 'unshackle/releases',
		damage: () => (call, next) =>
			isAt('unshackle')(call) ? next({ ...call, path: 'unlock/' }) : next(call)
	},
	{
		name: 'fwupdate is an unlock',
		caughtBy: 'fwupdate/mode',
		damage: () => calls(isAt('fwupdate'), (call) => ({ ...call, path: 'unlock/' }))
	},
	{
		name: 'restore opens, for whoever has the public key',
		caughtBy: 'restore/opens-nothing',
		damage: (stand) =>
			calls(isAt('restore'), (call) => ({
				...call,
				path: 'unlock/',
				headers: { authorization: stand.caller.bearer('private') }
			}))
	},
	{
		name: 'a claim makes a lock ready',
		caughtBy: 'restore/claim-promotes-nothing',
		damage: () => {
			const claimed = new Set<string>();
			return async (call, next) => {
				if (isAt('restore/confirm')(call)) claimed.add(String(parsed(call.text)?.mac));
				const { status, text } = await next(call);
				if (!isAt('lock')(call)) return { status, text };
				const body = everywhere(JSON.parse(text), 'locks', (locks: Json[]) =>
					locks.map((lock: Json) => (claimed.has(lock.mac) ? { ...lock, status: 'ready' } : lock))
				);
				return { status, text: JSON.stringify(body) };
			};
		}
	},
	{
		name: 'uploads are thrown away',
		caughtBy: 'lock/setup',
		damage: () => bodies(isAt('upload'), (body) => ({ ...body, logs: [] }))
	},
	{
		name: 'uploads to the base are unknown',
		caughtBy: 'upload/to-the-base',
		damage: () => calls(isAt(''), (call) => ({ ...call, path: 'unknown/' }))
	},
	{
		name: 'sessions need not be hex',
		caughtBy: 'upload/bad-session-that-is-not-hex',
		damage: () =>
			bodies(isAt('upload'), (body) =>
				everywhere(body, 'session', (old: string) => (old.length === 40 ? old : newSession()))
			)
	},
	{
		name: 'the tracking key is forgotten',
		caughtBy: 'activity/tracking-key',
		damage: () => bodies(isAt('unlock'), ({ mac, session }) => ({ mac, session }))
	},
	{
		name: 'recorded_time is when the server was told',
		caughtBy: 'activity/recorded-time',
		damage: () =>
			bodies(isAt('upload'), (body) =>
				everywhere(body, 'received_time', () => Math.floor(Date.now() / 1000))
			)
	},
	{
		name: 'touches of the button are told unasked',
		caughtBy: 'activity/left-out',
		damage: () => bodies(isAt('activity'), (body) => ({ actions: ALL_ACTIONS, ...body }))
	},
	{
		name: 'an unknown action is ignored instead of matching nothing',
		caughtBy: 'activity/unknown-action',
		damage: () =>
			bodies(isAt('activity'), (body) =>
				everywhere(body, 'actions', (all: string[]) => all.filter((one) => one !== 'dance'))
			)
	},
	{
		name: 'unlock is no other word for unlocked',
		caughtBy: 'activity/example-filters',
		damage: () =>
			bodies(isAt('activity'), (body) =>
				everywhere(body, 'actions', (all: string[]) =>
					all.map((one) => (one === 'unlock' ? 'none' : one))
				)
			)
	},
	{
		name: 'before is not heeded',
		caughtBy: 'activity/before-and-after',
		damage: () => bodies(isAt('activity'), ({ before: _, ...body }: Json) => body)
	},
	{
		name: 'a setting that failed does not say where',
		caughtBy: 'lock/settings/unsupported',
		damage: () =>
			answers(isAt('lock/settings'), (body) =>
				everywhere(body, 'messages', (all: string[]) =>
					all.map((one) => (one.startsWith('ERROR') ? 'ERROR: failed' : one))
				)
			)
	},
	{
		name: 'settings are saved as their default',
		caughtBy: 'lock/settings/explicit-lock',
		damage: () =>
			bodies(isAt('lock/settings'), (body) => everywhere(body, 'explicit-lock', () => false))
	},
	{
		name: 'keys have the answer of their example',
		caughtBy: 'keys/example-issue',
		damage: () =>
			successes(isAt('keys'), (body, { text }) =>
				text.includes('issue') ? { data: body.data, api_version: body.api_version } : body
			)
	},
	{
		name: 'offline keys are placeholders',
		caughtBy: 'keys/example-issue',
		damage: () => answers(isAt('keys'), (body) => everywhere(body, 'offline_key', () => 'abc'))
	},
	{
		name: 'one offline key for all',
		caughtBy: 'keys/real',
		damage: () =>
			answers(isAt('keys'), (body) => everywhere(body, 'offline_key', () => '0'.repeat(32)))
	},
	{
		name: 'one tracking key is enough for display, whichever its lock',
		caughtBy: 'keys/display-both',
		damage: () =>
			bodies(isAt('keys'), (body) =>
				body.display?.macs && body.display.tracking_keys
					? { display: { tracking_keys: body.display.tracking_keys } }
					: body
			)
	},
	{
		name: 'revoke answers what was revoked',
		caughtBy: 'keys/example-revoke-specific',
		damage: () => async (call, next) => {
			const [wanted] = parsed(call.text)?.revoke ?? [];
			if (wanted === undefined) return next(call);
			const before = await next({ ...call, text: JSON.stringify({ display: wanted }) });
			await next(call);
			return before;
		}
	},
	{
		name: 'a revoke by lock and tracking key takes the whole lock',
		caughtBy: 'keys/revoke-object',
		damage: () =>
			bodies(isAt('keys'), (body) =>
				body.revoke?.tracking_keys ? { revoke: { macs: body.revoke.macs } } : body
			)
	},
	{
		name: 'keys beyond the hundredth are dropped in silence',
		caughtBy: 'keys/hundred',
		damage: () =>
			answers(isAt('keys'), (body) =>
				body.error_code === 3
					? {
							...body,
							result: 'success',
							message: 'Command successfully completed',
							error_code: 0,
							data: { locks: [] }
						}
					: body
			)
	}
];

import type { Stand } from '../stand.ts';
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
import type { Between } from './house.ts';

/** One thing a server may do wrong, and the case that has to notice. */
export interface Defect {
	readonly name: string;
	readonly caughtBy: string;
	readonly damage: (stand: Stand) => Between;
}

const any = () => true;

function without(body: Json, ...members: readonly string[]): Json {
	return Object.fromEntries(Object.entries(body).filter(([name]) => !members.includes(name)));
}

/** Defects of keys, methods, paths, envelopes and of locks as they are shown. */
export const FRAME_DEFECTS: readonly Defect[] = [
	{
		name: 'refusals come with HTTP 400',
		caughtBy: 'lock/bad-five-octets',
		damage: () => async (call, next) => {
			const { status, text } = await next(call);
			return { status: parsed(text)?.error_code === 0 ? status : 400, text };
		}
	},
	{
		name: 'refusals have an empty object for data',
		caughtBy: 'unlock/bad-no-mac',
		damage: () => answers(any, (body) => (body.result === 'failure' ? { ...body, data: {} } : body))
	},
	{
		name: 'every refusal is code 99',
		caughtBy: 'frame/no-such-call',
		damage: () => answers(any, (body) => (body.error_code ? { ...body, error_code: 99 } : body))
	},
	{
		name: 'the mobile key may do everything',
		caughtBy: 'keys/mobile-key',
		damage: (stand) =>
			calls(any, (call) => ({
				...call,
				headers: { ...call.headers, authorization: stand.caller.bearer('private') }
			}))
	},
	{
		name: 'who sends no key is let in',
		caughtBy: 'lock/no-key-1',
		damage: (stand) =>
			calls(any, (call) => ({
				...call,
				headers: { authorization: stand.caller.bearer('private'), ...call.headers }
			}))
	},
	{
		name: 'GET is taken for POST',
		caughtBy: 'keys/method',
		damage: () => calls(any, (call) => ({ ...call, method: 'POST' }))
	},
	{
		name: 'paths without a slash are unknown',
		caughtBy: 'keys/slash',
		damage: () =>
			calls(any, (call) => (call.path.endsWith('/') ? call : { ...call, path: 'unknown' }))
	},
	{
		name: 'trailing commas are forgiven',
		caughtBy: 'activity/not-json',
		damage: () => calls(any, (call) => ({ ...call, text: call.text.replace(',}', '}') }))
	},
	{
		name: 'a body that is no object is taken for {}',
		caughtBy: 'lock/not-an-object',
		damage: () =>
			calls(any, (call) => (/^\s*[[{]/.test(call.text) ? call : { ...call, text: '{}' }))
	},
	{
		name: 'no body is a mistake',
		caughtBy: 'lock/empty-body',
		damage: () => calls(any, (call) => (call.text === '' ? { ...call, text: 'null' } : call))
	},
	{
		name: 'the versions are not told',
		caughtBy: 'fwupdate/example',
		damage: () => successes(isAt('fwupdate'), (body) => without(body, 'api_version'))
	},
	{
		name: '1.0.0 is the default version',
		caughtBy: 'frame/version-elsewhere',
		damage: () =>
			answers(any, (body) => ({
				...body,
				api_version: { ...body.api_version, default: '1.0.0' }
			}))
	},
	{
		name: 'error_details in a family that has none',
		caughtBy: 'lock/one',
		damage: () => successes(isAt('lock'), (body) => ({ ...body, error_details: null }))
	},
	{
		name: 'there is no token',
		caughtBy: 'unlock/example',
		damage: () => successes(isAt('unlock'), (body) => without(body, 'token'))
	},
	{
		name: 'engagelock says that it was unlock, as the example does',
		caughtBy: 'engagelock/example',
		damage: () => answers(isAt('engagelock'), (body) => ({ ...body, request: 'unlock' }))
	},
	{
		name: 'a foreign lock is told from an absent one',
		caughtBy: 'unlock/absent-or-foreign',
		damage: (stand) =>
			answers(any, (body, { text }) =>
				body.error_code === 7 && text.includes(stand.foreignLock())
					? { ...body, message: 'This lock belongs to another company' }
					: body
			)
	},
	{
		name: 'a foreign lock is refused with a code of its own',
		caughtBy: 'keys/absent-or-foreign',
		damage: (stand) =>
			answers(any, (body, { text }) =>
				body.error_code === 7 && text.includes(stand.foreignLock())
					? { ...body, error_code: 6 }
					: body
			)
	},
	{
		name: 'a foreign lock leaks into the list of all',
		caughtBy: 'lock/foreign',
		damage: (stand) =>
			successes(isAt('lock'), (body, { text }) => {
				const { locks } = body.data;
				if (text !== '{}') return body;
				return { ...body, data: { locks: [...locks, { ...locks[0], mac: stand.foreignLock() }] } };
			})
	},
	{
		name: 'MACs are compared letter by letter',
		caughtBy: 'lock/case',
		damage: () =>
			successes(isAt('lock'), (body, { text }) =>
				everywhere(body, 'locks', (locks: Json[]) =>
					locks.filter(({ mac }) => text === '{}' || text.includes(String(mac)))
				)
			)
	},
	{
		name: 'both arrays of lock have to fit',
		caughtBy: 'lock/either',
		damage: () =>
			bodies(isAt('lock'), (body) => (body.macs && body.serials ? { macs: body.macs } : body))
	},
	{
		name: 'flags are an empty list instead of none',
		caughtBy: 'lock/one',
		damage: () =>
			answers(isAt('lock'), (body) =>
				everywhere(body, 'flags', (flags: Json) => (flags === 'none' ? [] : flags))
			)
	},
	{
		name: 'flags never tell what waits',
		caughtBy: 'keys/flags',
		damage: () => answers(isAt('lock'), (body) => everywhere(body, 'flags', () => 'none'))
	},
	{
		name: 'a lock is ready before it was heard',
		caughtBy: 'lock/setup',
		damage: () => answers(isAt('lock'), (body) => everywhere(body, 'status', () => 'ready'))
	},
	{
		name: 'the battery is told in percent',
		caughtBy: 'lock/battery',
		damage: () => answers(isAt('lock'), (body) => everywhere(body, 'internal_battery', () => 100))
	},
	{
		name: 'dates have milliseconds',
		caughtBy: 'lock/two',
		damage: () =>
			answers(isAt('lock'), (body) =>
				everywhere(body, 'created_date', (date: string) => date.replace('Z', '.000Z'))
			)
	}
];

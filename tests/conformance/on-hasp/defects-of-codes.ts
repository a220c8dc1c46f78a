import {
	bodies,
	calls,
	everywhere,
	isAt,
	parsed,
	refusal,
	answers,
	successes,
	type Json
} from './damage.ts';
import type { Defect } from './defects-of-frame.ts';

const QC = ['qc', 'qc/issue', 'qc/revoke', 'qc/display'];

/** Defects of quick clicks and fobs. */
export const CODE_DEFECTS: readonly Defect[] = [
	{
		name: '256 uses are accepted',
		caughtBy: 'qc/issue/bad-256-uses',
		damage: () =>
			bodies(isAt(...QC), (body) => everywhere(body, 'uses', (n: number) => Math.min(n, 255)))
	},
	{
		name: 'no uses at all are accepted',
		caughtBy: 'qc/issue/bad-no-uses-at-all',
		damage: () => bodies(isAt(...QC), (body) => everywhere(body, 'uses', (n: number) => n || 1))
	},
	{
		name: 'codes of two presses are accepted',
		caughtBy: 'qc/issue/bad-two-presses',
		damage: () =>
			bodies(isAt(...QC), (body) => everywhere(body, 'code', (code: string) => code.padEnd(3, '0')))
	},
	{
		name: '254 uses are the most, also where 255 were asked for',
		caughtBy: 'qc/issue/uses',
		damage: () =>
			bodies(isAt(...QC), (body) => everywhere(body, 'uses', (n: number) => Math.min(n, 254)))
	},
	{
		name: 'one bad code fails all',
		caughtBy: 'qc/issue/mixed-default-version',
		damage: () => async (call, next) => {
			const { status, text } = await next({ ...call, text: call.text });
			const uses = (parsed(call.text)?.quick_clicks as Json[] | undefined)?.map((one) => one.uses);
			if (!isAt('qc/issue')(call) || !uses?.includes(256)) return { status, text };
			return { status, text: refusal('qc/issue', 3, JSON.parse(text).api_version) };
		}
	},
	{
		name: 'error_details of quick clicks are dropped',
		caughtBy: 'qc/issue/example',
		damage: () => answers(isAt('qc/issue'), ({ error_details: _, ...body }: Json) => body)
	},
	{
		name: 'error_details of quick clicks are an empty list',
		caughtBy: 'qc/display/example',
		damage: () =>
			successes(isAt(...QC), (body) => ({ ...body, error_details: body.error_details ?? [] }))
	},
	{
		name: 'error_details do not say what was attempted',
		caughtBy: 'qc/issue/example-mixed',
		damage: () =>
			answers(isAt(...QC), (body) =>
				everywhere(body, 'error_details', (all: Json[] | null) =>
					all ? all.map(({ action: _, ...one }: Json) => one) : null
				)
			)
	},
	{
		name: 'details are told in the default version',
		caughtBy: 'qc/issue/mixed-default-version',
		damage: () => bodies(isAt(...QC), (body) => ({ api_version: '1.0.0', ...body }))
	},
	{
		name: 'the version asked for is not heeded',
		caughtBy: 'qc/issue/oldest-version',
		damage: () => bodies(isAt(...QC), ({ api_version: _, ...body }: Json) => body)
	},
	{
		name: 'quick clicks come in an object',
		caughtBy: 'qc/display/all',
		damage: () => successes(isAt(...QC), (body) => ({ ...body, data: { locks: body.data } }))
	},
	{
		name: 'codes are on the lock at once',
		caughtBy: 'qc/display/pending',
		damage: () => answers(isAt(...QC), (body) => everywhere(body, 'pending', () => false))
	},
	{
		name: 'revoked codes are gone at once',
		caughtBy: 'qc/revoke/waits-for-the-lock',
		damage: () =>
			answers(isAt('qc/display'), (body) =>
				everywhere(body, 'quick_clicks', (all: Json[]) => all.filter((one) => !one.revoked))
			)
	},
	{
		name: 'uses do not go down',
		caughtBy: 'qc/display/uses-left',
		damage: () =>
			answers(isAt('qc/display'), (body) =>
				everywhere(body, 'quick_clicks', (all: Json[]) =>
					all.map((one) => ({ ...one, uses: one.start_uses }))
				)
			)
	},
	{
		name: 'the deprecated call tells what succeeded only',
		caughtBy: 'qc/failures',
		damage: () => answers(isAt('qc'), (body) => ({ ...body, error_details: null }))
	},
	{
		name: 'the deprecated call answers under its own name',
		caughtBy: 'qc/example',
		damage: () => answers(isAt('qc'), (body) => ({ ...body, request: 'qc' }))
	},
	{
		name: 'fobs/sync says that it was fobs/display, as the example does',
		caughtBy: 'fobs/sync/example',
		damage: () => answers(isAt('fobs/sync'), (body) => ({ ...body, request: 'fobs/display' }))
	},
	{
		name: 'fob/sync is unknown',
		caughtBy: 'fobs/sync/alias',
		damage: () => calls(isAt('fob/sync'), (call) => ({ ...call, path: 'unknown/' }))
	},
	{
		name: 'error_details of fobs are null',
		caughtBy: 'fobs/display/all',
		damage: () => successes(isAt('fobs/display'), (body) => ({ ...body, error_details: null }))
	},
	{
		name: 'fobs/revoke without a filter wipes the fob',
		caughtBy: 'fobs/revoke/neither',
		damage: () =>
			bodies(isAt('fobs/revoke'), (body) =>
				body.lock_macs || body.tracking_keys ? body : { ...body, tracking_keys: ['BobFob'] }
			)
	},
	{
		name: 'a credential is synced as soon as it is issued',
		caughtBy: 'fobs/status',
		damage: () =>
			answers(isAt('fobs/issue', 'fobs/display'), (body) => ({
				...body,
				data: everywhere(body.data, 'status', () => 'synced')
			}))
	},
	{
		name: 'a revoked credential is not told any more',
		caughtBy: 'fobs/revoke/example',
		damage: () =>
			answers(isAt('fobs/revoke', 'fobs/display'), (body) =>
				everywhere(body, 'locks', (all: Json[]) =>
					all.filter(({ status }) => status !== 'revoke_pending')
				)
			)
	}
];

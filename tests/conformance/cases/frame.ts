import type { Case } from '../case.ts';
import { refused, succeeded } from '../envelope.ts';
import { atLeast, each, fits } from '../shape.ts';

/** Rules of the API as a whole. */
export const FRAME: readonly Case[] = [
	{
		name: 'frame/no-such-call',
		rule: 'error code 5: invalid endpoint',
		run: async (stand) => {
			for (const path of ['nothing/', 'lock/nothing/', 'keys/issue/', 'LOCK/', 'toString/']) {
				const answer = await stand.ask(path, {});
				refused(answer, String(answer.body?.request), 5);
			}
		}
	},
	{
		name: 'frame/unknown-members',
		rule: 'text, API versions: api_version may be added to any of the requests',
		run: async (stand) => {
			for (const version of ['0.0.0', '0.1.0', '1.0.0']) {
				const { body } = await stand.ask('lock/', { api_version: version });
				fits(
					body,
					atLeast({ error_code: 0, data: atLeast({ locks: each({ check: () => null }) }) })
				);
			}
		}
	},
	{
		name: 'frame/version-elsewhere',
		rule: 'text, API versions: only enabled on quick click requests; others answer in the default',
		run: async (stand) => {
			const answer = await stand.ask('keys/', { api_version: '1.0.0' });
			succeeded(answer, { request: 'keys', data: { locks: each({ check: () => null }) } });
		}
	},
	{
		name: 'frame/half-a-path',
		rule: 'error code 5: what lies below a call, or above it, is none',
		run: async (stand) => {
			for (const path of ['unlock/x/', 'qc/issue/x', 'fobs/', 'fob/', 'restore/x/'])
				refused(await stand.ask(path, {}), path.replace(/\/$/, ''), 5);
		}
	}
];

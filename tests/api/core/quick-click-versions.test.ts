import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CodesData } from '../../../src/lib/api/core/quick-clicks.ts';
import { successOf } from '../../../src/lib/api/core/envelope.ts';
import { databases } from '../../setup/databases.ts';
import type { TestLock } from '../../server/core/test-lock.ts';
import { Desk } from './desk.ts';

const V1 = { api_version: '1.0.0' };

describe.each(databases)(
	'versions of the quick click calls, and the deprecated one, on $name',
	({ create }) => {
		let desk: Desk;
		let lock: TestLock;
		beforeAll(async () => {
			desk = await Desk.open(create);
		});
		afterAll(() => desk.close());
		beforeEach(async () => {
			await desk.app.server.db.deleteFrom('lock').execute();
			lock = await desk.lock();
		});

		const post = async (call: string, body: object, key?: string) =>
			(await desk.post(`qc/${call}`, body, key)).body;
		const issue = (codes: [string, number][], more: object = {}) =>
			post('issue/', {
				mac: lock.mac,
				quick_clicks: codes.map(([code, uses]) => ({ code, uses })),
				...more
			});
		const revoke = (codes: string[], more: object = {}) =>
			post('revoke/', { mac: lock.mac, quick_clicks: codes.map((code) => ({ code })), ...more });
		const shown = async () => {
			const answer = await post('display/', { macs: [lock.mac] });
			expect(successOf(CodesData).strict().parse(answer)).toEqual(answer);
			return answer.data[0].quick_clicks;
		};

		test('mixed success and failure: as version 1.0.0 has it', async () => {
			const answer = await issue(
				[
					['10001', 256],
					['00000', 30]
				],
				V1
			);
			expect(answer).toMatchObject({
				result: 'success',
				error_code: 0,
				error_details: [
					{
						mac: lock.mac,
						code: '10001',
						msg: "use count can't be greater than 255",
						action: 'issue'
					}
				],
				data: [
					{
						mac: lock.mac,
						quick_clicks: [{ code: '00000', pending: true, uses: 30, start_uses: 30 }]
					}
				]
			});
			expect(answer.api_version.response).toBe('1.0.0');
		});

		test('mixed success and failure: version 0.1.0 lists what worked and explains nothing', async () => {
			const mixed: [string, number][] = [
				['10001', 256],
				['00000', 30]
			];
			for (const more of [{}, { api_version: '0.1.0' }]) {
				const answer = await issue(mixed, more);
				expect(answer).toMatchObject({ result: 'success', error_details: null });
				expect(answer.data[0].quick_clicks).toHaveLength(1);
			}
			const failed = await issue([['10001', 256]]);
			expect(failed).toMatchObject({ result: 'failure', error_code: 3, data: null });
			expect(failed.error_details).toBeNull();
			expect(failed.message).toMatch(/10001: use count can't be greater than 255/);
		});

		test('version 0.0.0 has neither error_details nor successes', async () => {
			const answer = await issue([['101', 5]], { api_version: '0.0.0' });
			expect(answer).toMatchObject({ result: 'success', data: null });
			expect('error_details' in answer).toBe(false);
			expect(answer.api_version).toMatchObject({ response: '0.0.0', default: '0.1.0' });
			const failed = await revoke(['111'], { api_version: '0.0.0' });
			expect(failed).toMatchObject({ result: 'failure', error_code: 3 });
			expect('error_details' in failed).toBe(false);
			expect((await shown()).map(({ code }: { code: string }) => code)).toEqual(['101']);
		});

		test.each([
			['1.0.0', '1.0.0'],
			['1.2.1', '1.0.0'],
			['0.1.9', '0.1.0'],
			['0.0.7', '0.1.0'],
			['0.0.0', '0.0.0']
		])('api_version %s is served by %s', async (api_version, response) => {
			for (const call of ['display', 'issue']) {
				const body =
					call === 'issue'
						? { mac: lock.mac, quick_clicks: [{ code: '010', uses: 1 }], api_version }
						: { api_version };
				expect((await post(call, body)).api_version.response).toBe(response);
			}
		});

		test.each(['2.0.0', '1', '1.0', 'newest', '', 1, null])(
			'api_version %j is none: 3',
			async (api_version) => {
				expect(await post('display', { api_version })).toMatchObject({
					result: 'failure',
					error_code: 3,
					error_details: null
				});
			}
		);

		test('the deprecated call does all three and answers as a display', async () => {
			const other = await desk.lock();
			await issue([['111', 3]]);
			const body = {
				issue: [
					{ mac: lock.mac, quick_clicks: [{ code: '101', uses: 255 }] },
					{ mac: '00:00:00:00:00:01', quick_clicks: [{ code: '010', uses: 10 }] },
					{ mac: other.mac, quick_clicks: [{ code: '10', uses: 1 }] }
				],
				revoke: [{ mac: lock.mac, quick_clicks: [{ code: '111' }, { code: '000' }] }],
				display: { macs: [lock.mac] },
				...V1
			};
			const answer = (await desk.post('qc/', body)).body;
			expect(answer).toMatchObject({ result: 'success', error_code: 0, request: 'qc/display' });
			expect(answer.data).toEqual([
				{
					mac: lock.mac,
					quick_clicks: [{ code: '101', pending: true, revoked: false, uses: 255, start_uses: 255 }]
				}
			]);
			expect(
				answer.error_details.map(({ mac, code, action }: Record<string, string>) => [
					mac,
					code,
					action
				])
			).toEqual([
				['00:00:00:00:00:01', '010', 'issue'],
				[other.mac, '10', 'issue'],
				[lock.mac, '000', 'revoke']
			]);
			const { api_version: _, ...older } = body;
			expect((await desk.post('qc', older)).body).toMatchObject({
				result: 'success',
				error_details: null
			});
			expect((await desk.post('qc', {})).body.data).toHaveLength(1);
		});
	}
);

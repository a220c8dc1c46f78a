import * as z from 'zod/mini';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { CALL_WITHIN, caller } from '../../src/lib/client/call.ts';

afterEach(() => {
	vi.useRealTimers();
});

const Reply = z.object({ name: z.string() });

function answering(body: string | null, init: ResponseInit = {}) {
	const asked: { path: string; init: RequestInit }[] = [];
	const fetcher = (path: unknown, init_: unknown) => {
		asked.push({ path: String(path), init: init_ as RequestInit });
		return Promise.resolve(new Response(body, init));
	};
	return { asked, call: caller(fetcher as typeof fetch) };
}

/** A fetch that ends only with its signal. */
const hanging = ((_: unknown, init: RequestInit) =>
	new Promise((_resolve, reject) => {
		init.signal!.addEventListener('abort', () => reject(init.signal!.reason as Error));
	})) as typeof fetch;

describe('a call', () => {
	test('sends JSON and parses the answer', async () => {
		const { asked, call } = answering('{"name":"Gate","more":1}');
		expect(await call(Reply, 'POST', '/api/x', { a: 1 })).toEqual({ name: 'Gate' });
		expect(asked[0]).toMatchObject({
			path: '/api/x',
			init: { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } }
		});
	});

	test('takes no answer where none is wanted', async () => {
		expect(await answering(null, { status: 204 }).call(null, 'DELETE', '/api/x')).toBeUndefined();
	});

	test.each([
		[400, 'bad-input'],
		[401, 'signed-out'],
		[403, 'forbidden'],
		[404, 'not-found'],
		[409, 'conflict'],
		[410, 'gone'],
		[413, 'too-large'],
		[429, 'too-many'],
		[500, 'internal'],
		[502, 'timed-out'],
		[503, 'timed-out'],
		[504, 'timed-out']
	])('%i without our envelope is %s', async (status, code) => {
		const { call } = answering('<html>', { status });
		await expect(call(Reply, 'GET', '/api/x')).rejects.toMatchObject({ code });
	});

	test('our envelope decides over the status', async () => {
		const { call } = answering('{"error":{"code":"not-now","message":"Later."}}', { status: 403 });
		await expect(call(Reply, 'GET', '/api/x')).rejects.toMatchObject({
			name: 'ClientError',
			code: 'not-now',
			message: 'Later.'
		});
	});

	test.each(['<html>', '{"name":1}', ''])('an answer of %j is bad', async (body) => {
		await expect(answering(body).call(Reply, 'GET', '/api/x')).rejects.toMatchObject({
			code: 'bad-reply'
		});
	});

	test('without network says so', async () => {
		const call = caller(() => Promise.reject(new TypeError('Failed to fetch')));
		await expect(call(Reply, 'GET', '/api/x')).rejects.toMatchObject({ code: 'no-network' });
	});

	test('gives up after 15 seconds', async () => {
		vi.useFakeTimers();
		const late = caller(hanging)(Reply, 'GET', '/api/x');
		const rejected = expect(late).rejects.toMatchObject({ code: 'timed-out' });
		await vi.advanceTimersByTimeAsync(CALL_WITHIN);
		await rejected;
	});

	test('that is stopped rejects with the reason, and leaves no timer', async () => {
		vi.useFakeTimers();
		const stopper = new AbortController();
		const stopped = caller(hanging)(Reply, 'GET', '/api/x', undefined, stopper.signal);
		stopper.abort(new Error('enough'));
		await expect(stopped).rejects.toThrow('enough');
		expect(vi.getTimerCount()).toBe(0);
	});
});

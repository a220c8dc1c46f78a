import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { SUITE } from '../suite.ts';

interface Ended {
	code: number;
	out: string;
	err: string;
}

/** `npm run conformance` with these words. */
async function conformance(...words: string[]): Promise<Ended> {
	const child = spawn(process.execPath, ['tests/conformance/run.ts', ...words]);
	const said = { out: '', err: '' };
	child.stdout.on('data', (chunk) => (said.out += String(chunk)));
	child.stderr.on('data', (chunk) => (said.err += String(chunk)));
	const [code] = (await once(child, 'close')) as [number];
	return { code, ...said };
}

/** A server that answers every call alike. */
async function stub<T>(answer: string, use: (url: string) => Promise<T>): Promise<T> {
	const server = createServer((_, response) => response.end(answer)).listen(0, '127.0.0.1');
	await once(server, 'listening');
	try {
		return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
	} finally {
		server.closeAllConnections();
		server.close();
	}
}

const KEYS = ['--private-key', 'p', '--mobile-key', 'm'];

describe('npm run conformance', () => {
	test.each([[[]], [['--url', 'http://127.0.0.1:9']], [['--url', 'x', ...KEYS]], [['--colour']]])(
		'tells how to use it after %j',
		async (words) => {
			const { code, out, err } = await conformance(...words);
			expect({ code, out }).toEqual({ code: 2, out: '' });
			expect(err).toContain('usage: npm run conformance -- --url');
		}
	);

	test('ends with 2 where nobody speaks JSON', async () => {
		const { code, err } = await stub('<html>', (url) => conformance('--url', url, ...KEYS));
		expect(code).toBe(2);
		expect(err).toMatch(/^POST lock\/: expected JSON, came HTTP 200 and "<html>"/);
	});

	test.each(['{}', '{"error_code":0}', '[]', 'null'])(
		'no case passes on a server that always answers %s',
		async (answer) => {
			const { code, out } = await stub(answer, (url) => conformance('--url', url, ...KEYS));
			const lines = out.trim().split('\n');
			expect(lines.filter((line) => line.startsWith('ok '))).toEqual([]);
			expect(lines.at(-1)).toBe(`0 passed, ${SUITE.length} failed`);
			expect(lines).toHaveLength(SUITE.length + 1);
			expect(code).toBe(1);
		},
		60_000
	);
});

import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

/** What a program writes that logs this, run by plain Node as the server is. */
function logged(expression: string): string {
	const program = `import { makeLog } from './src/lib/server/log.ts'; makeLog().error(${expression}, 'x');`;
	const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program];
	return spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout;
}

test('secrets are left out wherever they stand', () => {
	const line = logged(`{
		authorization: 'Bearer hidden', password: 'hidden', session: 'hidden',
		headers: { cookie: 'hidden', 'set-cookie': 'hidden' },
		body: { lock: { baseKey: 'hidden', packets: ['hidden'] } }, mac: 'shown' }`);
	expect(line).toContain('shown');
	expect(line).not.toContain('hidden');
});

test('one line for one event, and of an error only what it says', () => {
	const line = logged(
		`{ err: Object.assign(new Error('broke\\n\\u001b[31m', { cause: 'why' }), { code: 'X1', detail: 'hidden' }) }`
	);
	expect(line.trim().split('\n')).toHaveLength(1);
	expect(line).not.toContain('\u001b');
	expect(JSON.parse(line).err).toMatchObject({ code: 'X1', cause: 'why' });
	expect(line).not.toContain('hidden');
});

import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { readConfig } from '../../src/lib/server/config.ts';

test('without an environment: the embedded database in data/', () => {
	expect(readConfig({})).toEqual({
		origin: 'http://localhost:3000',
		https: false,
		data: resolve('data'),
		database: { file: resolve('data/hasp.sqlite') }
	});
});

test('every variable is read', () => {
	const env = {
		PORT: '8080',
		ORIGIN: 'https://locks.example.com/',
		HASP_DATA: '/srv/hasp',
		DATABASE_URL: 'postgres://hasp:pw@db/hasp'
	};
	expect(readConfig(env)).toEqual({
		origin: 'https://locks.example.com',
		https: true,
		data: '/srv/hasp',
		database: { url: 'postgres://hasp:pw@db/hasp' }
	});
	expect(readConfig({ PORT: '8080' }).origin).toBe('http://localhost:8080');
});

test.each([
	[{ PORT: 'http' }, 'bad-port'],
	[{ ORIGIN: 'locks.example.com' }, 'bad-origin'],
	[{ ORIGIN: 'https://locks.example.com/app' }, 'bad-origin'],
	[{ ORIGIN: 'ftp://locks.example.com' }, 'bad-origin'],
	[{ DATABASE_URL: 'mysql://hasp:hidden@db/hasp' }, 'bad-database-url']
])('%o is refused without repeating it', (env, code) => {
	expect(() => readConfig(env)).toThrow(expect.objectContaining({ code }));
	expect(() => readConfig(env)).not.toThrow(/hidden/);
});

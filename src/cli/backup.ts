import { chmodSync, closeSync, openSync, rmSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Server } from '../lib/server/context.ts';
import { openFile } from '../lib/server/db/sqlite.ts';
import { ServerError } from '../lib/server/error.ts';
import { expect, only, type Words } from './words.ts';

/**
 * `backup FILE`: a consistent copy of the embedded database while the server goes on. Without the
 * file `secret` of the data folder a copy cannot be used: its fingerprint says which one belongs
 * to it. PostgreSQL has its own tool, which is named.
 */
export async function backup({ config, secret }: Server, words: Words): Promise<object> {
	expect(words, [], 1);
	const file = resolve(only(words, 'file'));
	if ('url' in config.database) {
		const command = `pg_dump --format=custom --file='${file}' "$DATABASE_URL"`;
		throw new ServerError('conflict', `The data are in PostgreSQL. Run: ${command}`);
	}
	try {
		closeSync(openSync(file, 'wx', 0o600));
	} catch (cause) {
		throw new ServerError('conflict', `${file} exists, or cannot be made`, { cause });
	}
	const db = openFile(config.database.file);
	try {
		// All pages in one step: else each write of the server starts the copy again.
		await db.backup(file, { progress: () => 0x7fff_ffff });
	} catch (error) {
		rmSync(file, { force: true });
		throw error;
	} finally {
		db.close();
	}
	chmodSync(file, 0o600);
	return { backup: { file, bytes: statSync(file).size, secret: secret.fingerprint } };
}

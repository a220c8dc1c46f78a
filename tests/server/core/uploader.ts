/*
 * Another process on the same database: takes in the logs it is sent on standard input, in its own
 * order, and ends.
 */
import { text } from 'node:stream/consumers';
import { hearLogs, type Log } from '../../../src/lib/server/core/uploads.ts';
import { connect, type DatabaseTarget } from '../../../src/lib/server/db/connect.ts';
import { Secret } from '../../../src/lib/server/secret.ts';

interface Work {
	target: DatabaseTarget;
	secret: number[];
	companyId: string;
	uploads: Log[][];
	now: number;
}

const { target, secret, companyId, uploads, now } = JSON.parse(await text(process.stdin)) as Work;
const connection = connect(target);
const core = { db: connection.db, secret: new Secret(Uint8Array.from(secret)) };
for (const logs of uploads) await hearLogs(core, { companyId }, logs, now);
await connection.close();

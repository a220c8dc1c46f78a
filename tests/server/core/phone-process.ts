/*
 * Another process on the same database: sends batches in the order it is told, 200 in a request as
 * the largest the endpoint takes, and prints how many of them came back as durable.
 */
import { text } from 'node:stream/consumers';
import type { UploadBatch } from '../../../src/lib/api/app/activity.ts';
import { hearBatches } from '../../../src/lib/server/core/uploads.ts';
import { connect, type DatabaseTarget } from '../../../src/lib/server/db/connect.ts';
import { Secret } from '../../../src/lib/server/secret.ts';

interface Work {
	target: DatabaseTarget;
	secret: number[];
	companyId: string;
	batches: UploadBatch[];
	/** Requests, as indices of batches. */
	requests: number[][];
	now: number;
}

const work = JSON.parse(await text(process.stdin)) as Work;
const { target, secret, companyId, batches, requests, now } = work;
const connection = connect(target);
const core = { db: connection.db, secret: new Secret(Uint8Array.from(secret)) };
let durable = 0;
for (const request of requests) {
	const sent = request.map((i) => batches[i]!);
	const reply = await hearBatches(core, { companyId }, sent, now);
	if (reply.refused.length > 0) throw new Error(`refused: ${reply.refused[0]!.code}`);
	const known = new Set(reply.durable);
	durable += sent.filter(({ id }) => known.has(id)).length;
}
await connection.close();
console.log(durable);

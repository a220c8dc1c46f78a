/*
 * Another process on the same database: issues keys of one lock, one call for each, and tells how
 * many it got and how many the lock had no room for.
 */
import { text } from 'node:stream/consumers';
import { CoreError } from '../../../src/lib/server/core/error.ts';
import { callKeys } from '../../../src/lib/server/core/offline-keys.ts';
import { connect, type DatabaseTarget } from '../../../src/lib/server/db/connect.ts';
import { Secret } from '../../../src/lib/server/secret.ts';

interface Work {
	target: DatabaseTarget;
	secret: number[];
	companyId: string;
	mac: string;
	names: string[];
}

const { target, secret, companyId, mac, names } = JSON.parse(await text(process.stdin)) as Work;
const connection = connect(target);
const core = { db: connection.db, secret: new Secret(Uint8Array.from(secret)) };
const caller = { companyId, environment: 'production' } as const;
let issued = 0;
let full = 0;
await Promise.all(
	names.map(async (name) => {
		try {
			await callKeys(core, caller, { issue: [{ macs: [mac], tracking_keys: [name] }] });
			issued++;
		} catch (error) {
			if (!(error instanceof CoreError && error.code === 'lock-full')) throw error;
			full++;
		}
	})
);
await connection.close();
console.log(JSON.stringify({ issued, full }));

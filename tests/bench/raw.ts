/**
 * The yardstick of the relay: node:http with nothing but JSON.parse and the same durable
 * transaction by prepared statements of better-sqlite3. Run as a process of its own:
 * `node tests/bench/raw.ts FILE PORT`; FILE is a database that Hasp has made.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import Database from 'better-sqlite3';

const [file, port] = process.argv.slice(2);
const db = new Database(file);
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');

const findKey = db.prepare<[string], { company_id: string; environment: string }>(
	'select company_id, environment, kind from api_key where hash = ? and revoked_at is null'
);
const hold = db.prepare<[string, string, string], { id: string; next_reference: number }>(
	`update lock set next_reference = (next_reference + 1) % 256
	where company_id = ? and mac = ? and environment = ? returning *`
);
const reserve = db.prepare(
	`insert into issued (id, lock_id, company_id, session, first_id, last_id, reference, action,
		tracking_key, user_id, at, epoch, recovery)
	select ?, ?, ?, ?, coalesce(max(last_id), 0) + 1, coalesce(max(last_id), 0) + 1, ?, 'unlock',
		?, null, ?, 1, null
	from issued where lock_id = ? and session = ? returning first_id`
);
const writeDown = db.transaction((key: { company_id: string; environment: string }, body: Body) => {
	const lock = hold.get(key.company_id, body.mac, key.environment)!;
	reserve.get(
		randomUUID(),
		lock.id,
		key.company_id,
		body.session,
		lock.next_reference,
		body.tracking_key,
		Date.now(),
		lock.id,
		body.session
	);
	return lock.id;
});

interface Body {
	mac: string;
	session: string;
	tracking_key: string;
}

createServer((request, response) => {
	const parts: Buffer[] = [];
	request.on('data', (part: Buffer) => parts.push(part));
	request.on('end', () => {
		const body = JSON.parse(Buffer.concat(parts).toString()) as Body;
		const secret = String(request.headers.authorization).slice('Bearer '.length);
		const key = findKey.get(createHash('sha256').update(secret).digest('hex'))!;
		const commands = writeDown(key, body);
		response.setHeader('content-type', 'application/json');
		response.end(JSON.stringify({ result: 'success', data: { commands } }));
	});
}).listen(Number(port), '127.0.0.1');

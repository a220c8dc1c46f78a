/*
 * The Core API as a process that can be killed: the production engine on the database that the
 * environment names, behind Node's own HTTP server.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { Budgets } from '../../src/lib/server/budget.ts';
import { readConfig } from '../../src/lib/server/config.ts';
import { answerCore } from '../../src/lib/server/core/answer.ts';
import { connect } from '../../src/lib/server/db/connect.ts';
import { migrate } from '../../src/lib/server/db/migrate.ts';
import { makeLog } from '../../src/lib/server/log.ts';
import { openSecret } from '../../src/lib/server/secret.ts';

/* Not `openServer`: what signs people in takes a second to load, and nobody signs in here. */
const config = readConfig(process.env);
const connection = connect(config.database);
await migrate(connection);
const { db } = connection;
const core = { db, secret: openSecret(config.data), budgets: new Budgets(), log: makeLog() };

async function answer(url: string, incoming: IncomingMessage): Promise<Response> {
	const { pathname } = new URL(url, config.origin);
	if (pathname === '/api/health') return new Response('{}');
	const headers = new Headers();
	for (const name of ['authorization', 'content-type'] as const)
		headers.set(name, incoming.headers[name] ?? '');
	const body = new Uint8Array(await buffer(incoming));
	const request = new Request(new URL(url, config.origin), { method: 'POST', headers, body });
	const path = pathname.slice('/core/'.length);
	return answerCore(core, { request, path, requestId: undefined });
}

async function respond(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
	const response = await answer(incoming.url ?? '/', incoming);
	outgoing.writeHead(response.status, { 'content-type': 'application/json' });
	outgoing.end(await response.text());
}

createServer((incoming, outgoing) => void respond(incoming, outgoing)).listen(
	Number(process.env['PORT']),
	'127.0.0.1'
);

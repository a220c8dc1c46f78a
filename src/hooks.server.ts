import { building } from '$app/environment';
import type { Handle, HandleServerError, ServerInit } from '@sveltejs/kit';
import { startChores } from '$lib/server/chores.ts';
import { readConfig } from '$lib/server/config.ts';
import { holdServer, openServer, theServer } from '$lib/server/context.ts';
import { around } from '$lib/server/http/handle.ts';
import { makeLog } from '$lib/server/log.ts';

export const init: ServerInit = async () => {
	// The build runs this too, on a machine that may have no database.
	if (building) return;
	const log = makeLog();
	const config = readConfig(process.env);
	const server = await openServer(config, log).catch((err: unknown) => {
		log.fatal({ err }, 'the server cannot start');
		throw err;
	});
	holdServer(server);
	const stopChores = startChores(server);
	// adapter-node says this after the last request was answered.
	process.once('sveltekit:shutdown', () => {
		void stopChores()
			.then(() => server.close())
			.then(() => log.info('stopped'));
	});
	log.info({ origin: config.origin, database: server.connection.dialect }, 'started');
};

export const handle: Handle = ({ event, resolve }) =>
	building ? resolve(event) : around(theServer(), event, resolve);

export const handleError: HandleServerError = ({ error, event, status, message }) => {
	// A path that is no route is no failure of ours.
	if (status >= 500 && !building) {
		theServer().log.error({ err: error, requestId: event.locals.requestId }, 'request failed');
	}
	return { message };
};

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A page without content under the strict rules of the app, on loopback: radio tests need no build. */
export async function serveBlank(): Promise<{ url: string; stop(): Promise<void> }> {
	const server = createServer((_, response) => {
		response.writeHead(200, {
			'content-type': 'text/html',
			'content-security-policy':
				"default-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
		});
		response.end('<!doctype html><title>Blank</title><button>Connect</button>');
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://localhost:${port}/`,
		async stop() {
			server.closeAllConnections();
			server.close();
			await once(server, 'close');
		}
	};
}

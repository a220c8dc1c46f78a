import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
	createServer,
	request,
	type IncomingHttpHeaders,
	type IncomingMessage,
	type Server,
	type ServerResponse
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A file of the build: its name before the hash, the hash, `v` and the deploy, its kind. */
const HASHED = /(\/_app\/immutable\/(?:[\w-]+\/)*[\w.-]*?)([\w-]{8})(\.(?:js|css))/g;
const NAMED = /([\w.-]*[\w-]{8})v(\d+)(\.(?:js|css))$/;
const TEXT = /text\/|javascript|json/;

interface Answer {
	status: number;
	headers: IncomingHttpHeaders;
	body: Buffer;
}

/**
 * Stands before the app as a server that is deployed again and again. Every deploy is a build of its own: the
 * page tells its number, the worker is another, and with `renames` every script and style has another
 * name, while those of the deploy before are gone.
 */
export class Front {
	/** Which deploy is served. */
	deploy = 1;
	/** The deploys whose files have names of their own. */
	renames = true;
	/** True: nobody is there. */
	down = false;
	/** Paths that are answered with 503. */
	readonly broken = new Set<string>();
	/** Paths that never get an answer. */
	readonly silent = new Set<string>();
	/** Paths that are served by the deploy after this one already: a deploy half done. */
	readonly ahead = new Set<string>();
	/** Every path asked for, in order. */
	readonly asked: string[] = [];
	/** Origin of the app behind it. */
	target = '';
	readonly #server: Server;
	readonly #files = new Map<string, Answer>();
	readonly #sockets = new Set<Socket>();

	private constructor() {
		this.#server = createServer((from, to) => void this.#pass(from, to));
		this.#server.on('connection', (socket) => {
			if (this.down) socket.destroy();
			this.#sockets.add(socket);
			socket.once('close', () => this.#sockets.delete(socket));
		});
	}

	/** Listens on a free loopback port; `target` is set later. */
	static async open(): Promise<Front> {
		const front = new Front();
		front.#server.listen(0, '127.0.0.1');
		await once(front.#server, 'listening');
		return front;
	}

	get url(): string {
		return `http://localhost:${(this.#server.address() as AddressInfo).port}`;
	}

	/** As when the machine is switched off. */
	kill(): void {
		this.down = true;
		for (const socket of this.#sockets) socket.destroy();
	}

	/** Serves again, deploy 1, with nothing broken. */
	reset(): void {
		this.down = false;
		this.renames = true;
		this.deploy = 1;
		this.asked.length = 0;
		this.broken.clear();
		this.silent.clear();
		this.ahead.clear();
	}

	async close(): Promise<void> {
		this.kill();
		this.#server.close();
		await once(this.#server, 'close');
	}

	async #pass(from: IncomingMessage, to: ServerResponse): Promise<void> {
		const path = from.url ?? '/';
		this.asked.push(path);
		const deploy = this.deploy + (this.ahead.has(path) ? 1 : 0);
		const named = NAMED.exec(path);
		if (this.broken.has(path)) return void to.writeHead(503).end();
		if (this.silent.has(path)) return;
		if (named && this.renames && named[2] !== String(deploy)) return void to.writeHead(404).end();
		const real = path.replace(NAMED, '$1$3');
		const answer = this.#files.get(real) ?? (await this.#ask(from, to, real));
		if (!answer) return;
		const { status, body } = answer;
		const told = { ...answer.headers };
		delete told['content-length'];
		if (!TEXT.test(told['content-type'] ?? '') || path.startsWith('/api/'))
			return void to.writeHead(status, told).end(body);
		const before = body.toString();
		const after = this.#deployed(before, path, deploy);
		if (told.link) told.link = this.#deployed(String(told.link), path, deploy);
		const policy = told['content-security-policy'];
		if (policy) told['content-security-policy'] = rehash(String(policy), before, after);
		// Else the browser would take the deploy before from its cache.
		delete told.etag;
		delete told['last-modified'];
		delete told['if-none-match'];
		to.writeHead(status, told).end(after);
	}

	/** What the app behind it answers, or null when it does not. Files are the same in every deploy. */
	async #ask(from: IncomingMessage, to: ServerResponse, path: string): Promise<Answer | null> {
		const headers = { ...from.headers, 'accept-encoding': 'identity' };
		const onward = request(this.target + path, { method: from.method, headers });
		onward.on('error', () => to.destroy());
		from.pipe(onward);
		const [reply] = (await once(onward, 'response').catch(() => [])) as [IncomingMessage?];
		if (!reply) return null;
		const parts: Buffer[] = [];
		for await (const part of reply) parts.push(part as Buffer);
		const { statusCode: status = 502 } = reply;
		const answer = { status, headers: reply.headers, body: Buffer.concat(parts) };
		if (status === 200 && /\.\w+$/.test(path)) this.#files.set(path, answer);
		return answer;
	}

	#deployed(text: string, path: string, deploy: number): string {
		let now = text.replace('<head>', `<head><meta name="deploy" content="${deploy}" />`);
		// The worker of another deploy has another version, so its static files are asked for again.
		if (path === '/service-worker.js') now = now.replace(/=`\d{13}`/, `=\`deploy${deploy}\``);
		if (!this.renames) return now;
		return now
			.replace(HASHED, `$1$2v${deploy}$3`)
			.replace(/(["'`](?:\.\.?\/)[\w./-]*?[\w-]{8})(\.(?:js|css)["'`])/g, `$1v${deploy}$2`);
	}
}

/** The policy with the hashes of the scripts within a page as they are now. */
function rehash(policy: string, before: string, after: string): string {
	const now = scripts(after);
	return scripts(before).reduce(
		(text, hash, index) => text.replace(hash, now[index] ?? ''),
		policy
	);
}

function scripts(html: string): string[] {
	return [...html.matchAll(/<script>([^]*?)<\/script>/g)].map(([, text = '']) =>
		createHash('sha256').update(text).digest('base64')
	);
}

import { Mismatch } from './shape.ts';

/** What a server answered. */
export interface Answer {
	readonly status: number;
	/** As untyped as JSON is: what is in it is the case's business. */
	readonly body: ReturnType<typeof JSON.parse>;
	readonly text: string;
}

export interface Ways {
	/** The whole Authorization header; null: none. */
	authorization?: string | null;
	method?: string;
}

/** Calls of one server of the API with one company's pair of keys; POST unless a case says else. */
export class Caller {
	readonly #base: string;
	readonly #keys: { readonly private: string; readonly mobile: string };

	/** @param base where the API begins, with or without a slash at its end */
	constructor(base: string, keys: { private: string; mobile: string }) {
		this.#base = base.replace(/\/*$/, '/');
		this.#keys = keys;
	}

	bearer(kind: 'private' | 'mobile'): string {
		return `Bearer ${this.#keys[kind]}`;
	}

	/**
	 * One call. A body that is a text goes out as it is.
	 * @throws Mismatch when the answer is no JSON
	 */
	async send(path: string, body: unknown, ways: Ways = {}): Promise<Answer> {
		const { authorization = this.bearer('private'), method = 'POST' } = ways;
		const headers = new Headers({ 'content-type': 'application/json' });
		if (authorization !== null) headers.set('authorization', authorization);
		const text = typeof body === 'string' ? body : JSON.stringify(body);
		const reply = await fetch(this.#base + path, {
			method,
			headers,
			redirect: 'manual',
			signal: AbortSignal.timeout(30_000),
			...(method === 'GET' || body === undefined ? {} : { body: text })
		});
		const came = await reply.text();
		try {
			return { status: reply.status, body: JSON.parse(came), text: came };
		} catch (cause) {
			const what = `HTTP ${reply.status} and ${JSON.stringify(came.slice(0, 200))}`;
			throw new Mismatch(`${method} ${path}: expected JSON, came ${what}`, { cause });
		}
	}
}

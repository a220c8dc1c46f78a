import type { ContactRequest } from '../../src/lib/api/app/offline.ts';
import type { Call, ClientError } from '../../src/lib/client/call.ts';
import type { OfferedKey } from '../../src/lib/vault/task.ts';
import { DAY, named } from '../vault/secrets.ts';

/** The endpoints of offline keys, on paper. */
export class PaperServer {
	contacts: ContactRequest[] = [];
	asked: string[] = [];
	keys: OfferedKey[] = [];
	now = Date.now();
	refusal: ClientError | null = null;
	/** Called with every question; may refuse it. */
	asks: () => void = () => undefined;
	/** Keys that a request for one adds. */
	gives: OfferedKey[] = [];

	readonly call: Call = async (_schema, method, path, body) => {
		await Promise.resolve();
		this.asks();
		if (this.refusal) throw this.refusal;
		if (path === '/api/offline/contact') return this.#contact(body as ContactRequest) as never;
		this.asked.push(path);
		if (method === 'DELETE') this.keys = [];
		this.keys.push(...this.gives.splice(0));
		return { key: this.keys.at(-1) } as never;
	};

	#contact(request: ContactRequest) {
		this.contacts.push(structuredClone(request));
		const has = (key: OfferedKey) =>
			request.has.some(({ slot, issue }) => slot === key.slot && issue === key.issue);
		return {
			now: this.now,
			leaseEnds: this.now + 7 * DAY,
			keys: this.keys.map((key) => (has(key) ? named(key) : key)),
			wipe: []
		};
	}
}

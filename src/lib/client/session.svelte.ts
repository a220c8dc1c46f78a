import * as z from 'zod/mini';
import { Me, type CompanyRequest } from '../api/app/people.ts';
import { call, ClientError, send, type Call } from './call.ts';

/** Why somebody could not be signed in or up; all else is a ClientError. */
export type SignRefusal =
	/** No account has this address and this password. */
	| 'wrong-credentials'
	/** An account has this address already. */
	| 'taken'
	/** Shorter than 12 or longer than 128 characters. */
	| 'weak-password'
	/** Not an address. */
	| 'bad-email'
	/** Sign-up needs an invitation, and this one is none or has ended. */
	| 'closed';

/** What better-auth answers when it refuses. */
const AuthRefusal = z.object({ code: z.optional(z.string()) });

const REFUSALS: Record<string, SignRefusal> = {
	INVALID_EMAIL_OR_PASSWORD: 'wrong-credentials',
	USER_ALREADY_EXISTS: 'taken',
	USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: 'taken',
	PASSWORD_TOO_SHORT: 'weak-password',
	PASSWORD_TOO_LONG: 'weak-password',
	INVALID_EMAIL: 'bad-email',
	SIGN_UP_CLOSED: 'closed'
};

/** Who is signed in, and for which company. */
export class SessionState {
	/** Undefined until the server has told. */
	me: Me | undefined = $state.raw();
	readonly #call: Call;
	readonly #fetch: typeof fetch;

	constructor(ask: Call = call, fetcher: typeof fetch = (input, init) => fetch(input, init)) {
		this.#call = ask;
		this.#fetch = fetcher;
	}

	/** Asks the server who this is. @throws ClientError */
	async refresh(signal?: AbortSignal): Promise<Me> {
		this.me = await this.#call(Me, 'GET', '/api/me', undefined, signal);
		return this.me;
	}

	/** Signs in; null when it worked. @throws ClientError */
	signIn(email: string, password: string): Promise<SignRefusal | null> {
		return this.#auth('/api/auth/sign-in/email', { email, password });
	}

	/**
	 * Makes an account and signs it in; null when it worked.
	 * @param invitation the token of an invitation link; without it only the first owner gets in
	 * @throws ClientError
	 */
	signUp(
		person: { name: string; email: string; password: string },
		invitation?: string
	): Promise<SignRefusal | null> {
		const body = invitation === undefined ? person : { ...person, invitation };
		return this.#auth('/api/auth/sign-up/email', body);
	}

	/** Makes the company of the person who has just signed up as the first. @throws ClientError */
	async addCompany(name: string): Promise<Me> {
		const body = { name } satisfies z.input<typeof CompanyRequest>;
		await this.#call(null, 'POST', '/api/companies', body);
		return this.refresh();
	}

	/** Ends the session here and on the server. What waits in the outbox stays. @throws ClientError */
	async signOut(): Promise<void> {
		await this.#auth('/api/auth/sign-out', {});
		await this.refresh();
	}

	async #auth(path: string, body: object): Promise<SignRefusal | null> {
		const response = await send(this.#fetch, 'POST', path, body);
		if (response.ok) {
			await this.refresh();
			return null;
		}
		const parsed = z.safeParse(AuthRefusal, await response.json().catch(() => undefined));
		const refusal = REFUSALS[parsed.data?.code ?? ''];
		if (refusal !== undefined) return refusal;
		if (response.status === 429) throw new ClientError('too-many', 'wait before the next try');
		throw new ClientError('internal', `status ${response.status} of ${path}`);
	}
}

import * as z from 'zod/mini';
import { ErrorReply } from '../api/app/error.ts';
import { Me, type CompanyRequest } from '../api/app/people.ts';
import { call, ClientError, codeOfStatus, isUnanswered, send, type Call } from './call.ts';
import type { Known, Recalled } from './known.ts';

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

const SIGN_OUT = '/api/auth/sign-out';

const NOBODY: Me = { user: null, company: null, firstRun: false, demoEnds: null };

/** Loaded when it is needed: the first page has no use for the vault. */
async function wipe(news: 'keys' | 'left'): Promise<void> {
	const { wipeKeys } = await import('./wipe.ts');
	await wipeKeys(news);
}

/** Sends what waits of whoever leaves: nobody else can. @throws ClientError when no server answers */
async function report(): Promise<void> {
	const { deliverBeforeLeaving } = await import('./unattended.ts');
	await deliverBeforeLeaving(navigator.locks);
}

/** What better-auth answers when it refuses, or our own server before it is asked. */
const AuthRefusal = z.union([ErrorReply, z.object({ code: z.optional(z.string()) })]);

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
	/** What this phone keeps for the time without network; null: nothing. */
	readonly known: Known | null;
	readonly #call: Call;
	readonly #fetch: typeof fetch;
	readonly #wipe: typeof wipe;
	readonly #report: typeof report;

	/**
	 * @param wipeKeys deletes the offline keys on this phone
	 * @param reportAll sends what the server has not heard of
	 */
	constructor(
		known: Known | null = null,
		ask: Call = call,
		fetcher: typeof fetch = (input, init) => fetch(input, init),
		wipeKeys = wipe,
		reportAll = report
	) {
		this.#wipe = wipeKeys;
		this.#report = reportAll;
		this.known = known;
		this.#call = ask;
		this.#fetch = fetcher;
	}

	/** Asks the server who this is. @throws ClientError */
	async refresh(signal?: AbortSignal): Promise<Me> {
		if (await this.known?.leaving()) {
			await this.#report();
			await this.#post(SIGN_OUT, {});
		}
		const me = await this.#call(Me, 'GET', '/api/me', undefined, signal);
		await this.known?.meet(me);
		return (this.me = me);
	}

	/** Whoever was here last, until the server tells who is here now. */
	async recall(): Promise<Recalled<Me> | undefined> {
		const last = await this.known?.lastMet();
		this.me ??= last?.value;
		return last;
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

	/**
	 * Ends the session here and on the server; where none answers, here at once and there with the next
	 * contact. What this phone kept to be read is gone, and so are its keys. What waits to be reported is
	 * reported first; what is not taken stays: it is the lock's account of what happened, and holds no key.
	 * @throws ClientError
	 */
	async signOut(): Promise<void> {
		// Before anything can go wrong, and again for what another tab has fetched meanwhile.
		await this.#wipe('keys');
		try {
			await this.#report();
			await this.#auth(SIGN_OUT, {});
		} catch (cause) {
			if (!isUnanswered(cause)) throw cause;
			await this.known?.forget(true);
			this.leave();
		}
		await this.#wipe('left');
	}

	/** Nobody is here any more: signed out in another tab. */
	leave(): void {
		if (this.me?.user) this.me = NOBODY;
	}

	async #auth(path: string, body: object): Promise<SignRefusal | null> {
		const refusal = await this.#post(path, body);
		if (refusal === null) {
			await this.known?.forget();
			await this.refresh();
		}
		return refusal;
	}

	async #post(path: string, body: object): Promise<SignRefusal | null> {
		const response = await send(this.#fetch, 'POST', path, body);
		if (response.ok) return null;
		const parsed = z.safeParse(AuthRefusal, await response.json().catch(() => undefined));
		const told = parsed.data ?? {};
		if ('error' in told) throw new ClientError(told.error.code, told.error.message);
		const refusal = REFUSALS[told.code ?? ''];
		if (refusal !== undefined) return refusal;
		// Below that the account was refused, and its own code told nothing.
		const code = response.status < 429 ? 'internal' : codeOfStatus(response.status);
		throw new ClientError(code, `status ${response.status} of ${path}`);
	}
}

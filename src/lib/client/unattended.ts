import { Me } from '../api/app/people.ts';
import { AnswerStore } from '../vault/answers.ts';
import { serverNow } from '../vault/clock.ts';
import { Outbox } from '../vault/outbox.ts';
import { Vault, VaultError } from '../vault/store.ts';
import { Turns } from '../vault/turns.ts';
import { alone } from './alone.ts';
import { call, CALL_WITHIN, ClientError, isUnanswered, type Call } from './call.ts';
import { deliver, OUTBOX_LOCK, senderOf } from './delivery.ts';
import { tellTurns } from './turns.ts';

/** The name under which browsers are asked to wake the service worker, once and time and again. */
export const OUTBOX_TAG = 'hasp-outbox';

/** Milliseconds between two of the repeated ones, if the browser agrees: most give longer. */
const EVERY = 12 * 3_600_000;

/* As the drafts of Background Sync and Periodic Background Sync have it, and TypeScript not. */

export type SyncEvent = Event & { tag: string; waitUntil: (work: Promise<unknown>) => void };

type WithSync = ServiceWorkerRegistration & {
	sync?: { register: (tag: string) => Promise<void> };
	periodicSync?: {
		register: (tag: string, options: { minInterval: number }) => Promise<void>;
	};
};

/**
 * Asks the browser to have what waits sent as soon as there is a network, although no page may be open then;
 * and now and then besides, which only an installed app is granted. Never rejects: where the browser has no
 * such thing, or the person forbids it, the next page sends it.
 */
export async function askToDeliver(container: ServiceWorkerContainer | undefined): Promise<void> {
	const { sync, periodicSync } = ((await container?.ready) ?? {}) as WithSync;
	await Promise.allSettled([
		sync?.register(OUTBOX_TAG),
		periodicSync?.register(OUTBOX_TAG, { minInterval: EVERY })
	]);
}

/**
 * In the service worker: sends what waits, for whoever is signed in by the server's word. Keys stay as they
 * are: only a page renews them.
 * @param signal ends it: a worker that sends would keep a newer version from its beginning
 * @throws ClientError, VaultError, the signal's reason; by that the browser knows that it is to try again
 */
export async function deliverUnattended(locks: LockManager, signal: AbortSignal): Promise<void> {
	const ask: Call = (schema, method, path, body) => call(schema, method, path, body, signal);
	const send = async (): Promise<true> => {
		// Who has signed out below ground is not spoken for while nobody looks, though the server has not heard of it.
		if (!(await new AnswerStore().leaving())) await deliverAll(ask);
		return true;
	};
	try {
		const done = await alone(locks, OUTBOX_LOCK, 'skip', send);
		if (!done) throw new ClientError('timed-out', 'a page is sending');
	} catch (cause) {
		// Another try would not sign anybody in.
		if (!(cause instanceof ClientError) || cause.code !== 'signed-out') throw cause;
	}
}

/**
 * In a page, before a sign-out: sends what waits of whoever leaves, since nobody else can.
 * @throws ClientError when the server gives no answer; what it refuses stays, and keeps nobody
 */
export async function deliverBeforeLeaving(locks: LockManager | undefined): Promise<void> {
	// Another tab that sends for longer is not waited for: it is gone on with at the next contact.
	const patience = AbortSignal.timeout(CALL_WITHIN);
	const send = alone(locks, OUTBOX_LOCK, 'wait', () => deliverAll(call), patience);
	await send.catch((cause: unknown) => {
		if (cause === patience.reason) throw new ClientError('timed-out', 'another tab is sending');
		if (isUnanswered(cause)) throw cause;
		if (!(cause instanceof ClientError || cause instanceof VaultError)) throw cause;
	});
}

/** Sends what waits of whoever is signed in by the server's word. @throws ClientError, VaultError */
async function deliverAll(ask: Call): Promise<void> {
	const vault = new Vault();
	try {
		const [outbox, turns] = [new Outbox(vault), new Turns(vault)];
		// Not asked who is signed in where nothing of anybody waits: it would keep a session alive that nobody uses.
		if ((await outbox.isEmpty()) && (await turns.isEmpty())) return;
		const me = await ask(Me, 'GET', '/api/me');
		const sender = senderOf(me);
		const now = () => serverNow(vault);
		// Neither waits for the other: what the server refuses of one is no reason to keep the other.
		const ends = await Promise.allSettled([
			sender && deliver({ outbox, sender, call: ask, now }),
			tellTurns({ turns, call: ask }, me)
		]);
		for (const end of ends) if (end.status === 'rejected') throw end.reason;
	} finally {
		await vault.close();
	}
}

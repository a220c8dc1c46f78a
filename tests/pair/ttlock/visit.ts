import { vi } from 'vitest';
import { caller, type Call } from '../../../src/lib/client/call.ts';
import { Paired } from '../../../src/lib/client/paired.svelte.ts';
import { LockPairing } from '../../../src/lib/client/pairing.svelte.ts';
import { memoryConnector } from '../../../src/lib/link/memory.ts';
import { Pairings } from '../../../src/lib/vault/pairings.ts';
import { VaultError, type Vault } from '../../../src/lib/vault/store.ts';
import type { Browser } from '../../api/app.ts';
import type { Chance } from '../chance.ts';
import type { Door } from './door.ts';

/** How a request goes wrong. */
export const SERVER_FAULTS = [
	'not reached',
	'answer lost',
	'answer of 500',
	'hangs',
	'request twice'
] as const;
export type ServerFault = (typeof SERVER_FAULTS)[number];

/** Milliseconds that the phone's zone is ahead of UTC. */
export const ZONE = -5 * 3_600_000;

/** Lets time pass while all that is waited for is a timer. */
export class Pace {
	/** Work outside the clock: storage, cipher, server. */
	#busy = 0;
	#idle = Promise.withResolvers<void>();

	async during<T>(work: () => Promise<T>): Promise<T> {
		if (this.#busy++ === 0) this.#idle = Promise.withResolvers<void>();
		try {
			return await work();
		} finally {
			if (--this.#busy === 0) this.#idle.resolve();
		}
	}

	async until<T>(work: Promise<T>): Promise<T> {
		let done = false;
		const end = () => (done = true);
		work.then(end, end);
		for (let idle = 0; !done;) {
			// All microtasks, and whatever the machine has done meanwhile.
			await new Promise((resolve) => setImmediate(resolve));
			if (done) break;
			if (this.#busy > 0) await this.#idle.promise;
			else if (vi.getTimerCount() > 0) {
				vi.advanceTimersToNextTimer();
				idle = 0;
			} else if (++idle > 1_000) throw new Error('it waits for nothing, for ever');
		}
		return work;
	}
}

/** What goes wrong on one visit; each is asked at its moment. */
export interface Weather {
	server: () => ServerFault | null;
	/** Whether the phone's storage is full at this write. */
	full: () => boolean;
	/** Whether the page is killed at this moment. */
	killed: () => boolean;
}

export const FAIR: Weather = { server: () => null, full: () => false, killed: () => false };

/** The app in one tab, from its start to its end: the real client, on the real server. */
export class Visit {
	readonly paired: Paired;
	readonly pairing: LockPairing;
	/** Settles when the page is killed: nothing of it goes on then. */
	readonly killed: Promise<void>;
	readonly #pace: Pace;
	readonly #weather: Weather;
	readonly #kill: () => void;
	#dead = false;

	constructor(
		parts: { pace: Pace; vault: Vault; browser: Browser; company: string; chance: Chance },
		door: Door,
		weather: Weather = FAIR
	) {
		const { pace, vault, browser, chance } = parts;
		this.#pace = pace;
		this.#weather = weather;
		({ promise: this.killed, resolve: this.#kill } = Promise.withResolvers<void>());
		const disk = new Pairings(vault);
		const step = <A extends unknown[], T>(work: (...args: A) => Promise<T>, writes: boolean) => {
			return (...args: A): Promise<T> =>
				this.#step(door, () => {
					if (writes && weather.full()) throw new VaultError('full', 'no space left');
					return work(...args);
				});
		};
		const pairings = {
			of: step((company: string) => disk.of(company), false),
			recall: step((company: string, lock: string) => disk.recall(company, lock), false),
			keep: step((...args: Parameters<Pairings['keep']>) => disk.keep(...args), true),
			settle: step((...args: Parameters<Pairings['settle']>) => disk.settle(...args), true),
			forget: step((...args: Parameters<Pairings['forget']>) => disk.forget(...args), true)
		};
		const company = () => parts.company;
		this.paired = new Paired({ pairings, company, call: this.#caller(browser, door) });
		const connect = memoryConnector(door);
		this.pairing = new LockPairing({
			choose: () =>
				Promise.resolve({ vendor: 'ttlock', name: door.name, heard: null, connect } as const),
			...{ pairings, paired: this.paired, company },
			persist: () => Promise.resolve(true),
			zone: () => ZONE,
			random: (length) => chance.bytes(length)
		});
	}

	/** Has something done, or as much of it as the page lives for. */
	async have(work: Promise<unknown>): Promise<'done' | 'killed'> {
		const end = Promise.race([
			work.then(() => 'done' as const),
			this.killed.then(() => 'killed' as const)
		]);
		return this.#pace.until(end);
	}

	/** The tab is closed: it tries nothing any more. */
	close(): void {
		this.paired.stop();
		this.#dead = true;
	}

	/** One thing that the page does outside itself; it may be killed before, or before it hears of it. */
	async #step<T>(door: Door, work: () => Promise<T>): Promise<T> {
		this.#mayDie(door);
		if (this.#dead) return new Promise<never>(() => undefined);
		const end = await this.#pace.during(async () => work());
		this.#mayDie(door);
		if (this.#dead) return new Promise<never>(() => undefined);
		return end;
	}

	#mayDie(door: Door): void {
		if (this.#dead || !this.#weather.killed()) return;
		this.close();
		door.hangUp();
		this.#kill();
	}

	#caller(browser: Browser, door: Door): Call {
		const ask = async (path: string, init: RequestInit): Promise<Response> => {
			const body = { body: init.body as string };
			const headers = { headers: { 'content-type': 'application/json' } };
			const { status, text } = await browser.ask(init.method!, path, { ...body, ...headers });
			return new Response(text, { status });
		};
		return caller((path, init) => {
			const fault = this.#weather.server();
			if (fault === 'hangs') return hanging(init!.signal!);
			return this.#step(door, async () => {
				if (fault === 'not reached') throw new TypeError('Failed to fetch');
				if (fault === 'answer of 500') return new Response('', { status: 500 });
				const answer = await ask(String(path), init!);
				if (fault === 'answer lost') throw new TypeError('Failed to fetch');
				return fault === 'request twice' ? ask(String(path), init!) : answer;
			});
		});
	}
}

function hanging(signal: AbortSignal): Promise<never> {
	return new Promise((_, reject) => {
		signal.addEventListener('abort', () => reject(signal.reason as Error));
	});
}

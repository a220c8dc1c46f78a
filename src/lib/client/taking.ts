import { LinkError, type Connect, type Link } from '../link/link.ts';
import {
	PAIRINGS,
	type Pairing,
	type PairingStep,
	type TakingEvent,
	type TakingOutcome,
	type TakingWish
} from '../protocol/pairings.ts';
import type { VendorId } from '../protocol/vendors.ts';
import type { KeptPairing, PairingFacts, Pairings, PairingState } from '../vault/pairings.ts';
import { VaultError } from '../vault/store.ts';
import { WAKING } from './alone.ts';
import { drive } from './drive.ts';
import { pairingFailureOf, type PairingFailure } from './pairing-failures.ts';

/** A lock that the person has chosen, and how a link to it is had. */
export interface PairingTarget extends Pick<TakingWish, 'name' | 'heard'> {
	vendor: VendorId;
	connect: Connect;
}

/** What a conversation may change on the screen. */
export interface TakingScreen {
	/** A link is looked for; then the conversation runs. */
	reach: (phase: 'connecting' | 'pairing' | 'resetting') => void;
	step: (step: PairingStep) => void;
	/** Whether keys of this lock are on the phone. */
	keeps: (kept: boolean) => void;
}

export interface Taking {
	target: PairingTarget;
	company: string;
	pairings: Pick<Pairings, 'keep' | 'recall' | 'settle' | 'forget'>;
	now: () => number;
	/** Milliseconds that the lock's clock is to be ahead of UTC at a moment. */
	zone: (at: number) => number;
	random: (length: number) => Uint8Array<ArrayBuffer>;
	signal: AbortSignal;
	screen: TakingScreen;
}

/** A lock that is ours, as the server is to be told. */
export interface Taken {
	pairing: KeptPairing & { lockData: string };
	/** False when the phone's storage took only the keys: then it has to be told now, or paired on. */
	stored: boolean;
}

/** Links begun for one tap: a cut pairing goes on where it was cut. */
const TRIES = 3;

/**
 * Pairs the lock, or goes on with it where keys of it are kept.
 * @param name what people are to call it
 * @returns why it is not paired, else what is kept for the server
 */
export async function takeLock(taking: Taking, name: string): Promise<Taken | PairingFailure> {
	const pairing = PAIRINGS[taking.target.vendor];
	if (!pairing) return 'not-a-lock';
	for (let tries = 1; ; tries++) {
		const attempt = new Attempt(taking, pairing, name);
		const end = await attempt.run().catch((cause: unknown) => attempt.failureOf(cause));
		const again = end === 'lost' || end === 'cut';
		if (!again || tries === TRIES || taking.signal.aborted) return end;
	}
}

/** Gives the lock back with the keys that are kept of it. @returns why it is not free, else null */
export async function resetLock(taking: Taking): Promise<PairingFailure | null> {
	const { target, company, pairings, screen, signal } = taking;
	const pairing = PAIRINGS[target.vendor];
	if (!pairing) return 'not-a-lock';
	try {
		const kept = await pairings.recall(company, target.name);
		if (!kept) return 'nothing-kept';
		screen.keeps(true);
		return await withLink(taking, async (link) => {
			screen.reach('resetting');
			const end = await drive(pairing.release(kept.kept), link, { tell: nothing, signal });
			if (end === 'foreign') return end;
			if (end !== 'released') return 'cut';
			await pairings.forget(company, target.name);
			screen.keeps(false);
			return null;
		});
	} catch (cause) {
		const failure = pairingFailureOf(cause);
		return failure === 'lost' ? 'cut' : failure;
	}
}

/** One link, and what was kept during it. */
class Attempt {
	readonly #taking: Taking;
	readonly #pairing: Pairing;
	readonly #name: string;
	/** The newest record of this lock; null while there is none. */
	#record: KeptPairing | null = null;

	constructor(taking: Taking, pairing: Pairing, name: string) {
		this.#taking = taking;
		this.#pairing = pairing;
		this.#name = name;
	}

	async run(): Promise<Taken | PairingFailure> {
		const { target, company, pairings, screen, signal, now, zone, random } = this.#taking;
		this.#record = await pairings.recall(company, target.name);
		screen.keeps(this.#record !== null);
		return withLink(this.#taking, async (link) => {
			screen.reach('pairing');
			const at = now();
			const { name, heard } = target;
			const program = this.#pairing.take({
				...{ name, heard, at, timezoneOffset: zone(at) },
				entropy: random(this.#pairing.entropyLength),
				kept: this.#record?.kept ?? null
			});
			const tell = (event: TakingEvent) => this.#hear(event);
			return this.#endOf(await drive(program, link, { tell, signal }));
		});
	}

	/** Why it was cut. */
	failureOf(cause: unknown): PairingFailure {
		const failure = pairingFailureOf(cause);
		// What the lock may have taken is kept, and it is not as it was.
		return failure === 'lost' && this.#record ? 'cut' : failure;
	}

	async #hear(event: TakingEvent): Promise<void> {
		if (event.kind === 'step') this.#taking.screen.step(event.step);
		else if (event.kind === 'keys') await this.#keep('begun', event.kept, null);
		// The keys are on the disk already: a full one must not end what goes on.
		else await this.#keep('owned', this.#record!.kept, null).catch(unlessStored);
	}

	async #keep(state: PairingState, kept: string, lockData: string | null): Promise<KeptPairing> {
		const { target, company, pairings, screen, now } = this.#taking;
		const { name: lock, vendor } = target;
		const facts: PairingFacts = {
			...{ company, lock, vendor, name: this.#name, state },
			...{ at: now(), refused: null }
		};
		this.#record = await pairings.keep(facts, { kept, lockData });
		screen.keeps(true);
		return this.#record;
	}

	async #endOf(outcome: TakingOutcome): Promise<Taken | PairingFailure> {
		switch (outcome.end) {
			case 'taken':
				return this.#taken(outcome.lockData);
			// Its keys stay: another lock may only say that it is this one.
			case 'foreign':
			case 'nameless':
				return outcome.end;
			default:
				if (outcome.owned !== 'no') return 'cut';
				await this.#drop();
				return outcome.end === 'refused' ? 'refused' : 'lost';
		}
	}

	async #taken(lockData: string): Promise<Taken> {
		const before = this.#record!;
		const pairing = await this.#keep('paired', before.kept, lockData).catch(unlessStored);
		const unstored = { ...before, name: this.#name, state: 'paired' as const };
		return { pairing: { ...(pairing ?? unstored), lockData }, stored: pairing !== undefined };
	}

	/** The lock has refused these keys: they open nothing. */
	async #drop(): Promise<void> {
		if (!this.#record) return;
		await this.#taking.pairings.settle(this.#record).catch(unlessStored);
		this.#taking.screen.keeps(false);
	}
}

async function withLink<T>(
	{ target, signal, screen }: Taking,
	talk: (link: Link) => Promise<T>
): Promise<T> {
	screen.reach('connecting');
	const link = await target.connect({ choose: false, within: WAKING, signal });
	if (!link) throw new LinkError('no-answer', 'the lock is not known any more');
	try {
		await link.ready;
		return await talk(link);
	} finally {
		link.close();
	}
}

const nothing = (): Promise<void> => Promise.resolve();

function unlessStored(cause: unknown): undefined {
	if (!(cause instanceof VaultError)) throw cause;
}

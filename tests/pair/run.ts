import type { UploadBatch } from '../../src/lib/api/app/activity.ts';
import { toHex } from '../../src/lib/protocol/bytes.ts';
import { Chance } from './chance.ts';
import type { CrashAt, Office, SlotChange } from './office.ts';
import { FAIR, Phone, type Weather } from './phone.ts';
import { MOST_OUTPUTS, RADIO_FAULTS, Stand } from './stand.ts';

/** What a run came to. */
export interface Outcome {
	/** One clean online unlock opened. */
	opened: boolean;
	/** How often each thing went wrong. */
	faults: Map<string, number>;
	/** Rules broken on the way. */
	broken: string[];
}

/** Everything that goes wrong somewhere. */
export const FAULTS: readonly string[] = [
	...RADIO_FAULTS,
	'power cut',
	'request twice',
	'asked again',
	'server crash, written',
	'server crash, not written',
	'upload lost or late',
	'upload again',
	'phone killed',
	'outbox lost'
];

/** Queries of an unlock or an upload at most, and one more. */
const QUERIES = 7;

/** A lock out of the box, one or two phones, several taps in bad weather, then one in good. */
export class Run {
	readonly stand: Stand;
	readonly #office: Office;
	readonly #chance: Chance;
	readonly #mac: string;
	readonly #phones: Phone[];
	/** How often each thing goes wrong. */
	readonly #severity: number;
	/** Uploads that are somewhere on the way, and may come again. */
	readonly #late: UploadBatch[][] = [];
	/** What the slots hold once everything that was frozen is on the lock. */
	readonly #slots = new Map<number, string>();
	readonly #outcome: Outcome = {
		opened: false,
		faults: new Map(),
		broken: []
	};

	private constructor(office: Office, seed: number, mac: string, now: number) {
		this.#office = office;
		this.#mac = mac;
		this.#chance = new Chance(seed);
		this.#severity = this.#chance.pick([0.04, 0.12, 0.3]);
		this.#phones = Array.from({ length: 2 }, () => new Phone(mac, this.#chance));
		this.stand = new Stand(mac, this.#chance.bytes(16), this.#chance, now);
	}

	static async of(office: Office, seed: number, mac: string, now = 1_790_000_000_000) {
		const run = new Run(office, seed, mac, now);
		await office.addLock(mac, run.#baseKey);
		const taps = 2 + run.#chance.below(5);
		for (let tap = 0; tap < taps; tap++) {
			await run.#tap();
			if (run.#chance.in(0.5)) await run.#change();
		}
		await run.#cleanUnlock();
		await run.#settle();
		return run.#outcome;
	}

	get #baseKey() {
		const { master } = this.stand.saved.flash.banks[0]!.keys;
		return Uint8Array.from(master.match(/../g)!, (byte) => parseInt(byte, 16));
	}

	/** Somebody taps Open, in bad weather. */
	async #tap(): Promise<void> {
		const phone = this.#chance.pick(this.#phones);
		if (this.#chance.in(0.5)) this.stand.close();
		this.stand.now += 1_000 + this.#chance.below(90_000);
		const state = this.stand.connect();
		if (!state) throw new Error('the lock was not free');
		if (this.stand.connect()) this.#outcome.broken.push('two phones at once');
		const session = toHex(state);
		const asks = 1 + (this.#strikes('asked again') ? 1 : 0);
		for (let i = 0; i < asks && this.stand.linked; i++) {
			const issued = await this.#ask(session);
			if (issued === null) continue;
			const before = this.stand.openings;
			const outcome = phone.talk(this.stand, session, issued, this.#weather());
			if (this.stand.openings - before > 1) this.#outcome.broken.push('one tap opened twice');
			if (outcome?.opening === 'success' && this.stand.openings === before)
				this.#outcome.broken.push('said open and was not');
			if (outcome === null && this.#strikes('outbox lost', 3)) phone.outbox = [];
			if (outcome === null) break;
		}
		this.stand.disconnect();
		await this.#uploads();
	}

	/** A manager fills, empties and resets slots; they wait for the next opening. */
	async #change(): Promise<void> {
		const writes = Array.from({ length: 1 + this.#chance.below(4) }, (): SlotChange => {
			const slot = 1 + this.#chance.below(100);
			const window = {
				from: this.#chance.below(1000),
				until: 1_000_000 + this.#chance.below(1000)
			};
			const set = { kind: 'set', slot, epoch: 1, issue: 1, ...window } as const;
			return this.#chance.pick([set, set, set, { kind: 'remove', slot }, { kind: 'reset' }]);
		});
		if (!(await this.#office.change(this.#mac, writes))) return;
		for (const write of writes) {
			if (write.kind === 'reset') this.#slots.clear();
			else if (write.kind === 'remove') this.#slots.delete(write.slot);
			else this.#slots.set(write.slot, `${write.from}-${write.until}`);
		}
	}

	/** The request may come twice, and either answer may be the one that arrives. */
	async #ask(session: string) {
		const issue = () =>
			this.#office.issue(this.#mac, session, 'unlock', this.stand.now, this.#crash());
		const first = await issue();
		if (!this.#strikes('request twice')) return first;
		const second = await issue();
		return this.#chance.pick([first, second]);
	}

	async #uploads(): Promise<void> {
		for (const phone of this.#phones) {
			if (phone.outbox.length === 0 || this.#chance.in(0.3)) continue;
			const batches = phone.send();
			if (batches.length === 0) continue;
			this.#late.push(structuredClone(batches));
			if (this.#strikes('upload lost or late')) continue;
			const durable = await this.#hear(batches);
			if (durable) phone.forget(durable);
		}
		if (this.#late.length > 0 && this.#strikes('upload again', 3))
			await this.#hear(this.#chance.pick(this.#late));
	}

	async #hear(batches: UploadBatch[]): Promise<string[] | null> {
		const durable = await this.#office.hear(batches, this.stand.now, this.#crash());
		const { active } = await this.#office.row(this.#mac);
		if (active > this.stand.epoch) this.#outcome.broken.push('I3: proven and not so');
		return durable;
	}

	/** No fault from here on: whatever state everything is in, the lock must open. */
	async #cleanUnlock(): Promise<void> {
		this.stand.close();
		this.stand.now += 60_000;
		const phone = this.#chance.pick(this.#phones);
		const session = toHex(this.stand.connect()!);
		const issued = await this.#office.issue(this.#mac, session, 'unlock', this.stand.now);
		const before = this.stand.openings;
		const outcome = phone.talk(this.stand, session, issued!, FAIR);
		this.stand.disconnect();
		this.#outcome.opened = outcome?.opening === 'success' && this.stand.openings === before + 1;
	}

	/** Everything that still lives is uploaded: server and lock must agree, and the log be whole. */
	async #settle(): Promise<void> {
		const { broken } = this.#outcome;
		await this.#uploadAll();
		const row = await this.#office.row(this.#mac);
		if (row.phase !== 'steady' || row.active !== this.stand.epoch || row.setup_count !== 1)
			broken.push(`not settled: ${JSON.stringify(row)}, lock at ${this.stand.epoch}`);
		const held = Object.entries(this.stand.keys.slots).map(([n, s]) => [
			Number(n),
			`${s.from}-${s.until}`
		]);
		const frozen = [...this.#slots].sort(([a], [b]) => a - b);
		if (JSON.stringify(held) !== JSON.stringify(frozen)) broken.push('slots are not as frozen');
		// Once in four: reading the whole log takes as long as everything before.
		if (this.#chance.in(0.75)) return;
		const { log } = this.stand.saved.flash;
		for (let round = 0; round < 8; round++) {
			const session = toHex(this.stand.connect()!);
			const issued = await this.#office.issue(this.#mac, session, 'ask', this.stand.now);
			this.#phones[0]!.talk(this.stand, session, issued!, FAIR);
			this.stand.disconnect();
			await this.#uploadAll();
			const { log_cursor } = await this.#office.row(this.#mac);
			if (log_cursor >= log.counter) break;
		}
		const counted = (await this.#office.counters(this.#mac)).filter((c) => (c ?? 0) <= log.counter);
		const own = log.records.map(({ counter }) => counter);
		if (counted.join() !== own.join())
			broken.push(`I7: counted ${counted.join()}, not ${own.join()}`);
	}

	async #uploadAll(): Promise<void> {
		for (const batches of this.#chance.shuffled(this.#late))
			await this.#office.hear(batches, this.stand.now);
		for (const phone of this.#phones) {
			const batches = phone.send(true);
			if (batches.length > 0) phone.forget((await this.#office.hear(batches, this.stand.now))!);
		}
	}

	/** Whether this goes wrong now: as often as the weather is bad, or so many times as often. */
	#strikes(what: string, times = 1): boolean {
		const strikes = this.#chance.in(this.#severity * times);
		if (strikes) this.#count(what);
		return strikes;
	}

	#count(what: string): void {
		const { faults } = this.#outcome;
		faults.set(what, (faults.get(what) ?? 0) + 1);
	}

	#crash(): CrashAt {
		if (!this.#chance.in(this.#severity)) return null;
		const written = this.#chance.in(0.4);
		this.#count(written ? 'server crash, written' : 'server crash, not written');
		return written ? 'answer' : { before: this.#chance.below(QUERIES) };
	}

	#weather(): Weather {
		return {
			radio: () => {
				if (!this.#chance.in(this.#severity)) return null;
				const fault = this.#chance.pick([...RADIO_FAULTS, 'power cut'] as const);
				this.#count(fault);
				if (fault !== 'power cut') return fault;
				return { powerFor: this.#chance.below(MOST_OUTPUTS) };
			},
			killed: () => this.#strikes('phone killed', 1 / 30)
		};
	}
}

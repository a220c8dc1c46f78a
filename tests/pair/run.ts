import type { UploadBatch } from '../../src/lib/api/app/activity.ts';
import { toHex } from '../../src/lib/protocol/bytes.ts';
import { Chance } from './chance.ts';
import type { Backup } from './backup.ts';
import { FOB_FAULTS, FobStand, type FobFault } from './fob-stand.ts';
import { CODES, Managers } from './managers.ts';
import type { CrashAt, Office } from './office.ts';
import { settle } from './settle.ts';
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
	'outbox lost',
	...FOB_FAULTS,
	'restored from a backup'
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
	readonly #fob: FobStand;
	#backup: Backup | null = null;
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
		this.#fob = new FobStand(`FB${mac.slice(2)}`, this.#chance.bytes(16), this.#chance);
		this.stand = new Stand(mac, this.#chance.bytes(16), this.#chance, now);
	}

	static async of(office: Office, seed: number, mac: string, now = 1_790_000_000_000) {
		const run = new Run(office, seed, mac, now);
		await office.addLock(mac, run.#baseKey, run.stand.hardwareType);
		await office.addFob(run.#fob.mac, run.#fob.baseKey);
		await run.#live();
		return run.#outcome;
	}

	async #live(): Promise<void> {
		const { id } = await this.#office.row(this.#mac);
		const lock = { mac: this.#mac, id };
		const managers = new Managers(this.#office, lock, this.#fob.mac, this.#chance);
		const taps = 2 + this.#chance.below(5);
		for (let tap = 0; tap < taps; tap++) {
			await this.#tap();
			const deeds = this.#chance.pick([0, 0, 1, 2]);
			for (let i = 0; i < deeds; i++) await managers.act(this.stand.now, this.#crash());
			if (this.#chance.in(0.2)) await this.#squeeze();
			if (this.#chance.in(0.2)) this.stand.enter(this.#chance.pick(CODES));
			await this.#disaster();
		}
		await this.#cleanUnlock();
		const { broken } = this.#outcome;
		const restored = this.#outcome.faults.has('restored from a backup');
		const all = { office: this.#office, stand: this.stand, fob: this.#fob, restored };
		const phone = this.#phones[0]!;
		const tell = () => this.#uploadAll();
		broken.push(...(await settle({ ...all, phone, tell, wholeLog: this.#chance.in(0.25) })));
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

	/** Somebody squeezes the fob beside a phone, in bad weather. */
	async #squeeze(): Promise<void> {
		const session = this.#fob.connect();
		const { now } = this.stand;
		const packets = await this.#office.syncFob(this.#fob.mac, session, now, this.#crash());
		const phone = this.#chance.pick(this.#phones);
		for (const packet of this.#fob.write(packets ?? [], () => this.#fobFault()))
			phone.keep(session, packet, now, this.#fob.mac);
		this.#fob.disconnect();
		await this.#uploads();
	}

	#fobFault(): FobFault | null {
		if (!this.#chance.in(this.#severity)) return null;
		const fault = this.#chance.pick(FOB_FAULTS);
		this.#count(fault);
		return fault;
	}

	/** A backup is made, and later put in place of the database. */
	async #disaster(): Promise<void> {
		const { mac } = this.#fob;
		const { now } = this.stand;
		if (this.#backup === null && this.#chance.in(0.2))
			this.#backup = await this.#office.backup(this.#mac, mac, now);
		else if (this.#backup !== null && this.#strikes('restored from a backup'))
			await this.#office.restoreAll(this.#backup, this.#mac, mac, now);
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

	/** Everything that still lives is uploaded. */
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

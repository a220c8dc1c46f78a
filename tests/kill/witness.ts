import type { Chance } from '../pair/chance.ts';
import type { TestFob } from '../server/core/test-fob.ts';
import type { TestLock } from '../server/core/test-lock.ts';
import type { Mortal, Said } from './mortal.ts';

/** Of something that was asked for: what was acknowledged last, or that no answer came. */
type Fate = 'there' | 'gone' | 'either';

export interface Keys {
	private: string;
	mobile: string;
}

const TRACKING_KEYS = ['ann', 'bob', 'cat'];
const CODES = ['000', '0110', '10101', '111000'];

/** Uses one lock and one fob, writes down what it was promised, and looks whether that is kept. */
export class Witness {
	readonly #server: Mortal;
	readonly #keys: Keys;
	readonly #lock: TestLock;
	readonly #fob: TestFob;
	readonly #chance: Chance;
	readonly #fates = new Map<string, Fate>();
	/** Events that an answer has shown. */
	readonly #seen = new Set<string>();
	/** What the lock and the fob said and no answer has taken off this phone. */
	#outbox: object[] = [];
	/** Whether explicit lock is on, as acknowledged; null when no answer came. */
	#explicit: boolean | null = false;
	/** Acknowledged writes. */
	writes = 0;

	constructor(server: Mortal, keys: Keys, lock: TestLock, fob: TestFob, chance: Chance) {
		this.#server = server;
		this.#keys = keys;
		this.#lock = lock;
		this.#fob = fob;
		this.#chance = chance;
	}

	/** One thing that people do. Throws Gone when the server died meanwhile. */
	async step(): Promise<void> {
		const chance = this.#chance;
		const { mac } = this.#lock;
		const fob_mac = this.#fob.mac;
		const tracking = chance.pick(TRACKING_KEYS);
		const code = chance.pick(CODES);
		const key = [{ macs: [mac], tracking_keys: [tracking] }];
		const ways: (() => Promise<unknown>)[] = [
			() => this.#wish(`key ${tracking}`, 'there', 'keys', { issue: key }),
			() => this.#wish(`key ${tracking}`, 'gone', 'keys', { revoke: key }),
			() => this.#wish(`code ${code}`, 'there', 'qc/issue', coded(mac, { code, uses: 255 })),
			() => this.#wish(`code ${code}`, 'gone', 'qc/revoke', coded(mac, { code })),
			() => {
				const locks = [{ mac, tracking_key: 'fob' }];
				return this.#wish('fob', 'there', 'fobs/issue', { fob_mac, locks });
			},
			() => this.#wish('fob', 'gone', 'fobs/revoke', { fob_mac, lock_macs: [mac] }),
			() => this.#settings(chance.in(0.5)),
			() => this.sync(),
			() => Promise.resolve(this.#enter(code)),
			() => this.open(),
			() => this.open(),
			() => this.tell()
		];
		await chance.pick(ways)();
	}

	/** One online opening; the answers stay on the phone. Returns whether it opened. */
	async open(): Promise<boolean> {
		this.#shut();
		const session = this.#lock.connect();
		const said = await this.#call('unlock', { mac: this.#lock.mac, session });
		const { server } = this.#lock.write(said.data.commands.split('+'));
		this.#keep(this.#lock.mac, session, server);
		const opened = this.#lock.shackle === 'open';
		this.#shut();
		return opened;
	}

	/** Uploads what is on the phone, and looks at what happened. */
	async tell(): Promise<void> {
		const logs = this.#outbox.slice();
		await this.#server.call('upload', this.#keys.mobile, { logs });
		this.writes++;
		this.#outbox = this.#outbox.filter((log) => !logs.includes(log));
		for (const event of await this.#events()) this.#seen.add(event);
	}

	async sync(): Promise<void> {
		const session = this.#fob.connect();
		const said = await this.#call('fobs/sync', { mac: this.#fob.mac, session });
		this.#keep(this.#fob.mac, session, this.#fob.write(said.data.commands.split('+')).server);
		this.#fob.disconnect();
	}

	/** What of the promises was broken; what nobody promised is taken as it is. */
	async broken(): Promise<string[]> {
		const found = await this.#found();
		const broken: string[] = [];
		for (const [what, fate] of this.#fates) {
			const is = found.has(what) ? 'there' : 'gone';
			if (fate !== 'either' && fate !== is) broken.push(`${what} was ${fate} and is ${is}`);
			this.#fates.set(what, is);
		}
		for (const what of found) if (!this.#fates.has(what)) broken.push(`${what} came by itself`);
		const events = new Set(await this.#events());
		for (const event of this.#seen) if (!events.has(event)) broken.push(`${event} is forgotten`);
		const explicit = (await this.#own()).settings['explicit-lock'] ?? false;
		if (this.#explicit !== null && this.#explicit !== explicit)
			broken.push(`explicit lock was ${this.#explicit} and is ${explicit}`);
		this.#explicit = explicit;
		return broken.map((what) => `${this.#lock.mac}: ${what}`);
	}

	/** Without faults until nothing waits: lock, fob and server agree, or what they differ in. */
	async differences(): Promise<string[]> {
		for (let i = 0; i < 3; i++) {
			if (!(await this.open())) return [`${this.#lock.mac} does not open`];
			await this.sync();
			await this.tell();
		}
		const { flags } = await this.#own();
		const { mac, holds } = this.#lock;
		const { data } = await this.#call('keys', { display: { macs: [mac] } });
		const keys: string[] = data.locks[0].keys.map(
			(key: { offline_key: string }) => key.offline_key
		);
		const held = new Set(Object.values(holds.slots).map(({ key }) => key));
		const found = await this.#found();
		const hasFob = found.has('fob');
		const codes = Object.values(holds.quickClicks).map((click) => `code ${click.code}`);
		const said = {
			flags,
			keys: keys.filter((key) => !held.has(key)).length,
			slots: held.size,
			codes: codes.toSorted().join(),
			fob: this.#fob.opens(this.#lock)
		};
		this.#shut();
		const wanted = {
			flags: 'none',
			keys: 0,
			slots: keys.length + (hasFob ? 1 : 0),
			codes: [...found]
				.filter((what) => what.startsWith('code'))
				.sort()
				.join(),
			fob: hasFob
		};
		const differ = JSON.stringify(said) !== JSON.stringify(wanted);
		return differ ? [`${mac}: ${JSON.stringify(said)}, not ${JSON.stringify(wanted)}`] : [];
	}

	async #wish(what: string, fate: Fate, path: string, body: object): Promise<void> {
		const before = this.#fates.get(what) ?? 'gone';
		this.#fates.set(what, 'either');
		const said = await this.#server.call(path, this.#keys.private, body);
		if (said.result === 'success') this.writes++;
		this.#fates.set(what, said.result === 'success' ? fate : before);
	}

	async #settings(on: boolean): Promise<void> {
		this.#explicit = null;
		const settings = { 'explicit-lock': on };
		await this.#call('lock/settings', { settings, macs: [this.#lock.mac] });
		this.writes++;
		this.#explicit = on;
	}

	/** A call that cannot be refused. */
	async #call(path: string, body: object): Promise<Said> {
		const said = await this.#server.call(path, this.#keys.private, body);
		if (said.result === 'failure') throw new Error(`${path} refused: ${JSON.stringify(said)}`);
		return said;
	}

	/** What the server says is there. */
	async #found(): Promise<Set<string>> {
		const { mac } = this.#lock;
		const keys = (await this.#call('keys', { display: { macs: [mac] } })).data.locks;
		const codes = (await this.#call('qc/display', { macs: [mac] })).data ?? [];
		const fobs = (await this.#call('fobs/display', { fob_macs: [this.#fob.mac] })).data;
		const names: string[] = [];
		for (const lock of keys)
			for (const key of lock.keys)
				if (key.tracking_key !== 'fob') names.push(`key ${key.tracking_key}`);
		for (const lock of codes)
			for (const one of lock.quick_clicks) if (one.revoked !== true) names.push(`code ${one.code}`);
		for (const fob of fobs)
			for (const lock of fob.locks) if (lock.status !== 'revoke_pending') names.push('fob');
		return new Set(names);
	}

	async #events(): Promise<string[]> {
		const { data } = await this.#call('activity', { lock_macs: [this.#lock.mac] });
		return data.activity.map((event: object) => JSON.stringify(event));
	}

	async #own() {
		return (await this.#call('lock', { macs: [this.#lock.mac] })).data.locks[0];
	}

	#keep(mac: string, session: string, responses: string[]): void {
		const received_time = Math.ceil(this.#lock.now / 1000);
		if (responses.length > 0) this.#outbox.push({ mac, session, received_time, responses });
	}

	#enter(code: string): void {
		this.#lock.enter(code);
		this.#shut();
	}

	#shut(): void {
		this.#lock.disconnect();
		this.#lock.close();
		this.#lock.careForBattery();
		this.#lock.now += 1000;
	}
}

function coded(mac: string, code: object): object {
	return { mac, quick_clicks: [code] };
}

import 'fake-indexeddb/auto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { PairingPhase } from '../../../src/lib/client/pairing.svelte.ts';
import { Pairings } from '../../../src/lib/vault/pairings.ts';
import { Vault } from '../../../src/lib/vault/store.ts';
import { openLockData } from '../../../src/lib/server/sifely/lock-data.ts';
import { parseAesKeyStr } from '../../../src/lib/protocol/ttlock/grant.ts';
import { toHex } from '../../../src/lib/protocol/bytes.ts';
import { TestApp, type Browser } from '../../api/app.ts';
import { databases } from '../../setup/databases.ts';
import { Chance, runSeed } from '../chance.ts';
import { Door, PACKET_FAULTS, type PacketFault } from './door.ts';
import { FAIR, Pace, SERVER_FAULTS, Visit, ZONE, type Weather } from './visit.ts';

/** HASP_RUNS and HASP_SEED repeat one of them, or make more; a fifth of them on PostgreSQL. */
const RUNS = Number(process.env['HASP_RUNS'] ?? 1_000);
const NOW = Date.UTC(2026, 10, 22, 15);
const BOTH = ['owner', 'finish'] as const;

/** What makes a lock somebody's, as it keeps it itself. */
const NAMES = ['aesKey', 'adminPs', 'unlockKey'] as const;
type Keys = Record<(typeof NAMES)[number], unknown>;

describe.each(databases)('pairing a door lock with a server on $name', ({ name, create }) => {
	/** The server does the same on both; a round trip to PostgreSQL takes its time. */
	const [runs, stride] =
		name === 'sqlite' ? [Math.ceil(RUNS * 0.8), 1] : [Math.ceil(RUNS * 0.2), 5];
	const pace = new Pace();
	let app: TestApp;
	let browser: Browser;
	let vault: Vault;
	let company: string;
	let locks = 0;

	beforeAll(async () => {
		app = await TestApp.open(create);
		browser = await app.owner();
		company = (await browser.me()).company.id;
		vault = new Vault('pairing');
		await new Pairings(vault).of(company);
		vi.useFakeTimers({ now: NOW, toFake: ['setTimeout', 'clearTimeout', 'Date'] });
	});
	afterAll(async () => {
		vi.useRealTimers();
		await vault.close();
		await app.close();
	});

	/** A lock out of the box. */
	function door(chance = new Chance(1), ownedAt: (typeof BOTH)[number] = 'owner'): Door {
		const number = (++locks).toString(16).toUpperCase().padStart(6, '0').match(/../g)!.join(':');
		return new Door({ mac: `C4:54:12:${number}`, ownedAt }, chance);
	}

	const visit = (at: Door, weather: Weather = FAIR, chance = new Chance(2)) =>
		new Visit({ pace, vault, browser, company, chance }, at, weather);

	/** The keys that the server has of a lock, as the lock would write them; of how many rows. */
	async function atServer({ saved }: Door): Promise<Keys[]> {
		const rows = await app.server.db
			.selectFrom('door_lock')
			.selectAll()
			.where('mac', '=', saved.identity.mac)
			.execute();
		const data = rows.map((row) => openLockData(app.server.secret, row));
		return data.map(({ aesKeyStr, adminPwd, lockKey }) => ({
			aesKey: toHex(parseAesKeyStr(aesKeyStr)),
			adminPs: adminPwd,
			unlockKey: lockKey
		}));
	}

	/** What must be true of every lock at every moment: nobody's, or its keys are where they are found. */
	async function stateOf(at: Door): Promise<'free' | 'server' | 'phone' | 'lost'> {
		if (at.isFree) return 'free';
		const isOwner = (keys: Keys) => NAMES.every((name) => keys[name] === at.owner?.[name]);
		if ((await atServer(at)).some(isOwner)) return 'server';
		const kept = await new Pairings(vault).recall(company, at.name);
		return kept && isOwner(JSON.parse(kept.kept) as Keys) ? 'phone' : 'lost';
	}

	test('a lock is taken, given its clock, and known to the server under its name', async () => {
		const at = door();
		const page = visit(at);
		const phases: PairingPhase[] = [];
		const run = page.pairing.pair('Front door');
		phases.push(page.pairing.phase);
		await page.have(run);
		expect(page.pairing).toMatchObject({ phase: 'done', failure: null, id: expect.any(Number) });
		expect(phases).toEqual(['choosing']);
		expect(await stateOf(at)).toBe('server');
		expect(at.ahead).toBe(ZONE);
		expect(page.paired.waiting).toEqual([]);
		const { doors } = (await browser.ask('GET', '/api/door-locks')).body;
		const { mac } = at.saved.identity;
		const { id } = page.pairing;
		expect(doors).toContainEqual(
			expect.objectContaining({ id, mac, name: 'Front door', deviceName: at.name, manages: true })
		);
	});

	test('out of the server’s reach it waits, and the next visit delivers it once', async () => {
		const at = door();
		const away = visit(at, { ...FAIR, server: () => 'not reached' });
		await away.have(away.pairing.pair('Back door'));
		expect(away.pairing.phase).toBe('waits');
		expect(away.paired.waiting).toMatchObject([{ lock: at.name, state: 'paired', refused: null }]);
		expect(await stateOf(at)).toBe('phone');
		away.close();
		const next = visit(at, { ...FAIR, server: () => 'request twice' });
		await Promise.all([next.have(next.paired.flush()), next.have(next.paired.flush())]);
		expect(await stateOf(at)).toBe('server');
		expect(await atServer(at)).toHaveLength(1);
		expect(next.paired.waiting).toEqual([]);
	});

	test('one that the server does not take is kept, and delivered when it does', async () => {
		const admin = await app.join(browser, `Adam${locks}`, 'admin');
		const at = door();
		const before = visit(at);
		await before.have(before.pairing.pair('Gate'));
		at.pressReset();
		const other = new Visit({ pace, vault, browser: admin, company, chance: new Chance(5) }, at);
		await other.have(other.pairing.pair('Gate'));
		expect(other.pairing).toMatchObject({ phase: 'failed', failure: 'conflict', kept: true });
		expect(other.paired.waiting).toMatchObject([{ state: 'paired', refused: 'conflict' }]);
		expect(await stateOf(at)).toBe('phone');
		// Its owner comes by, on the same phone: what waited takes nobody's place, until that is given up.
		const owner = visit(at);
		await owner.have(owner.paired.flush());
		expect(await stateOf(at)).toBe('phone');
		const { doors } = (await browser.ask('GET', '/api/door-locks')).body;
		const { id } = doors.find(({ mac }: { mac: string }) => mac === at.saved.identity.mac);
		expect((await browser.ask('DELETE', `/api/door-locks/${id}`)).status).toBe(200);
		await owner.have(owner.paired.flush());
		expect(await stateOf(at)).toBe('server');
		expect(owner.paired.waiting).toEqual([]);
	});

	const FATES: readonly (PacketFault | 'killed')[] = [...PACKET_FAULTS, 'killed'];
	test.each(FATES)('cut at every packet (%s) it is paired by the next tap', async (fate) => {
		const quiet = door();
		await visit(quiet).have(visit(quiet).pairing.pair('Door'));
		let moments = 0;
		for (let cut = 1; cut <= quiet.packets; cut += stride) {
			const at = door(new Chance(cut), BOTH[cut % 2]);
			let killed = false;
			at.fault = () => {
				if (at.packets !== cut) return null;
				moments++;
				killed = fate === 'killed';
				return fate === 'killed' ? null : fate;
			};
			const page = visit(at, { ...FAIR, killed: () => killed });
			await page.have(page.pairing.pair('Door'));
			page.close();
			expect(await stateOf(at), `packet ${cut}`).not.toBe('lost');
			at.calm();
			const next = visit(at);
			if ((await stateOf(at)) !== 'server') await next.have(next.pairing.pair('Door'));
			expect(await stateOf(at), `packet ${cut}, ${next.pairing.failure}`).toBe('server');
		}
		expect(moments).toBe(Math.ceil(quiet.packets / stride));
	});

	test(`${runs} seeded runs: every lock ends with its keys on the server, or free`, async () => {
		const first = runSeed();
		const began = performance.now();
		const ends = { server: 0, free: 0 };
		const bad: string[] = [];
		let taps = 0;
		for (let seed = first; seed < first + runs; seed++) {
			vi.setSystemTime(NOW);
			const life = await live(seed);
			taps += life.taps;
			if (life.end === 'server' || life.end === 'free') ends[life.end]++;
			if (life.broken.length > 0)
				bad.push(`HASP_SEED=${seed} HASP_RUNS=1: ${life.broken.join('; ')}`);
		}
		const seconds = ((performance.now() - began) / 1000).toFixed(1);
		console.log(
			`pairings: ${runs} runs, ${taps} taps from HASP_SEED=${first}, ` +
				`${ends.server} on the server, ${ends.free} free, ${seconds} s`
		);
		expect(bad).toEqual([]);
		expect(ends.server + ends.free).toBe(runs);
		if (runs >= 100) expect(Math.min(ends.server, ends.free)).toBeGreaterThan(runs / 20);
	}, 3_600_000);

	/** Several taps in bad weather, with giving up and resets among them, then a visit in good. */
	async function live(seed: number): Promise<{ end: string; taps: number; broken: string[] }> {
		const chance = new Chance(seed);
		const at = door(chance, chance.pick(BOTH));
		const broken: string[] = [];
		const most = 1 + chance.below(5);
		let taps = 0;
		for (; taps < most; taps++) {
			const severity = chance.pick([0.01, 0.04, 0.15]);
			at.fault = () => (chance.in(severity) ? chance.pick(PACKET_FAULTS) : null);
			at.powerAfter = chance.in(0.2) ? 1 + chance.below(6) : 0;
			const offline = chance.in(0.3);
			const page = visit(
				at,
				{
					server: () => (offline || chance.in(0.3) ? chance.pick(SERVER_FAULTS) : null),
					full: () => chance.in(severity),
					killed: () => chance.in(severity / 2)
				},
				chance
			);
			await page.have(page.paired.flush());
			const isReset = chance.in(0.15);
			const tap = isReset ? page.pairing.reset() : page.pairing.pair('Door');
			const end = await page.have(tap);
			page.close();
			const { phase, failure } = page.pairing;
			if (phase === 'freed' && !at.isFree) broken.push('said freed and was not');
			if (end === 'done' && phase === 'done' && (await stateOf(at)) !== 'server')
				broken.push('said done and the server has it not');
			if ((await stateOf(at)) === 'lost')
				broken.push(`lost after tap ${taps}: ${phase} ${failure}`);
			at.calm();
			if (chance.in(0.05)) at.pressReset();
		}
		const last = visit(at);
		await last.have(last.paired.flush());
		const [kept] = last.paired.waiting.filter(({ lock }) => lock === at.name);
		// Whoever sees that it waits goes on with it, or gives it back.
		if (kept && chance.in(0.7)) await last.have(last.pairing.pair('Door'));
		else if (kept) await last.have(last.pairing.reset());
		const end = await stateOf(at);
		if (end !== 'server' && end !== 'free')
			broken.push(`ends ${end}: ${last.pairing.phase} ${last.pairing.failure}`);
		if ((await atServer(at)).length > 1) broken.push('twice at the server');
		if (end === 'free') {
			await last.have(last.pairing.pair('Door'));
			if ((await stateOf(at)) !== 'server') broken.push('free, and not to be paired');
		}
		last.close();
		return { end, taps, broken };
	}
});

import type { databases } from '../../setup/databases.ts';
import { TestApp, type Answer, type Browser } from '../app.ts';
import { addCompanyKeys, type Integrator } from '../core/desk.ts';
import { PHONE } from './app-rows.ts';
import { MAKE, REMOVE, type Kind } from './things.ts';

/** What one request is about, seen from who asks. */
export type Standing = 'own' | 'foreign' | 'absent';

/** Two companies, their people and API keys, and a person of neither. */
export class Estate {
	readonly app: TestApp;
	readonly people: Readonly<
		Record<'owner' | 'admin' | 'member' | 'stranger' | 'person' | 'another', Browser>
	>;
	/** A member, a lock and a fob of either company. */
	readonly memberIds: Readonly<Record<'mine' | 'theirs', string>>;
	readonly locks: Readonly<Record<'mine' | 'theirs', string>>;
	readonly fobs: Readonly<Record<'mine' | 'theirs', string>>;
	readonly mine: Integrator;
	readonly theirs: Integrator;

	private constructor(
		app: TestApp,
		people: Estate['people'],
		[memberIds, locks, fobs]: [Estate['memberIds'], Estate['locks'], Estate['fobs']],
		[mine, theirs]: [Integrator, Integrator]
	) {
		this.app = app;
		this.people = people;
		[this.memberIds, this.locks, this.fobs] = [memberIds, locks, fobs];
		[this.mine, this.theirs] = [mine, theirs];
	}

	static async open(create: (typeof databases)[number]['create']): Promise<Estate> {
		const app = await TestApp.open(create);
		const [person, another] = [await app.signUp('Pat'), await app.signUp('Pam')];
		const owner = await app.owner();
		const [admin, member] = [
			await app.join(owner, 'Ada', 'admin'),
			await app.join(owner, 'Mia', 'member')
		];
		const stranger = await app.stranger();
		const people = { owner, admin, member, stranger, person, another };
		const body = { phone: PHONE, persisted: null, has: [], wiped: [] };
		for (const who of [owner, admin, member, stranger])
			await who.ask('POST', '/api/offline/contact', { body });
		const companies = [(await owner.me()).company.id, (await stranger.me()).company.id];
		const [mine, theirs] = [
			await addCompanyKeys(app, companies[0]),
			await addCompanyKeys(app, companies[1])
		];
		const memberIds = {
			mine: (await member.me()).user.id,
			theirs: await MAKE.person(app, theirs.companyId)
		};
		const locks = {
			mine: await MAKE.lock(app, mine.companyId),
			theirs: await MAKE.lock(app, theirs.companyId)
		};
		const fobs = {
			mine: await MAKE.fob(app, mine.companyId),
			theirs: await MAKE.fob(app, theirs.companyId)
		};
		return new Estate(app, people, [memberIds, locks, fobs], [mine, theirs]);
	}

	close(): Promise<void> {
		return this.app.close();
	}

	/**
	 * Asks about a thing of one's own, then about one of the other company, and with the same words
	 * again when it is gone; `grant` lets the member at what is their own. Several may ask who change
	 * nothing. Nothing of it is left behind, and the other company is as it was.
	 */
	async thrice(
		kind: Kind,
		isMine: boolean,
		asks: readonly ((name: string) => Promise<Answer>)[],
		grant = false
	): Promise<Record<Standing, Answer>[]> {
		const [own, other] = isMine ? [this.mine, this.theirs] : [this.theirs, this.mine];
		const owned = await MAKE[kind](this.app, own.companyId);
		if (grant && kind === 'lock') await this.#grant(owned);
		const all = async (name: string) => {
			const answers: Answer[] = [];
			for (const ask of asks) answers.push(await ask(name));
			return answers;
		};
		const owns = await all(owned);
		await REMOVE[kind](this.app, owned);
		const name = await MAKE[kind](this.app, other.companyId);
		const before = await this.#belongings(other.companyId);
		const foreigns = await all(name);
		expectSame(before, await this.#belongings(other.companyId));
		await REMOVE[kind](this.app, name);
		const absents = await all(name);
		await REMOVE[kind](this.app, name);
		return owns.map((own, i) => ({ own, foreign: foreigns[i]!, absent: absents[i]! }));
	}

	async #grant(mac: string): Promise<void> {
		const body = { locks: [mac] };
		await this.people.owner.ask('PUT', `/api/people/${this.memberIds.mine}/locks`, { body });
	}

	/** Everything that says it belongs to this company, as text. */
	async #belongings(companyId: string): Promise<string> {
		const { db } = this.app.server;
		const all = [];
		for (const table of TABLES)
			all.push(
				await db.selectFrom(table).selectAll().where('company_id', '=', companyId).execute()
			);
		const members = db.selectFrom('member').selectAll().where('organizationId', '=', companyId);
		all.push(await members.execute());
		return all
			.map((rows) =>
				rows
					.map((row) => JSON.stringify(row))
					.sort()
					.join('\n')
			)
			.join('\n');
	}
}

const TABLES = [
	'lock',
	'slot',
	'quick_click',
	'fob',
	'api_key',
	'grant',
	'invitation_link',
	'issued',
	'upload',
	'quarantine',
	'activity',
	'audit',
	'phone',
	'company_setting'
] as const;

function expectSame(before: string, after: string): void {
	if (before !== after) throw new Error(`another company was changed:\n${before}\n\n${after}`);
}

/** An answer without what is different every time. */
export function comparable({ status, text, headers }: Answer): object {
	const said = Object.fromEntries(headers);
	delete said['x-request-id'];
	return { status, text: text.replace(/"(now|leaseEnds|issuedAt)":\d+/g, '"$1":0'), headers: said };
}

import { openDB, type DBSchema, type IDBPDatabase, type IDBPObjectStore } from 'idb';

/** One answer of the server, as it came. */
export interface Answer {
	path: string;
	/** Whose it is: nobody else ever sees it. */
	owner: string;
	/** Milliseconds since 1970 when it came. */
	at: number;
	body: unknown;
}

interface AnswersSchema extends DBSchema {
	/** By path. */
	answers: { key: string; value: Answer };
	/** `owner`, and `leaving` while a sign-out has not reached the server. */
	facts: { key: string; value: string };
}

type Answers = IDBPObjectStore<AnswersSchema, ('answers' | 'facts')[], 'answers', 'readwrite'>;

/**
 * The last answers that pages can be drawn from without network, in a database of their own: it holds no
 * keys and nothing that would be missed, so it may be emptied at any time. Of one owner at a time.
 */
export class AnswerStore {
	readonly #name: string;
	#opening: Promise<IDBPDatabase<AnswersSchema>> | undefined;

	constructor(name = 'hasp-known') {
		this.#name = name;
	}

	/** Nothing when it is not there, or the storage is not. */
	recall(path: string): Promise<Answer | undefined> {
		return this.#use((db) => db.get('answers', path));
	}

	/** Every answer whose path begins so. */
	async recallAll(begin: string): Promise<Answer[]> {
		const paths = IDBKeyRange.bound(begin, `${begin}\uffff`);
		return (await this.#use((db) => db.getAll('answers', paths))) ?? [];
	}

	/** From now on it is this person's; what another left is gone. */
	async belong(owner: string): Promise<void> {
		await this.#use(async (db) => {
			const tx = db.transaction(['answers', 'facts'], 'readwrite');
			const facts = tx.objectStore('facts');
			if ((await facts.get('owner')) !== owner) {
				await tx.objectStore('answers').clear();
				await facts.put(owner, 'owner');
			}
			await tx.done;
		});
	}

	/** Keeps an answer, unless its owner has gone meanwhile, in this tab or another. */
	async keep(answer: Answer): Promise<void> {
		await this.#put(answer.owner, () => answer);
	}

	/** Keeps, likewise, what comes of the body before; in one step, also beside another tab. */
	async renew(answer: Omit<Answer, 'body'>, from: (before: unknown) => unknown): Promise<void> {
		await this.#put(answer.owner, async (answers) => {
			const before = await answers.get(answer.path);
			return { ...answer, body: from(before?.body) };
		});
	}

	/** Empties it. @param leaving the server has not heard yet that the person signed out */
	async forget(leaving = false): Promise<void> {
		await this.#use(async (db) => {
			const tx = db.transaction(['answers', 'facts'], 'readwrite');
			const facts = tx.objectStore('facts');
			await Promise.all([tx.objectStore('answers').clear(), facts.clear()]);
			if (leaving) await facts.put('yes', 'leaving');
			await tx.done;
		});
	}

	/** Whether a sign-out waits for the network. */
	async leaving(): Promise<boolean> {
		return (await this.#use((db) => db.get('facts', 'leaving'))) !== undefined;
	}

	async #put(
		owner: string,
		make: (answers: Pick<Answers, 'get'>) => Answer | Promise<Answer>
	): Promise<void> {
		await this.#use(async (db) => {
			const tx = db.transaction(['answers', 'facts'], 'readwrite');
			const answers = tx.objectStore('answers');
			if ((await tx.objectStore('facts').get('owner')) === owner)
				await answers.put(await make(answers));
			await tx.done;
		});
	}

	/** Storage that fails is as good as empty: every answer can be asked for again. */
	async #use<T>(work: (db: IDBPDatabase<AnswersSchema>) => Promise<T>): Promise<T | undefined> {
		try {
			this.#opening ??= openDB<AnswersSchema>(this.#name, 1, {
				upgrade(db) {
					db.createObjectStore('answers', { keyPath: 'path' });
					db.createObjectStore('facts');
				},
				blocking: (_from, _to, event) => (event.target as IDBDatabase).close(),
				terminated: () => (this.#opening = undefined)
			});
			return await work(await this.#opening);
		} catch {
			this.#opening = undefined;
			return undefined;
		}
	}
}

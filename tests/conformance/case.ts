import type { Stand } from './stand.ts';

/** One thing that a server of the API does, by the text. */
export interface Case {
	/** Unique, `endpoint/what`. */
	readonly name: string;
	/** Where it stands: a place of the API text, or of the library's own behaviour. */
	readonly rule: string;
	/** Throws Mismatch (or any error) when the server does otherwise. */
	readonly run: (stand: Stand) => Promise<void>;
}

export interface Outcome {
	readonly name: string;
	readonly rule: string;
	/** Null when the case passed. */
	readonly wrong: string | null;
}

/** Runs the cases one after the other, each on what the former left behind. */
export async function* runCases(stand: Stand, cases: readonly Case[]): AsyncGenerator<Outcome> {
	for (const { name, rule, run } of cases) {
		let wrong: string | null = null;
		try {
			await run(stand);
		} catch (error) {
			wrong = error instanceof Error ? error.message : String(error);
		}
		stand.release();
		yield { name, rule, wrong };
	}
}

/** `ok name: rule`, or `FAILED name: rule: what was expected and what came`. */
export function line({ name, rule, wrong }: Outcome): string {
	return wrong === null ? `ok ${name}: ${rule}` : `FAILED ${name}: ${rule}: ${wrong}`;
}

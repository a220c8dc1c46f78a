import type { Case } from '../case.ts';
import { refused } from '../envelope.ts';
import type { Shape } from '../shape.ts';
import { same } from '../shape.ts';
import { absentMac, type Stand } from '../stand.ts';

/** Cases of one call whose bodies are bad input: error code 3 and nothing done. */
export function badInputs(
	path: string,
	rule: string,
	bodies: Readonly<Record<string, (stand: Stand) => unknown>>,
	key: 'private' | 'mobile' = 'private'
): Case[] {
	return Object.entries(bodies).map(([what, body]) => ({
		name: `${path}/bad-${what.replaceAll(' ', '-')}`,
		rule: `error code 3: ${rule} (${what})`,
		run: async (stand) => {
			const ways = { authorization: stand.caller.bearer(key) };
			refused(await stand.ask(`${path}/`, body(stand), ways), path, 3);
		}
	}));
}

/**
 * A lock of another company and one that nobody has are refused with the same code, and with the same
 * words once the MAC is taken out of them.
 */
export async function foreignAsAbsent(
	stand: Stand,
	path: string,
	body: (mac: string) => unknown,
	{ code = 7, of = 'lock', key = 'private', request = path }: ForeignOptions = {}
): Promise<void> {
	const ways = { authorization: stand.caller.bearer(key) };
	const foreign = of === 'lock' ? stand.foreignLock() : stand.foreignFob();
	const texts: string[] = [];
	for (const mac of [foreign, absentMac()]) {
		const answer = await stand.ask(`${path}/`, body(mac), ways);
		refused(answer, request, code);
		texts.push(withoutMac(answer.text, mac));
	}
	same(texts[0], texts[1], 'the answer about a foreign one, beside that about an absent one');
}

/** A text with one MAC, in any case, taken out. */
export function withoutMac(text: string, mac: string): string {
	return text.replaceAll(new RegExp(mac, 'gi'), 'MAC');
}

interface ForeignOptions {
	readonly code?: number | Shape;
	readonly of?: 'lock' | 'fob';
	readonly key?: 'private' | 'mobile';
	readonly request?: string;
}

import type { OwedRight, ProvenRight, Stop } from '$lib/api/app/debt.ts';
import { asOf, moment } from '$lib/ui/time.ts';

const KINDS = { phone: 'phone key', key: 'offline key', fob: 'fob', 'quick-click': 'quick click' };

type Named = Pick<OwedRight | ProvenRight, 'name' | 'on'> & { kind: OwedRight['kind'] };

/** Whose right it is; a quick click without a name has that of its presses, · short and – long. */
export function holderOf({ kind, name }: Named): string {
	if (kind === 'unknown') return 'Anything issued before';
	if (kind === 'quick-click' && /^[01]+$/.test(name))
		return [...name].map((press) => (press === '1' ? '–' : '·')).join('');
	return name;
}

/** What it is, after its holder. */
export function kindOf(right: Named & { reason?: OwedRight['reason']; lost?: boolean }): string {
	if (right.kind === 'unknown') return '';
	if (right.lost) return 'lost';
	const of = right.on === null ? KINDS[right.kind] : `${KINDS[right.kind]} on ${right.on}`;
	return right.reason === 'replaced' ? `${of}, old value` : of;
}

export interface CopyWords {
	tone: 'plain' | 'ready' | 'fail';
	/** Nothing is known of the copy, or there is none. */
	icon: 'gone' | 'unknown' | 'none' | 'alarm';
	text: string;
}

/** What became of the copy on the phone or fob. */
export function copyWords(right: OwedRight, now: number): CopyWords {
	const { kind, reason, wipedAt, heardAt, lost } = right;
	if (kind === 'unknown') return { tone: 'plain', icon: 'unknown', text: 'Restored from a backup' };
	if (kind === 'quick-click') return { tone: 'plain', icon: 'none', text: 'No phone involved' };
	if (reason === 'replaced')
		return { tone: 'plain', icon: 'none', text: 'A new key takes its place' };
	if (kind === 'key') return { tone: 'plain', icon: 'unknown', text: 'Held by an integration' };
	if (kind === 'fob') {
		if (wipedAt !== null)
			return { tone: 'ready', icon: 'gone', text: `Off the fob ${moment(wipedAt, now)}` };
		const synced =
			heardAt === null ? 'Fob never synced' : `Fob last synced ${moment(heardAt, now)}`;
		return lost
			? { tone: 'fail', icon: 'alarm', text: synced }
			: { tone: 'plain', icon: 'unknown', text: synced };
	}
	if (wipedAt !== null)
		return { tone: 'ready', icon: 'gone', text: `Phone wiped ${moment(wipedAt, now)}` };
	const heard = heardAt === null ? 'Phone not known' : `Phone last heard ${moment(heardAt, now)}`;
	return { tone: 'plain', icon: 'unknown', text: heard };
}

/** What the lock does with it. */
export function opensWords({ until }: OwedRight, now: number): string {
	return until !== null && until < now ? `Ended ${asOf(until, now)}, not proven` : 'Still opens';
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `4 h`, `6 days`: how long something waits. */
export function age(since: number, now: number): string {
	const waits = Math.max(0, now - since);
	if (waits < HOUR) return `${Math.max(1, Math.round(waits / MINUTE))} min`;
	if (waits < 2 * DAY) return `${Math.round(waits / HOUR)} h`;
	return `${Math.floor(waits / DAY)} days`;
}

/** The headline. */
export function headline({ rights, locks }: { rights: number; locks: number }): string {
	if (rights === 0) return 'Nothing to visit';
	const number = (n: number) => n.toLocaleString('en');
	const what =
		rights === 1 ? '1 revoked right still opens' : `${number(rights)} revoked rights still open`;
	return `${what} ${locks === 1 ? '1 lock' : `${number(locks)} locks`}`;
}

/** What clears it. */
export function wayOut({ rights, locks }: { rights: number; locks: number }): string {
	if (rights === 0) return 'Every revocation is proven.';
	const all = rights === 1 ? 'it' : `all ${rights.toLocaleString('en')}`;
	return locks === 1
		? `It waits for its lock. One opening with signal, by anyone, clears ${all}.`
		: `Each waits for its lock. One opening of each lock with signal, by anyone, clears ${all}.`;
}

/** The list as text, to send to whoever goes there. */
export function listText(stops: readonly Stop[]): string {
	return stops
		.map(({ name, place, openings }) => {
			const where = place === '' ? name : `${name}, ${place}`;
			return openings === 2 ? `${where} (open it twice)` : where;
		})
		.join('\n');
}

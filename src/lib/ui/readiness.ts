import type { Lock } from '../api/app/locks.ts';
import type { LockReadiness } from '../client/readiness.ts';
import { grouped } from './numbers.ts';
import { moment, until } from './time.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A key that ends so soon is told by what is left of it. */
const SOON = 3 * HOUR;

/** What the words stand beside: proven ready, ends soon or has ended, waits, no key. */
export type ReadySign = 'ready' | 'ends' | 'waits' | 'signal';

/** Whether one lock opens without network, in words. */
export interface ReadyWords {
	sign: ReadySign;
	tone: 'ready' | 'wait' | 'plain';
	/** For a line below the lock's name. */
	line: string;
	/** For a row of facts: what it is, and until when or why not. */
	title: string;
	value: string;
}

/** What is wrong with an eKey that is here. */
const NOT_NOW: Record<Extract<LockReadiness, { state: 'not-now' }>['why'], string> = {
	'not-yet': 'the eKey begins later',
	expired: 'the eKey has ended',
	'outside-hours': 'outside the hours of the eKey',
	used: 'the eKey was for one opening'
};

/** What of the page's state changes the words. */
export interface Moment {
	now: number;
	/** There is no network: what is missing now keeps the lock shut. */
	off: boolean;
}

/** Words for a list of locks and for the page of one. */
export function readyWords(readiness: LockReadiness, { now, off }: Moment): ReadyWords {
	const missing = (line: string, value: string, sign: ReadySign = 'signal'): ReadyWords =>
		off
			? { sign: 'signal', tone: 'wait', line: 'Needs signal once', title: 'Needs signal', value }
			: { sign, tone: 'plain', line, title: 'Opens online only', value };
	const online = (why: string): ReadyWords => ({
		sign: 'ends',
		tone: 'wait',
		line: `Go online once: ${why}`,
		title: 'Go online once',
		value: why
	});
	switch (readiness.state) {
		case 'ready': {
			const value = `until ${until(readiness.until, now)}`;
			const left = readiness.until - now;
			const title = off ? 'Ready' : 'Ready offline';
			if (left < SOON)
				return { sign: 'ends', tone: 'wait', line: `Ready for ${rest(left)}`, title, value };
			return { sign: 'ready', tone: 'ready', line: `${title} ${value}`, title, value };
		}
		case 'waits':
			return missing('Key waits for the lock', 'key waits for the lock', 'waits');
		case 'not-asked':
			return missing('Opens online only, so far', 'no key on this phone');
		case 'revoked':
			return {
				...missing('Opens online only: key revoked', 'key revoked'),
				// Signal alone does not bring it back.
				...(off ? { line: 'Needs signal: key revoked' } : {})
			};
		case 'lease-over':
			return online(`key ended ${moment(readiness.ended, now)}`);
		case 'clock-back':
			return online('clock moved back');
		case 'evicted':
			return online('Chrome removed the key');
		case 'not-now': {
			const value = NOT_NOW[readiness.why];
			return { sign: 'waits', tone: 'plain', line: `Not now: ${value}`, title: 'Not now', value };
		}
	}
}

/** `40 more minutes`, `2 more hours` */
function rest(milliseconds: number): string {
	const minutes = Math.max(1, Math.ceil(milliseconds / MINUTE));
	const [count, unit] = minutes < 60 ? [minutes, 'minute'] : [Math.floor(minutes / 60), 'hour'];
	return `${count} more ${unit}${count === 1 ? '' : 's'}`;
}

/** The same as a sentence or two: what is so, and what mends it. */
export function explain(readiness: LockReadiness, lock: string, now: number): string {
	switch (readiness.state) {
		case 'ready':
			return `This phone opens ${lock} without signal until ${until(readiness.until, now)}. Every contact with the server moves that on.`;
		case 'waits':
			return `The key is on this phone, and not on ${lock} yet: its next opening with signal, by anyone, brings it there.`;
		case 'not-asked':
			return `This phone has no key of ${lock}: it opens with signal only. A key comes to the lock with its next opening with signal, by anyone.`;
		case 'revoked':
			return `The key of this phone was revoked and is deleted here. ${lock} opens with signal, as long as you may open it.`;
		case 'lease-over':
			return `The key ended ${moment(readiness.ended, now)}, because this phone had no contact with the server for so long. One contact makes it open again.`;
		case 'clock-back':
			return 'This phone’s clock moved back, so its keys rest. Set the clock right, then go online once.';
		case 'not-now':
			return `The eKey of ${lock} is on this phone and does not open now: ${NOT_NOW[readiness.why]}.`;
		case 'evicted':
			return 'Chrome removed the keys of this phone. One contact with the server brings them back.';
	}
}

/** How many of a person's locks open without network, in words. */
export interface ReadySummary {
	ready: number;
	of: number;
	title: string;
	/** What to know before it is needed. */
	note: string;
}

type Named = Pick<Lock, 'mac' | 'name' | 'mayOpen'>;

/** @param phone what holds for every key on this phone: whether the browser may remove it */
export function readySummary<L extends Named>(
	locks: readonly L[],
	readinessOf: (lock: L) => LockReadiness,
	phone: { persisted: boolean | null; trouble: boolean },
	{ now, off }: Moment
): ReadySummary {
	const mine = locks.filter(({ mayOpen }) => mayOpen);
	const all = mine.map((lock) => ({ name: lock.name, readiness: readinessOf(lock) }));
	const ends = all
		.flatMap(({ name, readiness }) =>
			readiness.state === 'ready' ? [{ name, until: readiness.until }] : []
		)
		.sort((a, b) => a.until - b.until);
	const [first] = ends;
	const others = all.filter(({ readiness }) => readiness.state !== 'ready');
	const [missing] = others;
	const [ready, of] = [ends.length, all.length].map(grouped);
	return {
		ready: ends.length,
		of: all.length,
		title: off ? `You can open ${ready} of ${of}` : `${ready} of ${of} ready offline`,
		note: note()
	};

	function note(): string {
		if (phone.trouble) return 'The storage of this phone gives no key';
		if (missing && ['clock-back', 'evicted', 'lease-over'].includes(missing.readiness.state))
			return readyWords(missing.readiness, { now, off }).line;
		if (first && first.until - now < SOON)
			return `${first.name} only until ${until(first.until, now)}`;
		const isRevoked = missing?.readiness.state === 'revoked';
		if (missing && others.length === 1)
			return `${missing.name} ${isRevoked ? 'lost its key' : 'needs signal once'}`;
		if (missing && ends.length > 0) return `${grouped(others.length)} need signal once`;
		if (missing) return off ? 'This phone has no key that opens' : 'See what is missing';
		if (phone.persisted === false) return 'Chrome may remove the keys: see why';
		return first ? `All until ${until(first.until, now)}` : '';
	}
}

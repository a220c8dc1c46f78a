import type { Attachment } from 'svelte/attachments';
import { seconds } from './time.ts';

/** Milliseconds. */
const EVERY = 200;

/**
 * Writes into an element, five times a second, the seconds since then. Past Svelte: a state that ticks has
 * everything weighed anew that hangs on it, in the very moments in which a lock is spoken to.
 * @param since milliseconds since 1970
 */
export function counting(since: number): Attachment<Element> {
	return (element) => {
		const text = document.createTextNode('');
		const tell = () => (text.data = seconds(Date.now() - since));
		tell();
		element.append(text);
		const timer = setInterval(tell, EVERY);
		return () => {
			clearInterval(timer);
			text.remove();
		};
	};
}

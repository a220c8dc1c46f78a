import { z } from 'zod';

/** Six octets with colons, in any case; kept upper case. */
export const CoreMac = z
	.string()
	.regex(/^(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}$/, 'a MAC has six octets: XX:XX:XX:XX:XX:XX')
	.toUpperCase();

/** The 20 bytes a lock shows when a phone connects, in hex of any case; kept lower case. */
export const CoreSession = z
	.string()
	.regex(/^[0-9a-fA-F]{40}$/, 'a session is 40 hex characters')
	.toLowerCase();

/** One 20-byte packet of a lock. */
export const CorePacket = z
	.string()
	.regex(/^[0-9a-fA-F]{40}$/, 'a response is 40 hex characters')
	.toLowerCase();

/** Any text that the caller knows somebody by. */
export const TrackingKey = z.string().max(200);

/** `2018-05-23T20:08:34Z`; an offset or a fraction of a second is taken too. */
export const DateTime = z.iso.datetime({ offset: true });

/** Packets for one session, each 40 hex characters, joined by `+`, in the order to be written. */
export const Commands = z.object({
	commands: z.string().regex(/^[0-9a-f]{40}(\+[0-9a-f]{40})*$/)
});

/** The moment as the API writes it: `2018-03-15T17:26:41Z`. */
export function toDateTime(milliseconds: number): string {
	return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

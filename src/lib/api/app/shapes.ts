// The mini build: these schemas are half of what the browser loads first, the full one is 17 KB more.
import * as z from 'zod/mini';

/** Six octets, upper case, colons: `F1:E2:D3:C4:B5:A6`. Input may be lower case or without colons. */
export const Mac = z.string().check(
	z.overwrite((text) => text.replace(/[:-]/g, '').toUpperCase()),
	z.regex(/^[0-9A-F]{12}$/, 'a MAC has six octets'),
	z.overwrite((hex) => hex.replace(/(..)(?=.)/g, '$1:'))
);

/** The 20 bytes of STATE as 40 hex characters; both cases are accepted, lower case is kept. */
export const Session = z
	.string()
	.check(z.regex(/^[0-9a-fA-F]{40}$/, 'a session is 20 bytes in hex'), z.toLowerCase());

/** One 20-byte packet as 40 hex characters. */
export const PacketHex = z
	.string()
	.check(z.regex(/^[0-9a-fA-F]{40}$/, 'a packet is 20 bytes in hex'), z.toLowerCase());

/** Milliseconds since 1970, UTC. */
export const Time = z.int().check(z.minimum(0), z.maximum(8_640_000_000_000));

/** Ids of whom a phone sends for: refused with `conflict` when somebody else is signed in by now. */
export const Sender = z.object({ company: z.string(), person: z.string() });
export type Sender = z.infer<typeof Sender>;

export const Environment = z.enum(['production', 'sandbox']);
export type Environment = z.infer<typeof Environment>;

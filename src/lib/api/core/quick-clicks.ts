import { z } from 'zod';
import { CoreMac } from './shapes.ts';
import { RequestedVersion } from './versions.ts';

/** Locks of one call, and codes of one lock in it. */
const MANY = 1000;

/**
 * A code as it comes: what cannot be one is refused by itself, beside the codes that work. `1` is a
 * long press, `0` a short one, 3 to 24 of them.
 */
const Code = z.string().max(200);

const Issued = z.object({
	code: Code,
	/** Uses from when the lock gets it: 1 to 254, or 255 for unlimited. */
	uses: z.number()
});

const Issue = z.object({ mac: CoreMac, quick_clicks: z.array(Issued).max(MANY) });
const Revoke = z.object({
	mac: CoreMac,
	quick_clicks: z.array(z.object({ code: Code })).max(MANY)
});
const Macs = z.array(CoreMac).max(MANY);

const version = { api_version: RequestedVersion.optional() };

/** New codes of one lock, or other counts for those it has. */
export const IssueCodesRequest = Issue.extend({
	...version,
	quick_clicks: Issue.shape.quick_clicks.min(1)
});

export const RevokeCodesRequest = Revoke.extend({
	...version,
	quick_clicks: Revoke.shape.quick_clicks.min(1)
});

/** No MACs: every lock of the company. */
export const DisplayCodesRequest = z.object({ macs: Macs.optional(), ...version });

/** All three in one; deprecated. It answers as a display. */
export const QuickClicksRequest = z.object({
	issue: z.array(Issue).max(MANY).optional(),
	revoke: z.array(Revoke).max(MANY).optional(),
	display: z.object({ macs: Macs.optional() }).optional(),
	...version
});

const CodeState = z.object({
	code: z.string(),
	/** The lock does not have it yet, or not with this count. */
	pending: z.boolean(),
	/** Revoked; it may still open until the lock's next online unlock. */
	revoked: z.boolean().optional(),
	/** Left. */
	uses: z.int().min(0).max(255),
	start_uses: z.int().min(1).max(255)
});
export type CodeState = z.infer<typeof CodeState>;

/** By lock. Null where version 0.0.0 has no successes. */
export const CodesData = z
	.array(z.object({ mac: z.string(), quick_clicks: z.array(CodeState) }))
	.nullable();
export type CodesData = z.infer<typeof CodesData>;

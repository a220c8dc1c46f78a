import type * as z from 'zod/mini';
import { UploadReply, type UploadRequest } from '../api/app/activity.ts';
import type { Me } from '../api/app/people.ts';
import type { Load, Outbox, OutboxBatch, OutboxClaim, Portion, Sender } from '../vault/outbox.ts';
import { ClientError, type Call, type ClientErrorCode } from './call.ts';

/** Whoever sends, a tab or the service worker, does so alone under this name. */
export const OUTBOX_LOCK = 'hasp-outbox';

/** What one request carries at most: about half of what the server takes. */
const PORTION: Portion = { batches: 50, packets: 2_000, claims: 100 };

/** Refusals that depend on what is sent. */
const UNFIT: readonly ClientErrorCode[] = ['bad-input', 'too-large'];

export interface DeliveryParts {
	outbox: Pick<Outbox, 'take' | 'settle'>;
	/** Who is signed in. The server refuses all when by then it is somebody else. */
	sender: Sender;
	call: Call;
	/** The server's clock, as well as this phone knows it: claims are dated by it. */
	now: () => Promise<number>;
}

/**
 * Sends everything that waits for this sender, the oldest first, and lets go of what the server has.
 * @throws ClientError, VaultError; what is not sent then still waits
 */
export async function deliver(parts: DeliveryParts): Promise<void> {
	for (;;) {
		const load = await parts.outbox.take(parts.sender, PORTION);
		if (load.batches.length + load.claims.length === 0) return;
		await post(parts, load);
	}
}

/** Who sends, by what the server says of who is signed in. */
export function senderOf(me: Me | undefined): Sender | null {
	return me?.user && me.company ? { company: me.company.id, person: me.user.id } : null;
}

/** Whose keys these are: one person in one company. */
export function ownerOf(
	me: { user: { id: string } | null; company: { id: string } | null } | undefined
): string | null {
	return me?.user && me.company ? `${me.user.id} ${me.company.id}` : null;
}

/** Sends batches and claims together; when they are not taken so, one at a time, and sets aside the unfit. */
async function post(parts: DeliveryParts, { batches, claims }: Load): Promise<void> {
	const { outbox, sender, call } = parts;
	const told =
		claims.length > 0 ? { claims: claims.map(wireClaim), sentAt: await parts.now() } : {};
	const body = {
		batches: batches.map(wire),
		...told,
		sender
	} satisfies z.input<typeof UploadRequest>;
	try {
		const { durable, refused } = await call(UploadReply, 'POST', '/api/uploads', body);
		const settled = new Set([...durable, ...refused.map(({ id }) => id)]);
		if (batches.length > 0 && !batches.some(({ id }) => settled.has(id)))
			throw new ClientError('bad-reply', 'the server settled nothing');
		await outbox.settle([...durable, ...claims.map(({ id }) => id)], refused);
	} catch (cause) {
		if (!(cause instanceof ClientError) || !UNFIT.includes(cause.code)) throw cause;
		if (batches.length + claims.length > 1) {
			for (const batch of batches) await post(parts, { batches: [batch], claims: [] });
			for (const claim of claims) await post(parts, { batches: [], claims: [claim] });
		} else {
			const unfit = [...batches, ...claims].map(({ id }) => ({ id, code: cause.code }));
			await outbox.settle([], unfit);
		}
	}
}

function wire({ id, mac, session, receivedAt, packets }: OutboxBatch) {
	return { id, mac, session, receivedAt, packets };
}

function wireClaim({ mac, session, slot, at }: OutboxClaim) {
	return { mac, session, slot, at };
}

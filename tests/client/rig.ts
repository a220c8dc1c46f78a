import { vi } from 'vitest';
import type { Call, ClientError } from '../../src/lib/client/call.ts';
import type { Kept } from '../../src/lib/client/kept.ts';
import { LockConversation } from '../../src/lib/client/lock.svelte.ts';
import { Sync, type SyncParts } from '../../src/lib/client/sync.svelte.ts';
import { memoryConnector, type Ear, type Peer } from '../../src/lib/link/memory.ts';
import { fromHex, toHex, type Bytes } from '../../src/lib/protocol/bytes.ts';
import { resultPacket, shutdownPacket } from '../../src/lib/protocol/noke/answers.ts';
import type { Load, OutboxBatch, OutboxClaim, Sender } from '../../src/lib/vault/outbox.ts';

export const MAC = 'F1:E2:D3:C4:B5:A6';
export const ANNA: Sender = { company: 'company', person: 'anna' };
export const SESSION = '0000040ba7b0d91f7f45ad25698a18375c7e4f16';

/** A server packet with a number in it. */
export function said(number: number): Bytes {
	const packet = new Uint8Array(20);
	packet.set([0x50, 0x75, 1, number]);
	return packet;
}

/** A lock said the packet of this number; it is on the disk when it settles. */
export async function hears(kept: Kept, number: number): Promise<void> {
	kept.add(said(number));
	await kept.stored();
}

/** A lock that answers as it is told: what it speaks is tested elsewhere. */
export class ScriptedLock implements Peer {
	awake = true;
	/** What it does on each packet, by its number in the session; success when it is not told. */
	script: ((ear: Ear) => void)[] = [];
	/** The same for the sessions after the first, where the script is not the same. */
	later: ((ear: Ear) => void)[][] = [];
	/** Packets, by session. */
	written: string[][] = [];
	connections = 0;
	ear: Ear | null = null;
	hello = fromHex(SESSION);

	connect(ear: Ear): Bytes | null {
		if (!this.awake) return null;
		if (this.connections++ > 0) this.script = this.later.shift() ?? this.script;
		this.written.push([]);
		this.ear = ear;
		return this.hello;
	}

	subscribe(): void {}

	write(packet: Bytes): void {
		const packets = this.written.at(-1)!;
		packets.push(toHex(packet));
		const answer = this.script[packets.length - 1] ?? success;
		if (this.ear) answer(this.ear);
	}

	disconnect(): void {
		this.ear = null;
	}

	/** Ends the link from its side. */
	hangUp(): void {
		const { ear } = this;
		this.ear = null;
		ear?.hangUp();
	}
}

/** A server packet, and the answer that the packet was taken. */
export const success = (ear: Ear) => {
	ear.notify(said(1));
	ear.notify(resultPacket('success', 1));
};
export const refusing = (result: Parameters<typeof resultPacket>[0]) => (ear: Ear) =>
	ear.notify(resultPacket(result, 1));
export const silence = () => undefined;
export const hangUp = (ear: Ear) => ear.hangUp();
/** The answer goes missing, what it said for the server does not. */
export const halfLost = (ear: Ear) => {
	ear.notify(said(1));
	ear.hangUp();
};
export const sleep = (open: boolean) => (ear: Ear) => {
	ear.notify(shutdownPacket({ open, timedOut: false }));
	ear.hangUp();
};

/** What the server's clock says in these tests. */
export const ISSUED = 1_764_000_000_500;

const opens = (action: string) => action === 'unlock' || action === 'unshackle';

/** A server whose answers tests replace. */
export class ScriptedServer {
	/** Method, path and body of every request. */
	asked: { method: string; path: string; body: unknown }[] = [];
	commands = (action: string): unknown => ({
		commands: Array.from({ length: opens(action) ? 2 : 1 }, (_, i) => `0${i}`.repeat(20)),
		opensAt: opens(action) ? 1 : null,
		issuedAt: ISSUED
	});
	lock: { lastOpened: unknown; lastKnown: unknown } = { lastOpened: null, lastKnown: null };
	/** Set to refuse everything so. */
	refusal: ClientError | null = null;
	/** While set, nothing is answered before it settles. */
	gate: Promise<void> | null = null;

	readonly call: Call = async (schema, method, path, body, signal) => {
		this.asked.push({ method, path, body });
		const ended = new Promise<never>((_, reject) => {
			signal?.addEventListener('abort', () => reject(signal.reason as Error));
		});
		ended.catch(() => undefined);
		if (this.gate) await Promise.race([this.gate, ended]);
		await Promise.resolve();
		if (this.refusal) throw this.refusal;
		return this.#reply(path, body) as never;
	};

	#reply(path: string, body: unknown): unknown {
		if (path.endsWith('/commands')) return this.commands((body as { action: string }).action);
		if (path === '/api/uploads') {
			const { batches } = body as { batches: { id: string }[] };
			return { durable: batches.map(({ id }) => id), refused: [] };
		}
		return { lock: this.lock };
	}

	count(end: string): number {
		return this.asked.filter(({ path }) => path.endsWith(end)).length;
	}
}

/** An outbox that notes its order, in the place of the disk. */
export class PaperOutbox {
	batches = new Map<string, OutboxBatch>();
	claims = new Map<string, OutboxClaim>();
	/** While set, no packet is stored. */
	gate: Promise<void> | null = null;

	async append(batch: Omit<OutboxBatch, 'sealed'>, begun: boolean): Promise<boolean> {
		await this.gate;
		const before = this.batches.get(batch.id);
		if (before ? before.sealed : begun) return false;
		const packets = [...(before?.packets ?? []), ...batch.packets];
		this.batches.set(batch.id, { ...batch, packets, sealed: false });
		return true;
	}

	async claim(claim: OutboxClaim): Promise<void> {
		await this.gate;
		this.claims.set(claim.id, claim);
	}

	async withdraw(id: string): Promise<void> {
		this.claims.delete(id);
	}

	async take(): Promise<Load> {
		for (const batch of this.batches.values()) batch.sealed = true;
		return this.unsent();
	}

	async settle(durable: readonly string[]): Promise<void> {
		for (const id of durable) {
			this.batches.delete(id);
			this.claims.delete(id);
		}
	}

	async unsent(): Promise<Load> {
		return { batches: [...this.batches.values()], claims: [...this.claims.values()] };
	}

	async refused(): Promise<never[]> {
		return [];
	}

	async retry(): Promise<void> {
		throw new Error('nothing was refused');
	}

	async discard(): Promise<void> {
		throw new Error('nothing was refused');
	}
}

/** A conversation with everything around it scripted, on fake timers. */
export function makeRig(parts: Partial<SyncParts> = {}) {
	vi.useFakeTimers({ now: ISSUED + 20_000 });
	const lock = new ScriptedLock();
	const server = new ScriptedServer();
	const outbox = new PaperOutbox();
	const { call } = server;
	const sync = new Sync({
		outbox,
		call,
		sender: () => ANNA,
		...parts
	});
	const connect = memoryConnector(lock);
	const talk = new LockConversation({ mac: MAC, connect, sync, call });
	return { lock, server, outbox, sync, talk, connect };
}

/** Lets everything happen that is due within so many milliseconds. */
export function pass(milliseconds = 0): Promise<unknown> {
	return vi.advanceTimersByTimeAsync(milliseconds);
}

import type { Page } from '@playwright/test';

/** What a handler decides: nothing accepts, a number refuses with that code, `null` never answers. */
export type Reply = number | null | undefined;

/** One characteristic. Handlers run at the moment the operation reaches the peripheral. */
export interface CharacteristicPlan {
	readonly uuid: string;
	readonly properties: Partial<
		Record<'read' | 'write' | 'writeWithoutResponse' | 'notify', boolean>
	>;
	/** Bytes answer the read, a number refuses it, `null` never answers. */
	onRead?(): Uint8Array | number | null;
	onWrite?(data: Uint8Array): Reply;
	onSubscribe?(on: boolean): Reply;
}

/** What a peripheral is, and how it answers the link itself. */
export interface PeripheralPlan {
	/** Name in the chooser; a page tells by it which link it means, so no two on the air are equal. */
	readonly name: string;
	readonly services: readonly {
		readonly uuid: string;
		readonly characteristics: readonly CharacteristicPlan[];
	}[];
	/** Manufacturer data by company identifier, as advertised from now on. */
	manufacturerData?(): ReadonlyMap<number, Uint8Array>;
	onConnect?(): Reply;
	onDiscover?(): Reply;
	/** The link is up. */
	onLinked?(): void;
	/** The link went away, whoever ended it; once for each time it came up. */
	onUnlinked?(): void;
}

/** One GATT operation that the page began. */
export type Operation =
	| { readonly kind: 'connect' | 'discover' }
	| { readonly kind: 'read' | 'write' | 'subscribe' | 'unsubscribe'; readonly id: string };

/** A plan on the air: its address, the emulation's ids, and what happened so far. */
export class Peripheral {
	readonly address: string;
	readonly plan: PeripheralPlan;
	/** Milliseconds that every operation and every notification takes on the air. */
	readonly delay: number;

	/** Every operation in order, for example `write 1bc50002`: count these, not milliseconds. */
	readonly operations: string[] = [];
	/** What a real radio would have refused: an operation begun before the last was answered. */
	readonly violations: string[] = [];
	/** How often the link came up. */
	connections = 0;

	/** Characteristics by the emulation's id; new ids after every disconnection. */
	readonly byId = new Map<string, CharacteristicPlan>();
	/** Operations without an answer. */
	readonly pending = new Set<Operation>();
	/** Bytes that the shim's next hidden read fetches, by characteristic id. */
	readonly notices = new Map<string, Uint8Array>();
	/** The page that holds the link. */
	page: Page | null = null;
	linked = false;
	/** The cut under way; while it is, every operation fails at once. */
	cut: Promise<void> | null = null;
	/** Grows with every cut, so that notifications from before are lost. */
	life = 0;
	/** The last of the notifications that wait their turn. */
	tail: Promise<void> = Promise.resolve();

	constructor(address: string, plan: PeripheralPlan, delay: number) {
		this.address = address;
		this.plan = plan;
		this.delay = delay;
	}

	/** Emulation's id of a characteristic; throws when the plan has none of that UUID. */
	idOf(uuid: string): string {
		for (const [id, plan] of this.byId) if (plan.uuid === uuid) return id;
		throw new Error(`${this.plan.name} has no characteristic ${uuid}`);
	}

	/** Notes that an operation arrived, and whether a real radio would have taken it. */
	begin(operation: Operation): void {
		const uuid = 'id' in operation ? ` ${this.byId.get(operation.id)?.uuid.slice(0, 8)}` : '';
		const label = operation.kind + uuid;
		for (const other of this.pending) this.violations.push(`${label} during ${other.kind}`);
		this.operations.push(label);
		this.pending.add(operation);
	}
}

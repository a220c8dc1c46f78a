import type { ExplicitLock } from '../api/app/locks.ts';
import { kindOf } from '../protocol/noke/profile.ts';
import { isChange, latest, step, type Held, type HeldEvent } from './core/held.ts';
import type { Write } from './core/pending.ts';
import type { LockTable } from './db/tables.ts';

/** Where a lock's row keeps its settings. */
export type SettingsColumns = Pick<
	LockTable,
	'settings_state' | 'settings_flags' | 'settings_next' | 'settings_wanted' | 'settings_frozen'
>;

/** The columns of SettingsColumns, to be selected. */
export const SETTINGS_COLUMNS = [
	'settings_state',
	'settings_flags',
	'settings_next',
	'settings_wanted',
	'settings_frozen'
] as const satisfies readonly (keyof SettingsColumns)[];

/** Bit 0 of the settings of docs/lock-scheme.md. */
const EXPLICIT_LOCK = 1;

/** Firmware from which on an HD padlock waits to be told to engage (Core API text). */
const ENGAGES_FROM = [4, 25] as const;

/** Whether this hardware can be told to engage, and to wait for that. */
export function engages({
	hardware_type,
	firmware
}: Pick<LockTable, 'hardware_type' | 'firmware'>): boolean {
	if (kindOf(hardware_type) !== 'hd-padlock') return false;
	const [major = 0, minor = 0] = firmware.split('.').map(Number);
	return major > ENGAGES_FROM[0] || (major === ENGAGES_FROM[0] && minor >= ENGAGES_FROM[1]);
}

/** A row as the reducer takes it. */
export function settingsOf(row: SettingsColumns): Held<number> {
	return {
		state: row.settings_state,
		content: row.settings_flags,
		frozen: row.settings_frozen,
		next: row.settings_next,
		wanted: row.settings_wanted
	};
}

/** The reverse of `settingsOf`. */
export function settingsColumns(held: Held<number>): SettingsColumns {
	return {
		settings_state: held.state,
		settings_flags: held.content,
		settings_next: held.next,
		settings_wanted: held.wanted,
		settings_frozen: held.frozen
	};
}

/** What the row becomes by one event, and what a set has to write. */
export function settle(
	row: SettingsColumns,
	event: HeldEvent<number>
): { columns: SettingsColumns; writes: Write[] } {
	const { held, write } = step(settingsOf(row), event);
	const flags = held.next ?? held.content;
	const writes: Write[] = write === 'set' ? [{ kind: 'settings', explicitLock: isOn(flags) }] : [];
	return { columns: settingsColumns(held), writes };
}

/** What the row becomes when explicit lock is switched; what the lock has already is not written. */
export function switchExplicitLock(
	row: SettingsColumns,
	on: boolean
): SettingsColumns & Pick<LockTable, 'settings_refused'> {
	const held = settingsOf(row);
	const before = latest(held);
	const flags = on ? before | EXPLICIT_LOCK : before & ~EXPLICIT_LOCK;
	const content = flags === (held.next ?? held.content) ? null : flags;
	const event = { kind: 'change', content: held.state === 'waiting' ? flags : content } as const;
	return { ...settle(row, event).columns, settings_refused: 0 };
}

/**
 * What the row becomes by what the lock says of itself: one that cannot keeps explicit lock off,
 * whatever set it was proven to have. A lock's settings change with its epoch and not otherwise, so
 * every acknowledgement of the proven epoch will do, old or new.
 */
export function believeLock(
	row: Pick<LockTable, 'active' | 'settings_state' | 'settings_flags'>,
	said: readonly { epoch: number; acknowledgement: { explicitLock: boolean } | null }[]
): Partial<LockTable> {
	if (row.settings_state !== 'on-lock' || !isOn(row.settings_flags)) return {};
	const refuses = said.some(
		({ epoch, acknowledgement }) => epoch === row.active && acknowledgement?.explicitLock === false
	);
	if (!refuses) return {};
	return { settings_flags: row.settings_flags & ~EXPLICIT_LOCK, settings_refused: 1 };
}

/** How explicit lock stands, as our own pages tell it; null for hardware without it. */
export function explicitLockOf(
	row: SettingsColumns & Pick<LockTable, 'hardware_type' | 'firmware' | 'settings_refused'>
): ExplicitLock | null {
	if (!engages(row)) return null;
	const held = settingsOf(row);
	const has = held.state === 'on-lock' && isOn(held.content);
	const wants = isOn(latest(held));
	if (held.state === 'waiting' || held.next !== null || held.wanted !== null)
		return wants ? 'goes-on' : has ? 'goes-off' : 'off';
	if (has) return 'on';
	return row.settings_refused === 1 ? 'refused' : 'off';
}

/** Whether explicit lock is what was asked for last, reached the lock or not. */
export function wantsExplicitLock(row: SettingsColumns): boolean {
	return isOn(latest(settingsOf(row)));
}

function isOn(flags: number): boolean {
	return (flags & EXPLICIT_LOCK) !== 0;
}

/** Whether the next set has to carry the settings. */
export function settingsChange(row: SettingsColumns): boolean {
	return isChange(settingsOf(row));
}

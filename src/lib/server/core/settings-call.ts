import type { z } from 'zod';
import type { SettingsData, SettingsRequest } from '../../api/core/settings.ts';
import { audit } from '../audit.ts';
import { engages, settingsColumns, settingsOf, switchExplicitLock } from '../settings.ts';
import { holdLock, type HeldLock } from '../slots.ts';
import type { Caller } from './caller.ts';
import type { Core } from './issue.ts';
import { portions } from './read.ts';

/** Locks of one transaction. */
const AT_ONCE = 100;

const EXPLICIT_LOCK = 'explicit-lock';

type Request = z.output<typeof SettingsRequest>;

/**
 * The call `lock/settings`: what each lock is to do, from its next online unlock on. Locks that
 * cannot, or are not there, are told by name; the others are not kept from it.
 */
export async function setSettings(
	{ db }: Core,
	caller: Caller,
	{ settings, macs }: Request
): Promise<SettingsData> {
	const wanted = [...new Set(macs)];
	const messages = new Map<string, string[]>();
	const ids = new Map<string, string>();
	for (const some of portions(wanted, AT_ONCE)) {
		const rows = await db
			.selectFrom('lock')
			.select(['id', 'mac'])
			.where('company_id', '=', caller.companyId)
			.where('environment', '=', caller.environment)
			.where('mac', 'in', some)
			.execute();
		for (const { id, mac } of rows) ids.set(id, mac);
	}
	// Held in one order, so that two calls never wait for each other in a circle.
	for (const some of portions([...ids.keys()].sort(), AT_ONCE)) {
		await db.transaction().execute(async (trx) => {
			for (const id of some) {
				const lock = await holdLock(trx, id);
				if (lock === undefined) continue;
				const { lines, columns } = assign(lock, settings);
				messages.set(lock.mac, lines);
				if (columns !== null)
					await trx.updateTable('lock').set(columns).where('id', '=', id).execute();
			}
			const detail = { locks: some.length, settings: Object.keys(settings) };
			await audit(trx, caller.companyId, 'core-api', 'lock.settings', detail);
		});
	}
	const absent = (mac: string) => ['ERROR: lock not found', notSaved(mac)];
	return {
		locks: wanted.map((mac) => ({ mac, messages: messages.get(mac) ?? absent(mac) }))
	};
}

/** What one lock is told, and the columns when something of it can be. */
function assign(lock: HeldLock, settings: Request['settings']) {
	const lines: string[] = [];
	let columns = null;
	for (const [name, value] of Object.entries(settings)) {
		if (name !== EXPLICIT_LOCK || typeof value !== 'boolean')
			lines.push(`ERROR: unknown setting: ${name.slice(0, 100)}`);
		else if (!engages(lock))
			lines.push(
				`ERROR: ${EXPLICIT_LOCK} is not supported by ${lock.hardware_type.toLowerCase()}-${lock.firmware}`
			);
		else {
			columns = switchExplicitLock(settingsColumns(settingsOf(lock)), value);
			lines.push(`SUCCESS: assigned setting: ${EXPLICIT_LOCK}`);
		}
	}
	lines.push(columns === null ? notSaved(lock.mac) : 'SUCCESS: saved settings');
	return { lines, columns };
}

function notSaved(mac: string): string {
	return `ERROR: failed saving lock settings on ${mac}`;
}

import type { z } from 'zod';
import type { ConfirmRequest } from '../../api/core/restore.ts';
import type { Caller } from './caller.ts';
import { lockNotFound } from './error.ts';
import type { Core } from './issue.ts';
import { lockOf } from './read.ts';

/**
 * The call `restore/confirm`: a phone with the public mobile key claims that a lock took a command.
 * Nothing follows from it: what a lock holds is known from what the lock itself says, and from
 * nobody else. Throws CoreError `lock-not-found`.
 */
export async function confirmRestore(
	{ db }: Core,
	caller: Caller,
	{ mac }: z.output<typeof ConfirmRequest>
): Promise<Record<string, never>> {
	if ((await lockOf(db, caller, mac)) === undefined) throw lockNotFound();
	return {};
}

import { z } from 'zod';
import { Commands, CoreMac, CoreSession } from './shapes.ts';

/** A lock that no key of a phone fits, and the session it showed (published mobile libraries). */
export const RestoreRequest = z.object({ mac: CoreMac, session: CoreSession });
export const RestoreData = Commands;

/**
 * That a lock took a command of a restore: the id that it echoed, as a signed byte on Android, or
 * on iOS the session.
 */
export const ConfirmRequest = z.object({
	mac: CoreMac,
	command_id: z.union([z.int().min(-128).max(255), z.string().max(100)])
});
export const ConfirmData = z.object({});

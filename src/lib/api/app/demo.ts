import * as z from 'zod/mini';
import { Lock } from './locks.ts';

/** A fresh demo company with one virtual padlock, which starts from the public default key. */
export const DemoReply = z.object({
	lock: Lock,
	/** 16 bytes in hex: what the virtual padlock in the browser starts from. */
	baseKey: z.string()
});
export type DemoReply = z.infer<typeof DemoReply>;

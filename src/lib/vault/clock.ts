import type { Vault } from './store.ts';

/**
 * The server's clock, as well as this phone knows it: milliseconds since 1970. Storage that does not answer
 * knows nothing of it.
 */
export async function serverClock(vault: Vault): Promise<() => number> {
	const device = await vault.use((db) => db.get('device', 'phone')).catch(() => undefined);
	return () => Date.now() + (device?.ahead ?? 0);
}

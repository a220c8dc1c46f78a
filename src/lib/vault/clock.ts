import type { Vault } from './store.ts';

/**
 * The server's clock, as well as this phone knows it: milliseconds since 1970.
 * @throws VaultError
 */
export async function serverClock(vault: Vault): Promise<() => number> {
	const device = await vault.use((db) => db.get('device', 'phone'));
	return () => Date.now() + (device?.ahead ?? 0);
}

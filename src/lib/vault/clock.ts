import type { Vault } from './store.ts';

/**
 * What the server's clock says, as well as this phone knows it: milliseconds since 1970. Never rejects:
 * storage that does not answer knows nothing of it.
 */
export async function serverNow(vault: Vault): Promise<number> {
	const device = await vault.use((db) => db.get('device', 'phone')).catch(() => undefined);
	return Date.now() + (device?.ahead ?? 0);
}

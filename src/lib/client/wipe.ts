import { Keyring } from '../vault/keyring.ts';
import { opener } from '../vault/opener.ts';
import { Vault, VaultError } from '../vault/store.ts';
import { workerScript } from './worker-policy.ts';

/** Where tabs tell one another of the keys on this phone: `keys` changed, or the person has `left`. */
export const KEYS_CHANNEL = 'hasp-keys';

/** The keys of this phone, in the browser's own vault. */
export function ownKeyring(vault: Vault): Keyring {
	return new Keyring(vault, opener(workerScript), localStorage);
}

/**
 * Somebody signs out: their keys are gone, in every tab. What waits in the outbox stays. Storage that
 * does not answer keeps nobody from signing out: the server revokes the keys of whoever does.
 */
export async function wipeKeys(): Promise<void> {
	const vault = new Vault();
	try {
		await ownKeyring(vault).wipe();
	} catch (cause) {
		if (!(cause instanceof VaultError)) throw cause;
	} finally {
		await vault.close();
		const channel = new BroadcastChannel(KEYS_CHANNEL);
		channel.postMessage('left');
		channel.close();
	}
}

import { Keyring } from '../vault/keyring.ts';
import { opener } from '../vault/opener.ts';
import { Vault, VaultError } from '../vault/store.ts';
import { workerScript } from './worker-policy.ts';

/** Where tabs tell one another of the keys on this phone. */
export const KEYS_CHANNEL = 'hasp-keys';

/** What they tell: keys have changed, the person has signed out, another has signed in. */
export type KeysNews = 'keys' | 'left' | { owner: string };

/** The keys of this phone, in the browser's own vault. */
export function ownKeyring(vault: Vault): Keyring {
	return new Keyring(vault, opener(workerScript), localStorage);
}

/**
 * Somebody signs out: their keys are gone. What waits in the outbox stays. Storage that does not answer
 * keeps nobody from signing out: the server revokes the keys of whoever does.
 * @param news what other tabs hear of it
 */
export async function wipeKeys(news: 'keys' | 'left'): Promise<void> {
	const vault = new Vault();
	try {
		await ownKeyring(vault).wipe();
	} catch (cause) {
		if (!(cause instanceof VaultError)) throw cause;
	} finally {
		await vault.close();
		const channel = new BroadcastChannel(KEYS_CHANNEL);
		channel.postMessage(news satisfies KeysNews);
		channel.close();
	}
}

/** Every script that may run outside a page. The Content-Security-Policy names the policy, `hasp-worker`. */
const SCRIPTS: readonly string[] = ['/service-worker.js'];

let policy: Pick<TrustedTypePolicy, 'createScriptURL'> | undefined;

/**
 * The address of a script that may run in a worker, as Chrome wants it under Trusted Types.
 * @throws TypeError for any other address
 */
export function workerScript(url: string): TrustedScriptURL | string {
	// A second policy of the same name is refused, so there is one for all.
	policy ??= globalThis.trustedTypes?.createPolicy('hasp-worker', { createScriptURL: known });
	return policy ? policy.createScriptURL(url) : known(url);
}

function known(url: string): string {
	if (!SCRIPTS.includes(url)) throw new TypeError('not a script of Hasp');
	return url;
}

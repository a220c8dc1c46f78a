/**
 * Every script that may run outside a page: the service worker, and the one that uses keys, which the
 * build names after its content. The Content-Security-Policy names the policy, `hasp-worker`.
 */
const SCRIPTS: readonly RegExp[] = [
	/^\/service-worker\.js$/,
	/^\/_app\/immutable\/workers\/opener\.worker-[\w-]+\.js$/,
	// In development nothing is built; a server that serves the app has no such file.
	/^\/src\/lib\/vault\/opener\.worker\.ts$/
];

let policy: Pick<TrustedTypePolicy, 'createScriptURL'> | undefined;

/**
 * The address of a script that may run in a worker, as Chrome wants it under Trusted Types.
 * @param url a path on this host; what development adds to it as a query is kept
 * @throws TypeError for any other address
 */
export function workerScript(url: string): TrustedScriptURL | string {
	const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypePolicyFactory };
	// A second policy of the same name is refused, so there is one for all.
	policy ??= trustedTypes?.createPolicy('hasp-worker', { createScriptURL: known });
	return policy ? policy.createScriptURL(url) : known(url);
}

function known(url: string): string {
	const path = url.replace(/\?[\w&=.-]*$/, '');
	if (!SCRIPTS.some((script) => script.test(path))) throw new TypeError('not a script of Hasp');
	return url;
}

import { build, files, version } from '$service-worker';
import {
	addPlugins,
	cleanupOutdatedCaches,
	createHandlerBoundToURL,
	precacheAndRoute
} from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';
import { deliverUnattended, OUTBOX_TAG, type SyncEvent } from './lib/client/unattended.ts';

/*
 * The offline shell: every script, style and static file of one version, and the one empty page that serves
 * every address: that of the list, since it names the files that a start there needs. Nothing else is ever
 * cached; what the API answers passes by. And what locks said is sent from here where no page can.
 */

const worker = self as unknown as ServiceWorkerGlobalScope;

/** As the Service Worker draft has it (static routing), and TypeScript not yet. */
type RoutedInstall = ExtendableEvent & {
	addRoutes?: (
		rules: { condition: { urlPattern: { pathname: string } }; source: 'network' }[]
	) => Promise<void>;
};

/** The empty page. */
const SHELL = '/locks';

/** Looked at by the installing browser only, and large. */
const NOT_KEPT = /^\/(screenshots|icons|fonts\/OFL\.txt)/;

/** The first part of each API's paths. */
const APIS = ['api', 'core', 'pre-release', 'sifely'];

/** Answered by the server alone: the APIs, and files that are not in the precache. */
const NOT_PAGES = [new RegExp(`^/(${APIS.join('|')})(/|\\?|$)`), /^[^?]*\.[a-z\d]+(\?|$)/i];

const own = new Set(build);

/**
 * Whether the shell's page asks only for scripts and styles of this version. While a server is being
 * replaced, the worker can come from the old version and the page from the new: kept together they would
 * not start without network.
 */
async function isOfThisVersion(response: Response): Promise<boolean> {
	const named = (await response.clone().text()).match(/\/_app\/immutable\/[\w./-]+/g) ?? [];
	return named.length > 0 && named.every((path) => own.has(path));
}

// One answer that does not fit ends the installation, and the version before keeps working: nothing of it
// is removed before all of the new one is there.
addPlugins([
	{
		cacheWillUpdate: async ({ request, response }) => {
			// A redirect leads to the sign-in of some proxy, not to the file.
			if (response.status !== 200 || response.redirected) return null;
			const isShell = new URL(request.url).pathname === SHELL;
			return !isShell || (await isOfThisVersion(response)) ? response : null;
		}
	}
]);
cleanupOutdatedCaches();
precacheAndRoute([
	// Their names hold a hash of what is in them.
	...build.map((url) => ({ url, revision: null })),
	...[...files.filter((url) => !NOT_KEPT.test(url)), SHELL].map((url) => ({
		url,
		revision: version
	}))
]);
registerRoute(new NavigationRoute(createHandlerBoundToURL(SHELL), { denylist: NOT_PAGES }));

// What is asked of an API goes past this worker, which need not wake for it: no call waits for its start, and
// none keeps it from its rest when the next version may begin. Other browsers, and Chrome before 123, ask here.
worker.addEventListener('install', (event: RoutedInstall) =>
	event.addRoutes?.(
		APIS.map((name) => ({
			condition: { urlPattern: { pathname: `/${name}/*` } },
			source: 'network'
		}))
	)
);
// The first visit is kept, too: its page needs no second load before it works without network.
worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));

/** What one version tells the one before when it begins. */
const REST = 'REST';
let rest = new AbortController();

worker.addEventListener('message', (event) => {
	const data: unknown = event.data;
	if (typeof data !== 'object' || data === null || !('type' in data)) return;
	if (data.type === 'SKIP_WAITING') {
		// Sent when the person has agreed to the new version, and no conversation with a lock runs. One may run
		// a moment later: what the version before still sends may not keep this one from its beginning.
		worker.registration.active?.postMessage({ type: REST });
		void worker.skipWaiting();
	} else if (data.type === REST) {
		rest.abort();
		rest = new AbortController();
	}
});

/** The network is back, or has been for a while, and perhaps no page of ours is open. */
function onSync(event: Event): void {
	const sync = event as SyncEvent;
	if (sync.tag === OUTBOX_TAG)
		sync.waitUntil(deliverUnattended(worker.navigator.locks, rest.signal));
}
worker.addEventListener('sync', onSync);
worker.addEventListener('periodicsync', onSync);

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
/** What a form of another site can send without asking first. */
const FORM_TYPES = new Set([
	'application/x-www-form-urlencoded',
	'multipart/form-data',
	'text/plain',
	''
]);

/**
 * True for a request that another site made a browser send. Anywhere: a form, or a body without a
 * type, whose Origin is another host (`null` is another). Under /api, where the cookie counts: any
 * type, and what the browser itself calls cross-site. A request without Origin is no browser's.
 */
export function isForeign(request: Request, url: URL): boolean {
	if (SAFE.has(request.method)) return false;
	const ours = url.pathname === '/api' || url.pathname.startsWith('/api/');
	if (ours && request.headers.get('sec-fetch-site') === 'cross-site') return true;
	const origin = request.headers.get('origin');
	if (origin === null) return false;
	const type = request.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
	if (!ours && !FORM_TYPES.has(type)) return false;
	return !URL.canParse(origin) || new URL(origin).host !== url.host;
}

/** This machine by other names, as the server prints it: to a browser another site than localhost. */
const LOOPBACK = new Set(['127.0.0.1', '0.0.0.0', '[::1]']);

/**
 * Where the page is at home that was asked for by another name of this machine: there nothing could be sent,
 * and nobody stays signed in. Null for all else; behind a proxy Host says nothing.
 */
export function homeOf(request: Request, url: URL): string | null {
	if (request.method !== 'GET' || url.hostname !== 'localhost') return null;
	if (!request.headers.get('accept')?.includes('text/html')) return null;
	const asked = `http://${request.headers.get('host')}`;
	if (!URL.canParse(asked)) return null;
	const { hostname, port } = new URL(asked);
	return LOOPBACK.has(hostname) && port === url.port ? url.href : null;
}

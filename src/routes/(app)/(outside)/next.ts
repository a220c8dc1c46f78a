/** Where a person goes after signing in: the page that asked for it, if it is one of ours. */
export function nextOf(url: URL): string {
	const next = url.searchParams.get('next') ?? '';
	const home = new URL('/locks', url).href;
	if (!next.startsWith('/') || !URL.canParse(next, url)) return home;
	// As the browser reads it, which drops tabs and takes `\` for `/`: `/<tab>/elsewhere` would leave.
	const there = new URL(next, url);
	return there.origin === url.origin ? there.href : home;
}

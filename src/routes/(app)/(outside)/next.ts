/** Where a person goes after signing in: the page that asked for it, if it is one of ours. */
export function nextOf(url: URL): string {
	const next = url.searchParams.get('next') ?? '/locks';
	// Only a path of this origin: `//elsewhere` and `/\elsewhere` would leave it.
	return /^\/(?![/\\])/.test(next) ? next : '/locks';
}

import { readText } from '../http/body.ts';
import { SifelyError } from './error.ts';

const FORM = 'application/x-www-form-urlencoded';

/**
 * The parameters of a call: of its query and, when it has one, of its form, which counts where both
 * name the same. What is sent empty was not sent. Throws SifelyError `bad-parameter`, ServerError
 * `bad-input` and `too-large`.
 */
export async function readParams(request: Request, url: URL): Promise<Record<string, string>> {
	const params = new Map<string, string>();
	const take = (text: URLSearchParams) => {
		for (const [name, value] of text) if (value !== '') params.set(name, value);
	};
	take(url.searchParams);
	if (request.method === 'POST') {
		const body = await readText(request);
		const type = request.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
		if (body !== '' && type !== FORM)
			throw new SifelyError('bad-parameter', `the body must be sent as ${FORM}`);
		take(new URLSearchParams(body));
	}
	for (const [name, value] of params)
		if (name.includes('\0') || value.includes('\0'))
			throw new SifelyError('bad-parameter', 'text must not contain NUL');
	// Older clients write these two in the way of OAuth.
	for (const [old, name] of [
		['client_id', 'clientId'],
		['client_secret', 'clientSecret']
	] as const) {
		const value = params.get(old);
		if (value !== undefined && !params.has(name)) params.set(name, value);
	}
	return Object.fromEntries(params);
}

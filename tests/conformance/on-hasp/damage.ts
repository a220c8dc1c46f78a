import type { Answer } from '../call.ts';
import type { Between, Call } from './house.ts';

/** Parsed JSON, as untyped as it is. */
export type Json = Answer['body'];

/** Whether a call is one of these, below /core/ and without its slash. */
export function isAt(...paths: readonly string[]): (call: Call) => boolean {
	return ({ path }) => paths.includes(path.replace(/\/$/, ''));
}

/** Damages the answers to some calls. */
export function answers(
	which: (call: Call) => boolean,
	damage: (body: Json, call: Call) => Json
): Between {
	return async (call, next) => {
		const { status, text } = await next(call);
		if (!which(call)) return { status, text };
		return { status, text: JSON.stringify(damage(JSON.parse(text), call)) };
	};
}

/** Damages answers that are a success only. */
export function successes(
	which: (call: Call) => boolean,
	damage: (body: Json, call: Call) => Json
): Between {
	return answers(which, (body, call) => (body.error_code === 0 ? damage(body, call) : body));
}

/** Damages some calls before the server sees them. */
export function calls(which: (call: Call) => boolean, damage: (call: Call) => Call): Between {
	return (call, next) => next(which(call) ? damage(call) : call);
}

/** Damages the bodies of some calls, where they are JSON. */
export function bodies(
	which: (call: Call) => boolean,
	damage: (body: Json, call: Call) => Json
): Between {
	return calls(which, (call) => {
		const body = parsed(call.text);
		return body === null ? call : { ...call, text: JSON.stringify(damage(body, call)) };
	});
}

/** The object that a text is, else null. */
export function parsed(text: string): Json | null {
	try {
		const body: unknown = JSON.parse(text);
		return typeof body === 'object' ? body : null;
	} catch {
		return null;
	}
}

/** A copy of a value with something done to every member of this name, however deep. */
export function everywhere(value: Json, member: string, change: (old: Json) => Json): Json {
	if (Array.isArray(value)) return value.map((one: Json) => everywhere(one, member, change));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value as Record<string, Json>).map(([name, old]) => [
			name,
			name === member ? change(old) : everywhere(old, member, change)
		])
	);
}

/** The body of a call that was refused for its input. */
export function refusal(request: string, code: number, version: Json): string {
	return JSON.stringify({
		result: 'failure',
		message: 'Refused',
		error_code: code,
		data: null,
		request,
		api_version: version
	});
}

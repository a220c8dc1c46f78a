import { describe, expect, test } from 'vitest';
import { caller } from '../../src/lib/client/call.ts';
import type { Known } from '../../src/lib/client/known.ts';
import { SessionState } from '../../src/lib/client/session.svelte.ts';

const ME = { user: null, company: null, firstRun: true, demoEnds: null };

/** A session over answers by path. */
function sessionOver(answers: Record<string, [number, unknown]>, known: Known | null = null) {
	const asked: [string, unknown][] = [];
	const fetcher = ((path: string, init: RequestInit) => {
		asked.push([path, init.body === undefined ? undefined : JSON.parse(init.body as string)]);
		const [status, body] = answers[path] ?? [200, ME];
		return Promise.resolve(Response.json(body, { status }));
	}) as typeof fetch;
	const wipe = async (news: string) => void asked.push([`wipe ${news}`, undefined]);
	const report = async () => void asked.push(['report', undefined]);
	const session = new SessionState(known, caller(fetcher), fetcher, wipe, report);
	return { asked, session };
}

describe('a session', () => {
	test('tells who this is', async () => {
		const { session } = sessionOver({});
		expect(session.me).toBeUndefined();
		await session.refresh();
		expect(session.me).toEqual(ME);
	});

	test('signs up with an invitation, and asks who this is now', async () => {
		const { session, asked } = sessionOver({ '/api/auth/sign-up/email': [200, {}] });
		const person = { name: 'Ada', email: 'ada@example.org', password: 'a long password' };
		expect(await session.signUp(person, 'token')).toBeNull();
		expect(asked).toEqual([
			['/api/auth/sign-up/email', { ...person, invitation: 'token' }],
			['/api/me', undefined]
		]);
	});

	test.each([
		['INVALID_EMAIL_OR_PASSWORD', 401, 'wrong-credentials'],
		['USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL', 422, 'taken'],
		['PASSWORD_TOO_SHORT', 400, 'weak-password'],
		['INVALID_EMAIL', 400, 'bad-email'],
		['SIGN_UP_CLOSED', 403, 'closed']
	])('tells %s apart', async (code, status, refusal) => {
		const { session } = sessionOver({ '/api/auth/sign-in/email': [status, { code }] });
		expect(await session.signIn('a@b.c', 'x')).toBe(refusal);
	});

	test.each([
		[429, 'too-many'],
		[500, 'internal'],
		[502, 'timed-out']
	])('throws on %i', async (status, code) => {
		const { session } = sessionOver({ '/api/auth/sign-in/email': [status, {}] });
		await expect(session.signIn('a@b.c', 'x')).rejects.toMatchObject({ code });
	});

	test('says that it is not at its own address', async () => {
		const error = { code: 'elsewhere', message: 'Another site sent this.' };
		const { session } = sessionOver({ '/api/auth/sign-in/email': [403, { error }] });
		await expect(session.signIn('a@b.c', 'x')).rejects.toMatchObject(error);
	});

	test('signs out after the keys are gone, and lets other tabs know when it is done', async () => {
		const { session, asked } = sessionOver({});
		await session.signOut();
		expect(asked.map(([what]) => what)).toEqual([
			'wipe keys',
			'report',
			'/api/auth/sign-out',
			'/api/me',
			'wipe left'
		]);
	});

	test('has no keys any more even when the server did not sign it out', async () => {
		const { session, asked } = sessionOver({ '/api/auth/sign-out': [500, {}] });
		await expect(session.signOut()).rejects.toMatchObject({ code: 'internal' });
		expect(asked.map(([what]) => what)).toEqual(['wipe keys', 'report', '/api/auth/sign-out']);
	});

	test('ends here at once where a gateway answers for a server that is down', async () => {
		const { session, asked } = sessionOver({ '/api/auth/sign-out': [502, {}] });
		await session.signOut();
		expect(asked.map(([what]) => what)).toEqual([
			'wipe keys',
			'report',
			'/api/auth/sign-out',
			'wipe left'
		]);
	});

	test('that was left below ground ends there once what waits was reported', async () => {
		const known = { leaving: async () => true, meet: async () => undefined };
		const { session, asked } = sessionOver({}, known as unknown as Known);
		await session.refresh();
		expect(asked.map(([what]) => what)).toEqual(['report', '/api/auth/sign-out', '/api/me']);
	});

	test('that was left in another tab is nobody’s here', async () => {
		const someone = { ...ME, user: { id: 'u', name: 'Ada', email: 'ada@example.org' } };
		const { session, asked } = sessionOver({ '/api/me': [200, someone] });
		await session.refresh();
		session.leave();
		expect(session.me?.user).toBeNull();
		expect(asked.map(([what]) => what)).toEqual(['/api/me']);
	});
});

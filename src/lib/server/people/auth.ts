import { betterAuth, type BetterAuthOptions } from 'better-auth';
import { APIError, createAuthMiddleware, getIP, isAPIError } from 'better-auth/api';
import { organization } from 'better-auth/plugins/organization';
import { z } from 'zod';
import type { Config } from '../config.ts';
import type { Connection } from '../db/connect.ts';
import type { Log } from '../log.ts';
import type { Secret } from '../secret.ts';
import { isFirstRun } from './companies.ts';
import { ServerError } from '../error.ts';
import { demoSignIn, DEMO_LIMIT } from './demo-sign-in.ts';
import { findInvitation } from './invitations.ts';
import { count } from './limit.ts';
import { countTry, forgetTries } from './sign-in-limit.ts';

export const PASSWORD_MIN = 12;
export const PASSWORD_MAX = 128;

/** The header with the client's address, set by our hook and nobody else. */
export const IP_HEADER = 'x-hasp-ip';

/** Name of the session cookie: `__Host-` binds it to this host, and is refused over plain http. */
export function sessionCookie(config: Config): string {
	return `${cookiePrefix(config)}.session_token`;
}

function cookiePrefix(config: Config): string {
	return config.https ? '__Host-hasp' : 'hasp';
}

/**
 * What of better-auth is reachable under /api/auth; the rest, above all its organization plugin's
 * own endpoints, would go around our rules for companies and answers 404.
 */
export const AUTH_PATHS: ReadonlySet<string> = new Set([
	'/sign-up/email',
	'/sign-in/email',
	'/sign-out',
	'/change-password',
	'/revoke-other-sessions'
]);

type HookContext = Parameters<Parameters<typeof createAuthMiddleware>[0]>[0];

export interface AuthParts {
	config: Config;
	connection: Connection;
	secret: Secret;
	log: Log;
}

/** What is looked at before better-auth does; '' stands for what does not fit. */
const SignIn = z.object({ email: z.string().catch('') });
const SignUp = z.object({
	name: z.string().trim().max(80).catch(''),
	email: z.email().max(254).catch(''),
	invitation: z.string().max(100).catch('')
});

/** Accounts that one invitation may make within an hour: it is used up only when one accepts it. */
const SIGN_UPS = { window: 3600, max: 10 };

/** Waits for a count; what is too many is refused as better-auth refuses it. */
async function counted(counting: Promise<void>): Promise<void> {
	await counting.catch((cause: unknown) => {
		if (!(cause instanceof ServerError)) throw cause;
		const { message, retryAfter } = cause;
		throw new APIError('TOO_MANY_REQUESTS', { message }, { 'x-retry-after': String(retryAfter) });
	});
}

/** The network address of the client, as sessions have it. */
function addressIn({ headers, context }: Pick<HookContext, 'headers' | 'context'>): string | null {
	return headers ? getIP(headers, context.options) : null;
}

function refusal(code: string, message: string): APIError {
	return new APIError('BAD_REQUEST', { code, message });
}

/**
 * The options of better-auth on our database. `transaction: false`: with true it would hold a
 * connection, on SQLite the only one, while a password is hashed.
 */
export function authOptions({ config, connection, secret, log }: AuthParts) {
	const { db, dialect } = connection;
	return {
		database: { db, type: dialect, transaction: false },
		baseURL: config.origin,
		basePath: '/api/auth',
		secret: secret.authSecret,
		// Our own hook has compared Origin with the host already; without ORIGIN (vite dev) the
		// address is not known before a request.
		trustedOrigins: (request?: Request) => (request ? [new URL(request.url).origin] : []),
		emailAndPassword: {
			enabled: true,
			minPasswordLength: PASSWORD_MIN,
			maxPasswordLength: PASSWORD_MAX
		},
		rateLimit: {
			enabled: true,
			storage: 'database',
			// Never asked for: it makes better-auth keep rows as long as our own limit needs them.
			customRules: { '/hasp/demo': { window: DEMO_LIMIT.window, max: DEMO_LIMIT.max } }
		},
		session: { expiresIn: 7 * 24 * 3600, updateAge: 24 * 3600 },
		advanced: {
			cookiePrefix: cookiePrefix(config),
			useSecureCookies: false,
			defaultCookieAttributes: {
				secure: config.https,
				sameSite: 'strict',
				httpOnly: true,
				path: '/'
			},
			ipAddress: { ipAddressHeaders: [IP_HEADER] }
		},
		telemetry: { enabled: false },
		logger: {
			level: 'warn',
			log: (level, message) => log[level]({ part: 'auth' }, message)
		},
		// Refusals go back to who asked; only what is nobody's fault there is worth a line.
		onAPIError: {
			onError: (err: unknown) => {
				if (!isAPIError(err)) log.error({ err, part: 'auth' }, 'better-auth failed');
			}
		},
		hooks: {
			before: createAuthMiddleware(async (ctx) => {
				if (ctx.path === '/sign-in/email') {
					const { email } = SignIn.parse(ctx.body);
					return counted(countTry(db, email, addressIn(ctx)));
				}
				if (ctx.path !== '/sign-up/email') return;
				const { name, email, invitation } = SignUp.parse(ctx.body);
				if (name === '') throw refusal('BAD_NAME', 'A name has 1 to 80 characters.');
				if (email === '') throw refusal('INVALID_EMAIL', 'Invalid email');
				const invited = invitation === '' ? null : await findInvitation(db, invitation);
				if (invited !== null) return counted(count(db, `sign-up|${invited.id}`, SIGN_UPS));
				if (await isFirstRun(db)) return;
				throw new APIError('FORBIDDEN', {
					code: 'SIGN_UP_CLOSED',
					message: 'Signing up needs an invitation.'
				});
			}),
			after: createAuthMiddleware(async (ctx) => {
				if (ctx.path !== '/sign-in/email' || ctx.context.newSession === null) return;
				const { email } = SignIn.parse(ctx.body);
				await forgetTries(db, email, addressIn(ctx));
			})
		},
		plugins: [organization(), demoSignIn()]
	} satisfies BetterAuthOptions;
}

/** better-auth as this server uses it. */
export function makeAuth(parts: AuthParts) {
	return betterAuth(authOptions(parts));
}

export type Auth = ReturnType<typeof makeAuth>;

import { APIError, createAuthEndpoint } from 'better-auth/api';
import { setSessionCookie } from 'better-auth/cookies';
import { z } from 'zod';

/** Demo companies one address may open: `max` in `window` seconds. */
export const DEMO_LIMIT = { window: 3600, max: 60 } as const;

/**
 * A plugin of better-auth: signs in the anonymous person of a demo company that our own code has
 * just made. Server only: no request reaches it.
 */
export function demoSignIn() {
	return {
		id: 'hasp-demo',
		endpoints: {
			signInDemo: createAuthEndpoint(
				'/hasp/demo',
				{
					method: 'POST',
					body: z.object({ userId: z.string() }),
					metadata: { SERVER_ONLY: true as const }
				},
				async (ctx) => {
					const { internalAdapter } = ctx.context;
					const user = await internalAdapter.findUserById(ctx.body.userId);
					if (user === null) throw new APIError('NOT_FOUND');
					const session = await internalAdapter.createSession(user.id);
					await setSessionCookie(ctx, { session, user });
					return ctx.json({ userId: user.id });
				}
			)
		}
	};
}

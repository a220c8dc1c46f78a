import * as z from 'zod/mini';

/**
 * Somebody to whom an eKey was sent before they had an account: their name is a telephone number or an
 * e-mail address, their first password its last six characters, which everybody can guess. They are
 * signed in nowhere until they have set another: this sets it, and makes them a person of the company,
 * who signs in with `email` and `newPassword` from then on (POST /api/auth/sign-in/email).
 */
export const FirstSignInRequest = z.object({
	username: z.string().check(z.trim(), z.minLength(1), z.maxLength(254)),
	/** The first one. */
	password: z.string().check(z.minLength(1), z.maxLength(128)),
	/** What they are called. */
	name: z.string().check(z.trim(), z.minLength(1), z.maxLength(80)),
	/** Needed where the name is a telephone number; else left out. */
	email: z.optional(z.email().check(z.maxLength(254))),
	newPassword: z.string().check(z.minLength(12), z.maxLength(128))
});
export type FirstSignInRequest = z.infer<typeof FirstSignInRequest>;

/** The address to sign in with. */
export const FirstSignInReply = z.object({ email: z.string() });

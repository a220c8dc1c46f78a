import { z } from 'zod';
import { Md5, Moment, pageOf, Paging, textLike } from './fields.ts';

/** What this application's own users are called: its prefix, `_` and the name asked for. */
const Username = z.string().min(1).max(254);

export const RegisterRequest = z.object({
	username: textLike(/^[a-zA-Z0-9]{1,100}$/, 'bad-username', 'letters and digits only'),
	password: Md5
});
export const RegisterReply = z.object({ username: z.string() });

export const ResetPasswordRequest = z.object({ username: Username, password: Md5 });

export const ListUsersRequest = z.object({
	startDate: Moment.optional(),
	endDate: Moment.optional(),
	...Paging
});
export const ListUsersReply = pageOf(z.object({ username: z.string(), regtime: z.int() }));

export const DeleteUserRequest = z.object({ username: Username });

/** Older clients write the names in the way of OAuth; both are taken. */
export const TokenRequest = z.object({
	grant_type: textLike(
		/^(password|refresh_token)$/,
		'bad-grant-type',
		'password or refresh_token'
	).default('password'),
	clientSecret: z.string().max(200),
	username: z.string().max(254).optional(),
	password: Md5.optional(),
	refresh_token: z.string().max(200).optional()
});
export const TokenReply = z.object({
	access_token: z.string(),
	refresh_token: z.string(),
	uid: z.int(),
	openid: z.int(),
	/** Seconds. */
	expires_in: z.int(),
	scope: z.string(),
	token_type: z.literal('Bearer')
});

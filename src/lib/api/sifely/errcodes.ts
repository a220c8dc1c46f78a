import { z } from 'zod';

/** What the open API answers as `errcode`, and the words that go with it. 0 is success. */
export const ERRCODES = {
	failed: [1, 'failed'],
	'bad-parameter': [-3, 'invalid parameter'],
	'unknown-client': [10000, 'invalid client_id'],
	'wrong-client': [10001, 'invalid client'],
	'unknown-token': [10003, 'invalid token'],
	'token-ended': [10004, 'invalid grant'],
	'wrong-password': [10007, 'invalid account or invalid password'],
	'bad-grant-type': [10010, 'invalid grant_type'],
	'bad-refresh-token': [10011, 'invalid refresh_token'],
	'bad-passcode-version': [20007, 'invalid keyboardPwdVersion'],
	'no-such-call': [30001, 'no permission for this API'],
	'bad-username': [30002, 'only letters and digits are allowed in a username'],
	'username-taken': [30003, 'the username exists already'],
	'not-your-user': [30004, 'the user is not one of this application'],
	'not-md5': [30005, 'the password must be MD5, 32 lower-case hex characters'],
	'too-many': [30006, 'too many calls'],
	'wrong-date': [80000, 'date must be the current time'],
	'bad-json': [80002, 'invalid json'],
	internal: [90000, 'internal server error'],
	'no-lock': [-1003, 'lock does not exist'],
	'no-passcode-data': [-1007, 'no passcode data of this lock'],
	'no-ekey': [-1008, 'eKey does not exist'],
	'code-was-deleted': [-1026, 'this passcode was given out before and deleted'],
	'no-passcode': [-2009, 'passcode does not exist'],
	'no-gateway': [-2012, 'the lock is not connected to any gateway'],
	'not-permitted': [-2018, 'permission denied'],
	'to-yourself': [-2019, 'cannot send an eKey to yourself'],
	'to-the-owner': [-2020, 'cannot send an eKey to the top administrator'],
	'period-fixed': [-2023, 'the period of this eKey cannot be changed'],
	'too-simple': [-2032, 'the passcode is too simple'],
	'bad-code-length': [-3006, 'a passcode has 4 to 9 digits'],
	'same-code': [-3007, 'the same passcode exists already'],
	'never-used': [-3008, 'a passcode that was never used cannot be changed'],
	'codes-full': [-3009, 'no space for custom passcodes'],
	'lock-to-yourself': [-3011, 'cannot transfer a lock to yourself'],
	'own-key-shorter': [-3039, 'your own eKey ends before the period asked for'],
	'owns-locks': [-4063, 'delete or transfer the locks of this account first'],
	'not-registered': [-4064, 'the receiver is not registered']
} as const;
export type SifelyRefusal = keyof typeof ERRCODES;

/** What a call answers that was refused, and one that succeeded with nothing to say. */
export const Errcode = z.object({ errcode: z.int(), errmsg: z.string(), description: z.string() });

export const DONE: z.infer<typeof Errcode> = {
	errcode: 0,
	errmsg: 'none error message',
	description: 'success'
};

export function refusal(code: SifelyRefusal, description?: string): z.infer<typeof Errcode> {
	const [errcode, errmsg] = ERRCODES[code];
	return { errcode, errmsg, description: description ?? errmsg };
}

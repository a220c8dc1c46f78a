import type { ErrorCode } from '../../api/app/error.ts';
import { ServerError } from '../error.ts';
import { SifelyError, type SifelyErrorCode } from './error.ts';

type Words = Partial<Record<SifelyErrorCode, readonly [ErrorCode, string]>>;

/** What the engine of the open API refuses, for people. */
const WORDS: Words = {
	'no-lock': ['not-found', 'Not found.'],
	'no-ekey': ['not-found', 'Not found.'],
	'no-passcode': ['not-found', 'Not found.'],
	'not-permitted': ['forbidden', 'Only who manages the lock may do this.'],
	'not-registered': ['conflict', 'Nobody has this name. Invite them to the company first.'],
	'to-yourself': ['conflict', 'You open this lock without an eKey from yourself.'],
	'to-the-owner': ['conflict', 'They own this lock and need no eKey.'],
	'lock-to-yourself': ['conflict', 'They own this lock already.'],
	'own-key-shorter': ['conflict', 'Your own eKey does not hold as long as this one would.'],
	'period-fixed': ['conflict', 'This eKey was reset. Send another.'],
	'too-simple': ['bad-input', 'This passcode is too easy to guess. Choose another.'],
	'bad-code-length': ['bad-input', 'A passcode has 4 to 9 digits.'],
	'same-code': ['conflict', 'The lock has this passcode already. Choose another.'],
	'codes-full': ['conflict', 'The lock holds no more passcodes. Delete one first.'],
	'code-was-deleted': [
		'conflict',
		'There is one passcode of this period, and it was deleted. Choose another hour.'
	],
	'no-passcode-data': ['conflict', 'This lock was paired without random passcodes.'],
	failed: ['conflict', 'All passcodes of this hour are given out. Choose another hour.']
};

/** Does something for a person; what the open API would refuse is a ServerError here. */
export async function inOurWords<T>(work: () => Promise<T>, own: Words = {}): Promise<T> {
	try {
		return await work();
	} catch (cause) {
		if (!(cause instanceof SifelyError)) throw cause;
		const [code, message] = { ...WORDS, ...own }[cause.code] ?? ['bad-input', cause.message];
		throw new ServerError(code, message, { cause });
	}
}

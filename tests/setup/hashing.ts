import crypto, { type ScryptOptions } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

/*
 * Six hundred passwords are hashed here, an eighth of all the work: what is tested is who may sign in, not how long a
 * guess takes. The code asks for the whole work, or fails; a sixteenth of it is done.
 */

const whole = { N: 16_384, r: 16, p: 1 };

type Scrypt = (
	password: crypto.BinaryLike,
	salt: crypto.BinaryLike,
	length: number,
	options: ScryptOptions,
	done: (error: Error | null, key: Buffer) => void
) => void;

const scrypt: Scrypt = crypto.scrypt;
// Several files share a process, and each is set up.
if (scrypt.name !== 'scryptOfTests') {
	Object.assign(crypto, {
		scrypt: function scryptOfTests(...[password, salt, length, options, done]: Parameters<Scrypt>) {
			const { N = 0, r = 0, p = 0 } = options;
			if (N * r * p < whole.N * whole.r * whole.p)
				throw new RangeError('a password hashed for less');
			scrypt(password, salt, length, { ...options, N: N / 16 }, done);
		}
	});
	syncBuiltinESMExports();
}

import { readPassword } from './password.ts';
import { run } from './run.ts';

process.exitCode = await run(process.argv.slice(2), {
	env: process.env,
	readPassword,
	out: (text) => process.stdout.write(text),
	err: (text) => process.stderr.write(text)
});

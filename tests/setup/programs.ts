import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from '@playwright/test';

/** The system's Chromium, else the one that Playwright downloaded before, else `null`. */
export function findChromium(): string | null {
	const candidates = ['/usr/bin/chromium', chromium.executablePath()];
	return candidates.find((path) => path !== '' && existsSync(path)) ?? null;
}

/** The folder that holds both `initdb` and `postgres`: on PATH, else Debian's newest, else `null`. */
export function findPostgres(): string | null {
	const debian = '/usr/lib/postgresql';
	const versions = existsSync(debian) ? readdirSync(debian) : [];
	const folders = [
		...(process.env['PATH'] ?? '').split(delimiter),
		...versions.sort((a, b) => Number(b) - Number(a)).map((name) => join(debian, name, 'bin'))
	];
	const whole = (folder: string) =>
		folder !== '' && ['initdb', 'postgres'].every((name) => existsSync(join(folder, name)));
	return folders.find(whole) ?? null;
}

const PACKAGES = { chromium: 'chromium', postgres: 'postgresql' } as const;

/** The shell command that makes a Debian machine ready for the tests. */
function aptCommand(packages: readonly string[]): string {
	return `apt-get update && apt-get install -y --no-install-recommends ${packages.join(' ')}`;
}

/**
 * Installs what the tests need and the machine lacks.
 *
 * @returns `null` when everything is there, else what the person has to type.
 */
export function makeReady(): string | null {
	const absent = missing();
	if (absent.length === 0) return null;
	const command = aptCommand(absent);
	const root = process.getuid?.() === 0;
	if (!root || !existsSync('/usr/bin/apt-get')) {
		return `The tests need ${absent.join(' and ')}. On Debian: ${root ? '' : 'sudo '}sh -c '${command}'`;
	}
	console.log(`Installing ${absent.join(' and ')} …`);
	// Without this the package makes and starts a cluster of its own; the tests want only its binaries.
	const guarded = `d=/etc/postgresql-common/createcluster.d; f=$d/hasp-tests.conf
		mkdir -p $d && echo 'create_main_cluster = false' > $f
		trap 'rm -f $f' EXIT
		${command}`;
	try {
		execFileSync('sh', ['-c', guarded], {
			stdio: 'inherit',
			env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
		});
	} catch {
		return `Installing failed. By hand: ${command}`;
	}
	const still = missing();
	return still.length === 0 ? null : `Still not found after installing: ${still.join(' and ')}`;
}

function missing(): string[] {
	const absent: string[] = [];
	if (findChromium() === null) absent.push(PACKAGES.chromium);
	if (findPostgres() === null) absent.push(PACKAGES.postgres);
	return absent;
}

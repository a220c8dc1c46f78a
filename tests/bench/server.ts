import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppServer } from '../e2e/fixtures-server.ts';

/** The built app with one company and its locks, provisioned through the command line. */
export interface BenchServer {
	url: string;
	/** Its HASP_DATA. */
	data: string;
	privateKey: string;
	macs: string[];
	/** Resident memory now, in bytes. */
	resident(): number;
	stop(): Promise<void>;
}

/** Starts `build/` bounded as `npm start` does. Without `databaseUrl`: SQLite in the data folder. */
export async function startServer(options: {
	locks: number;
	databaseUrl?: string;
}): Promise<BenchServer> {
	const server = await AppServer.launch({
		NODE_OPTIONS: '--max-old-space-size=128 --max-semi-space-size=4',
		...(options.databaseUrl ? { DATABASE_URL: options.databaseUrl } : {})
	});
	const env = {
		...process.env,
		HASP_DATA: server.data,
		...(options.databaseUrl ? { DATABASE_URL: options.databaseUrl } : {})
	};
	const hasp = (...words: string[]): string => {
		const run = spawnSync(process.execPath, ['src/cli/hasp.ts', ...words], { env });
		if (run.status !== 0) throw new Error(`hasp ${words[0]}: ${String(run.stderr)}`);
		return String(run.stdout);
	};
	const made = JSON.parse(hasp('company', 'add', 'Bench')) as {
		company: { id: string };
		keys: { production: { private: string } };
	};
	const macs = Array.from({ length: options.locks }, (_, i) => macOf(i));
	const csv = join(server.data, 'locks.csv');
	const rows = macs.map((mac, i) => `${mac},B${i},4I,4.25,Bench ${i}`);
	writeFileSync(csv, ['mac,serial,hw,fw,name', ...rows].join('\n'));
	hasp('lock', 'import', csv, '--company', made.company.id);
	return {
		url: server.url,
		data: server.data,
		privateKey: made.keys.production.private,
		macs,
		resident: () => residentOf(server.pid!),
		stop: () => server.dispose()
	};
}

/** The MAC of bench lock i: locally administered. */
function macOf(i: number): string {
	const hex = i.toString(16).toUpperCase().padStart(10, '0');
	return `02:${hex.match(/../g)!.join(':')}`;
}

function residentOf(pid: number): number {
	const { stdout } = spawnSync('ps', ['-o', 'rss=', '-p', String(pid)]);
	return Number(String(stdout).trim()) * 1024;
}

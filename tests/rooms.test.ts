import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { filesUnder, importsIn, importsUnder } from './setup/imports.ts';
import {
	folderCycle,
	judge,
	judgeVendor,
	roomOf,
	type Room,
	type VendorFolder
} from './setup/rooms.ts';

/** Who may import whom. The first pattern that matches a file decides its room. */
const ROOMS: readonly Room[] = [
	{
		name: 'protocol',
		at: /^src\/lib\/protocol\//,
		rooms: [],
		packages: ['@noble/ciphers', '@noble/hashes'],
		plain: true
	},
	{ name: 'virtual', at: /^src\/lib\/virtual\//, rooms: ['protocol'], packages: [], plain: true },
	{ name: 'link', at: /^src\/lib\/link\//, rooms: ['protocol'], packages: [], plain: true },
	{ name: 'vault', at: /^src\/lib\/vault\//, rooms: ['protocol'], packages: ['idb'], plain: true },
	{ name: 'api', at: /^src\/lib\/api\//, rooms: ['protocol'], packages: ['zod'], plain: true },
	{
		// The firmware of the demo must not weigh on the first load of people with a real lock.
		name: 'demo',
		at: /^src\/lib\/client\/demo\b/,
		rooms: ['client', 'protocol', 'link', 'vault', 'api', 'virtual'],
		packages: ['idb', 'svelte'],
		plain: true
	},
	{
		name: 'client',
		at: /^src\/lib\/client\//,
		rooms: ['protocol', 'link', 'vault', 'api', 'lazy demo'],
		packages: ['svelte', 'workbox-window', 'zod'],
		plain: true
	},
	{
		name: 'ui',
		at: /^src\/lib\/ui\//,
		rooms: ['type client', 'type demo', 'type protocol', 'type api'],
		packages: ['svelte', 'bits-ui', '@lucide/svelte'],
		plain: false
	},
	{
		name: 'server',
		at: /^src\/lib\/server\//,
		rooms: ['protocol', 'api'],
		packages: [
			'node:',
			'@noble/ciphers',
			'@noble/hashes',
			'better-auth',
			'better-sqlite3',
			'kysely',
			'pg',
			'pino',
			'zod'
		],
		plain: true
	},
	{
		name: 'cli',
		at: /^src\/cli\//,
		rooms: ['server', 'api', 'protocol'],
		packages: ['node:'],
		plain: true
	},
	{
		name: 'hooks',
		at: /^src\/hooks(\.server|\.client)?\.ts$/,
		rooms: ['server'],
		packages: ['node:', '$app', '@sveltejs/kit', 'better-auth'],
		plain: false
	},
	{
		name: 'service-worker',
		at: /^src\/service-worker\.ts$/,
		rooms: ['client'],
		packages: ['$service-worker', 'workbox-precaching', 'workbox-routing'],
		plain: false
	},
	{
		name: 'app types',
		at: /^src\/app\.d\.ts$/,
		rooms: ['type server', 'type api'],
		packages: [],
		plain: false
	},
	{
		name: 'endpoints',
		at: /^src\/routes\/((api|core|sifely)\/|.*\+server\.ts$)/,
		rooms: ['server', 'api'],
		packages: ['@sveltejs/kit', 'zod'],
		plain: false
	},
	{
		// An ordinary client of our endpoints: pages have no way to the server but HTTP.
		name: 'pages',
		at: /^src\/routes\//,
		rooms: ['client', 'ui', 'api', 'lazy demo'],
		packages: ['$app', '@lucide/svelte', '@sveltejs/kit', 'bits-ui', 'svelte'],
		plain: false
	}
];

/** Outside these folders nobody branches on a vendor; `protocol/vendors.ts` binds them all, and
 * `protocol/pairings.ts` those that phones pair. */
const VENDORS: readonly VendorFolder[] = [
	{
		folder: 'src/lib/protocol/noke',
		// What other people's scripts call is open to ours.
		entries: ['profile.ts', 'offline.ts'],
		insiders: [
			'src/lib/protocol/vendors.ts',
			'src/lib/virtual/noke/',
			'src/lib/server/core/',
			'src/lib/api/core/'
		]
	},
	{
		folder: 'src/lib/virtual/noke',
		entries: [],
		insiders: ['src/lib/client/demo']
	},
	{
		folder: 'src/lib/protocol/ttlock',
		entries: ['profile.ts', 'offline.ts', 'ekey.ts'],
		insiders: [
			'src/lib/protocol/vendors.ts',
			'src/lib/protocol/pairings.ts',
			'src/lib/virtual/ttlock/',
			'src/lib/server/sifely/',
			'src/lib/api/sifely/'
		]
	},
	{
		folder: 'src/lib/virtual/ttlock',
		entries: [],
		insiders: ['src/lib/client/demo']
	}
];

/** The suite that anybody may run against any server: it has HTTP and virtual locks, nothing of ours. */
const CONFORMANCE: Room = {
	name: 'conformance',
	at: /^tests\/conformance\//,
	rooms: ['protocol', 'virtual'],
	packages: ['node:'],
	plain: true
};
/** Where the suite meets this server. */
const ON_HASP = 'tests/conformance/on-hasp/';

const VAGUE = /^(utils?|helpers?|common|managers?|services?)$/;
const LONGEST = 300;

const files = filesUnder('src');
const imports = importsUnder('src');
const complaints = (list: readonly (string | null)[]): string[] =>
	list.filter((complaint) => complaint !== null);

describe('the house', () => {
	test('imports only along the arrows', () => {
		expect(complaints(imports.map((one) => judge(ROOMS, one)))).toEqual([]);
	});
	test('keeps vendors within their folders', () => {
		expect(complaints(imports.map((one) => judgeVendor(VENDORS, one)))).toEqual([]);
	});
	test('has no circle among folders', () => {
		expect(folderCycle(imports)).toBeNull();
	});
	test('leaves no module without a room', () => {
		const modules = files.filter((file) => /\.(ts|js|svelte)$/.test(file));
		expect(modules.filter((file) => !roomOf(ROOMS, file))).toEqual([]);
	});
	test('names files by noun, without barrels', () => {
		expect(files.flatMap(nameComplaints)).toEqual([]);
	});
	test('has no file past 300 lines', () => {
		const own = [...files, ...filesUnder('tests')].filter((file) => /\.(ts|js|svelte)$/.test(file));
		const long = own.filter((file) => lineCount(readFileSync(file, 'utf8')) > LONGEST);
		expect(long).toEqual([]);
	});
	test('lets the conformance suite know nothing of the server', () => {
		const own = importsUnder('tests/conformance').filter(({ from }) => !from.startsWith(ON_HASP));
		const outward = own.filter(({ to }) => !/^tests\/conformance\/(?!on-hasp\/)/.test(to));
		expect(outward.length).toBeGreaterThan(0);
		expect(complaints(outward.map((one) => judge([...ROOMS, CONFORMANCE], one)))).toEqual([]);
	});
});

describe('the checker notices', () => {
	test.each([
		['src/lib/protocol/a.ts', "import '../server/a.ts'"],
		['src/lib/protocol/a.ts', "import 'zod'"],
		['src/lib/protocol/a.ts', "import 'node:fs'"],
		['src/lib/virtual/noke/a.ts', "import type { A } from '../../link/a.ts'"],
		['src/lib/link/memory.ts', "import { A } from '../virtual/noke/a.ts'"],
		['src/lib/vault/a.ts', "export * from '../api/a.ts'"],
		['src/lib/api/app/a.ts', "type A = import('../../server/a.ts').A"],
		['src/lib/client/a.ts', "const a = await import('../virtual/noke/a.ts')"],
		['src/lib/client/a.ts', "import { openDemo } from './demo.ts'"],
		['src/lib/client/a.ts', "import '../server/a.ts'"],
		['src/lib/ui/A.svelte', "<script>import { call } from '$lib/client/call.ts'</script>"],
		['src/lib/ui/A.svelte', "{#await import('$lib/client/demo.ts')}{/await}"],
		['src/lib/server/a.ts', "import { json } from '@sveltejs/kit'"],
		['src/lib/server/a.ts', "import '../client/a.ts'"],
		['src/routes/(app)/+page.server.ts', "import '$lib/server/a.ts'"],
		['src/routes/api/a/+server.ts', "import '$lib/client/a.ts'"],
		['src/hooks.server.ts', "import '$lib/client/a.ts'"],
		['src/cli/hasp.ts', "import '../lib/client/a.ts'"],
		['src/lib/shared/a.ts', "import 'zod'"],
		['src/lib/client/a.ts', 'const a = await import(name)'],
		['src/lib/client/a.ts', "import '$lib/api/a.ts'"],
		['src/lib/server/a.ts', "import './b'"]
	])('a wrong import in %s: %s', (from, text) => {
		const found = importsIn(from, text);
		expect(found).toHaveLength(1);
		expect(complaints(found.map((one) => judge(ROOMS, one)))).toHaveLength(1);
	});
	test.each([
		['src/lib/protocol/noke/frame.ts', "import { aes } from '../aes.ts'"],
		['src/lib/client/a.ts', "const { openDemo } = await import('./demo.ts')"],
		['src/lib/ui/A.svelte', "<script>import type { Phase } from '$lib/client/phases.ts'</script>"],
		['src/lib/ui/A.svelte', "<script>import { type Phase } from '$lib/client/phases.ts'</script>"],
		['src/routes/(app)/+page.ts', "import type { PageLoad } from './$types'"],
		['src/routes/core/[...path]/+server.ts', "import { A } from '$lib/server/core/a.ts'"]
	])('nothing wrong in %s: %s', (from, text) => {
		expect(complaints(importsIn(from, text).map((one) => judge(ROOMS, one)))).toEqual([]);
	});
	test.each([
		['src/lib/client/a.ts', "import '../protocol/noke/messages.ts'"],
		['src/lib/protocol/aes.ts', "import './noke/frame.ts'"],
		['src/lib/server/people/a.ts', "import '../../protocol/noke/derive.ts'"],
		['src/lib/link/bluetooth.ts', "import '../virtual/noke/lock.ts'"],
		['src/lib/client/a.ts', "import '../protocol/ttlock/programs.ts'"],
		['src/lib/vault/a.ts', "import '../protocol/ttlock/frame.ts'"]
	])('a vendor reached from outside by %s: %s', (from, text) => {
		const [found] = importsIn(from, text);
		expect(found && judgeVendor(VENDORS, found)).toMatch(/reaches into/);
	});
	test.each(["import '../../src/lib/server/keys.ts'", "import './on-hasp/house.ts'"])(
		'the conformance suite looking into the server: %s',
		(text) => {
			const found = importsIn('tests/conformance/a.ts', text);
			expect(complaints(found.map((one) => judge([...ROOMS, CONFORMANCE], one)))).toHaveLength(1);
		}
	);
	test('a circle among folders', () => {
		const one = importsIn('src/lib/server/core/a.ts', "import '../people/b.ts'");
		const back = importsIn('src/lib/server/people/b.ts', "import type { A } from '../core/a.ts'");
		expect(folderCycle(one)).toBeNull();
		expect(folderCycle([...one, ...back])).toHaveLength(3);
	});
	test('a vague name, a barrel and a long file', () => {
		expect(nameComplaints('src/lib/server/utils.ts')).toHaveLength(1);
		expect(nameComplaints('src/lib/client/helpers/a.ts')).toHaveLength(1);
		expect(nameComplaints('src/lib/api/index.ts')).toHaveLength(1);
		expect(nameComplaints('src/service-worker.ts')).toHaveLength(0);
		expect(lineCount('a\n'.repeat(LONGEST))).toBe(LONGEST);
		expect(lineCount('a\n'.repeat(LONGEST + 1))).toBeGreaterThan(LONGEST);
	});
});

function nameComplaints(file: string): string[] {
	const parts = file.split('/').map((part) => part.split('.')[0] ?? '');
	const vague = parts.filter((part) => VAGUE.test(part)).map((part) => `${file}: ${part}`);
	const barrel = /^src\/lib\/.*\bindex\.(svelte\.)?(ts|js)$/.test(file) ? [`${file}: barrel`] : [];
	return [...vague, ...barrel];
}

function lineCount(text: string): number {
	return text.replace(/\n$/, '').split('\n').length;
}

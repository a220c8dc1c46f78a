import { basename } from 'node:path/posix';
import { expect, test } from 'vitest';
import { filesUnder } from '../setup/imports.ts';

const LANGUAGES = ['src/lib/protocol/noke', 'src/lib/protocol/ttlock'] as const;

/** Files for what one vendor's locks have and the other's have not. */
const OWN: Record<(typeof LANGUAGES)[number], readonly string[]> = {
	'src/lib/protocol/noke': ['fob.ts', 'quick-clicks.ts'],
	'src/lib/protocol/ttlock': [
		'dates.ts',
		'ekey.ts',
		'exchanges.ts',
		'features.ts',
		'pairing.ts',
		'passage.ts',
		'passcodes.ts',
		'random-passcodes.ts',
		'reset-keys.ts',
		'settle-passcode.ts',
		'taking.ts',
		'upkeep.ts'
	]
};

/** What both languages have, by the file that exports it in both. */
const SAME: Record<string, readonly string[]> = {
	'answers.ts': ['RESULTS', 'parseAnswer'],
	'commands.ts': ['OPCODE'],
	'frame.ts': [
		'BLOCK_LENGTH',
		'PACKET_LENGTH',
		'openAnswer',
		'openCommand',
		'sealAnswer',
		'sealCommand'
	],
	'grant.ts': ['mintOfflineGrant'],
	'profile.ts': [
		'GATT',
		'LOCK_STATE',
		'buildAdvertisement',
		'buildName',
		'isNameOf',
		'kindOf',
		'namesOf',
		'parseAdvertisement',
		'parseName'
	],
	'programs.ts': ['ANSWER_WITHIN', 'converse'],
	'records.ts': ['RECORD_ACTION', 'parseRecord', 'recordBody'],
	'writes.ts': ['getLogs', 'opening', 'parseGetLogs', 'reset']
};

const exportsOf = async (folder: string, file: string): Promise<string[]> =>
	Object.keys((await import(`../../${folder}/${file}`)) as object);

test('vendors have equal files, but for what only one of them has', () => {
	const shared = LANGUAGES.map((folder) =>
		filesUnder(folder)
			.map((file) => basename(file))
			.filter((file) => !OWN[folder].includes(file))
	);
	for (const files of shared) expect(files).toEqual(shared[0]);
});

test.each(Object.entries(SAME))('the same thing has the same name: %s', async (file, names) => {
	for (const folder of LANGUAGES)
		expect(await exportsOf(folder, file), folder).toEqual(expect.arrayContaining([...names]));
});

test('and nothing that both export is missing above', async () => {
	const [first, second] = LANGUAGES;
	for (const path of filesUnder(first)) {
		const file = basename(path);
		if (OWN[first].includes(file)) continue;
		const others = await exportsOf(second, file);
		const both = (await exportsOf(first, file)).filter((name) => others.includes(name)).sort();
		expect([file, both]).toEqual([file, [...(SAME[file] ?? [])].sort()]);
	}
});

import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { readNoke } from '../vectors/read.ts';

const node = new URL('../../node_modules/.bin/node', import.meta.url).pathname;
const folder = new URL('../../src/lib/protocol/noke/', import.meta.url).href;

/** The last line that this program prints, run by Node alone: no bundler, no loader. */
function run(program: string): unknown {
	const options = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program];
	return JSON.parse(execFileSync(node, options, { encoding: 'utf8' }));
}

it('other people’s scripts make offline packets with Node alone', () => {
	const [plain] = readNoke().offlineUnlock;
	const { offlineKey, unlockCmd, session, unixTime } = plain!.input;
	const answer = run(`
		import { offlineUnlockPacket, scheduledUnlockPacket } from '${folder}offline.ts';
		const session = Uint8Array.from(Buffer.from('${session}', 'hex'));
		const grant = { offlineKey: '${offlineKey}', unlockCommand: '${unlockCmd}', session };
		const hex = (bytes) => Buffer.from(bytes).toString('hex');
		console.log(JSON.stringify([
			hex(offlineUnlockPacket({ ...grant, at: ${unixTime} })),
			hex(scheduledUnlockPacket(grant))
		]));
	`);
	const scheduled = readNoke().offlineUnlock.find(({ id }) => id === 'offline-5-scheduled');
	expect(answer).toEqual([plain!.expect.packet, scheduled!.expect.packet]);
});

it('and read names and sessions', () => {
	const answer = run(`
		import { parseName, parseSession } from '${folder}profile.ts';
		const session = Uint8Array.from(Buffer.from('0000040ba7b0d91f7f45ad25698a18375c7e4f16', 'hex'));
		console.log(JSON.stringify({ ...parseName('NOKE4I_F1E2D3C4B5A6'), ...parseSession(session) }));
	`);
	expect(answer).toEqual({
		mac: 'F1:E2:D3:C4:B5:A6',
		hardwareType: '4I',
		batteryMillivolts: 2820,
		session: '0000040ba7b0d91f7f45ad25698a18375c7e4f16'
	});
});

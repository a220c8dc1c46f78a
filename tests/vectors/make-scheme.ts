/**
 * Writes scheme.json: worked examples of docs/lock-scheme.md, made by reference.ts.
 *
 *     node tests/vectors/make-scheme.ts > tests/vectors/scheme.json
 */
import {
	base,
	root,
	session,
	secondSession,
	T,
	FOR_EVER,
	GENERATION,
	master,
	underMaster,
	commandExample,
	grantExample,
	serverExample
} from './examples.ts';
import {
	ackBody,
	addLock,
	app,
	authKey,
	clearLocks,
	clearQuickClick,
	digestOf,
	engage,
	firmwareUpdate,
	getLogs,
	getQuickClicks,
	hex,
	K,
	MAC,
	mix,
	packets,
	recordBody,
	removeKey,
	removeLock,
	reset,
	server,
	setKey,
	setQuickClick,
	setSettings,
	setUp,
	setUpFob,
	shutDown,
	un,
	unlock,
	unshackle,
	type Command
} from './reference.ts';

/** A lock out of the box, its button pressed once, opened for the first time: every byte on the air. */
function firstContact() {
	const writes = [reset, setKey(1, K(root, GENERATION, 1, 1), 0, FOR_EVER), removeKey(2)];
	const sent: { name: string; c: Command; epoch: number }[] = [
		...writes.map((c, i) => ({ name: `write ${i + 1}`, c, epoch: 0 })),
		{ name: 'set up', c: setUp(writes, base, master(1), 1), epoch: 0 },
		{ name: 'unlock', c: unlock(0x4d), epoch: 1 }
	];
	const by = { key: master(1), epoch: 1, session };
	const said = { epoch: 1, clockWasUnknown: false, explicitLock: false };
	const exchanges = sent.flatMap(({ name, c, epoch }, i) => {
		const id = i + 1;
		return packets(c, underMaster(epoch), id, T, session).map((packet) => ({
			name,
			write: hex(packet),
			answers: [hex(app(0x60, id))]
		}));
	});
	const setUpDone = exchanges.at(-2)!;
	setUpDone.answers.unshift(
		hex(
			server(
				by,
				0x74,
				4,
				0,
				ackBody({
					...said,
					opcode: 0xa1,
					result: 0x60,
					lockState: 3,
					moreRecords: true,
					argument: 3
				})
			)
		)
	);
	const opened = { ...said, opcode: 0xa2, result: 0x60, lockState: 0, moreRecords: false };
	exchanges
		.at(-1)!
		.answers.unshift(
			hex(server(by, 0x75, 5, 1, ackBody({ ...opened, argument: 0x4d }))),
			hex(server(by, 0x76, 5, 2, recordBody({ counter: 1, time: 0, action: 7, who: 0 }))),
			hex(server(by, 0x76, 5, 3, recordBody({ counter: 2, time: T, action: 4, who: 0x4d })))
		);
	return {
		note: 'a lock out of the box, its button pressed once; then its shackle is closed again',
		baseKey: hex(base),
		entropy: hex(session.subarray(4)),
		batteryMillivolts: session.readUInt16LE(2),
		session: hex(session),
		exchanges,
		afterClosing: hex(app(0x64, 1, 1))
	};
}

export function makeScheme() {
	const slotKey = K(root, GENERATION, 1, 1);
	const writes = [reset, setKey(1, slotKey, T, T + 604_800), removeKey(100)];
	const extras = [clearQuickClick(0), setQuickClick(7, '0110', 3, true), setSettings(true)];
	const fobWrites = [clearLocks, addLock(1, slotKey, 'F1:E2:D3:C4:B5:A6', 1), removeLock(2)];
	const flags = { clockWasUnknown: false, moreRecords: false, explicitLock: false };
	const unlocked = { opcode: 0xa2, epoch: 1, ...flags };
	return {
		source:
			'Made by make-scheme.ts from docs/lock-scheme.md with node:crypto alone (AES-128-ECB, HKDF; AES-CMAC by hand). It shares no code with Hasp. Packets, bodies and digests were checked once more with Python over OpenSSL.',
		conventions: { hex: 'lower case', time: 'Unix seconds' },
		lock: { baseKey: hex(base), root: hex(root), generation: GENERATION },
		mixes: [
			{ key: hex(base), session: hex(session), expect: hex(mix(base, session)) },
			{
				key: hex(master(1)),
				session: hex(secondSession),
				expect: hex(mix(master(1), secondSession))
			}
		],
		macs: ['', '01', '00'.repeat(15), 'ff'.repeat(16), 'a5'.repeat(17), '3c'.repeat(48)].map(
			(message) => ({
				key: hex(base),
				message,
				authKey: hex(authKey(base)),
				expect: hex(MAC(base, un(message)))
			})
		),
		keys: [
			[1, 1, 0],
			[1, 1, 1],
			[1, 2, 100],
			[2, 70_000, 0],
			[0xffffffff, 0xffffffff, 255]
		].map(([generation, epoch, slot]) => ({
			root: hex(root),
			generation,
			epoch,
			slot,
			expect: hex(K(root, generation!, epoch!, slot!))
		})),
		digests: [[], [reset], writes, extras, fobWrites].map((list) => ({
			key: hex(base),
			writes: list.map((w) => ({ opcode: w.opcode, argument: w.argument, data: hex(w.data) })),
			expect: hex(digestOf(base, list))
		})),
		commands: [
			commandExample('shut down', shutDown, 1, 255, T),
			commandExample('set up, first contact', setUp([], base, master(1), 1), 0, 1, T),
			commandExample('set up, rotation', setUp(writes, master(1), master(2), 2), 1, 9, T),
			commandExample('unlock', unlock(0x4d), 1, 3, T),
			commandExample('unlock at epoch 0', unlock(0), 0, 1, T),
			commandExample('unlock without time', unlock(255), 2, 128, 0, secondSession),
			commandExample('remove limited key', removeKey(100), 1, 2, T),
			commandExample('get logs', getLogs(0x010203), 1, 4, T),
			commandExample('reset', reset, 1, 1, T),
			commandExample('set key', setKey(1, slotKey, T, T + 604_800), 1, 2, T),
			commandExample('set key, always', setKey(100, slotKey, 0, FOR_EVER), 0, 7, T),
			commandExample('unshackle', unshackle(9), 1, 5, T),
			commandExample('set quick click', setQuickClick(7, '0110', 3, true), 1, 2, T),
			commandExample('set quick click, shortest', setQuickClick(1, '000', 255, false), 1, 3, T),
			commandExample(
				'set quick click, longest',
				setQuickClick(100, '100000000000000000000001', 254, false),
				1,
				4,
				T
			),
			commandExample('clear quick click', clearQuickClick(100), 1, 5, T),
			commandExample('clear all quick clicks', clearQuickClick(0), 1, 6, T),
			commandExample('get quick clicks', getQuickClicks, 1, 7, T),
			commandExample('set settings', setSettings(true), 1, 8, T),
			commandExample('set settings, none', setSettings(false), 1, 9, T),
			commandExample('engage', engage(9), 1, 10, T),
			commandExample('firmware update', firmwareUpdate, 1, 11, T),
			commandExample('clear locks', clearLocks, 0, 1, T),
			commandExample('add lock', addLock(1, slotKey, 'F1:E2:D3:C4:B5:A6', 100), 0, 2, T),
			commandExample('remove lock', removeLock(100), 1, 3, T),
			commandExample('set up fob', setUpFob(fobWrites, base, master(1), 1), 0, 4, T),
			commandExample('time above 2^31', unlock(1), 70_000, 6, 0x80000000, secondSession)
		],
		grants: [
			grantExample(1, 1, session, T),
			grantExample(100, 1, secondSession, 0x80000000),
			grantExample(42, 7, session, 1)
		],
		appPackets: [
			...[0x60, 0x61, 0x62, 0x63, 0x65, 0x68, 0x69, 0x6a, 0x6d].map((result) => ({
				input: { result, id: 0x1f },
				expect: hex(app(result, 0x1f))
			}))
		],
		shutdowns: [
			{ input: { open: true, timedOut: true }, expect: hex(app(0x64, 0, 0)) },
			{ input: { open: true, timedOut: false }, expect: hex(app(0x64, 0, 1)) },
			{ input: { open: false, timedOut: true }, expect: hex(app(0x64, 1, 0)) },
			{ input: { open: false, timedOut: false }, expect: hex(app(0x64, 1, 1)) }
		],
		serverPackets: [
			serverExample('key', 0x74, 1, 4, 0, {
				ack: {
					...unlocked,
					opcode: 0xa1,
					result: 0x60,
					lockState: 3,
					moreRecords: true,
					argument: 3
				}
			}),
			serverExample('unlock', 0x75, 1, 5, 1, {
				ack: { ...unlocked, result: 0x60, lockState: 0, argument: 0x4d }
			}),
			serverExample('refused by the window, clock unknown', 0x75, 1, 0, 2, {
				ack: { ...unlocked, result: 0x6d, lockState: 3, clockWasUnknown: true, argument: 1 }
			}),
			serverExample('unshackled', 0x75, 70_000, 255, 255, {
				ack: {
					opcode: 0xb2,
					result: 0x60,
					epoch: 70_000,
					lockState: 2,
					moreRecords: true,
					clockWasUnknown: true,
					explicitLock: true,
					argument: 255
				}
			}),
			serverExample('engaged, explicit lock is on', 0x75, 1, 5, 1, {
				ack: {
					...unlocked,
					opcode: 0xb4,
					result: 0x60,
					lockState: 3,
					explicitLock: true,
					argument: 9
				}
			}),
			serverExample('log', 0x76, 1, 5, 3, {
				record: { counter: 0x010203, time: T, action: 1, who: 0x4d }
			}),
			serverExample('key, of a fob', 0x74, 1, 4, 0, {
				ack: { ...unlocked, opcode: 0xc0, result: 0x60, lockState: 3, argument: 3 }
			}),
			serverExample('quick click', 0x77, 1, 7, 4, {
				quickClick: { position: 7, uses: 2, code: '0110', counter: 0x010203 }
			}),
			serverExample('quick click, used up', 0x77, 1, 7, 5, {
				quickClick: { position: 100, uses: 0, code: '100000000000000000000001', counter: 0xffffff }
			}),
			serverExample('log, greatest values', 0x76, 0, 255, 256, {
				record: { counter: 0xffffff, time: 0xffffffff, action: 9, who: 255 }
			})
		],
		firstContact: firstContact()
	};
}

if (process.argv[1] === import.meta.filename)
	process.stdout.write(`${JSON.stringify(makeScheme(), null, '\t')}\n`);

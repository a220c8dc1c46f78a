import type { Case } from '../case.ts';
import { succeeded } from '../envelope.ts';
import { holds, same, someText } from '../shape.ts';
import { newSession, type Stand } from '../stand.ts';
import { badInputs, foreignAsAbsent } from './refusals.ts';

const DONE = { request: 'upload', data: { check: () => null } };

/** A padlock that has been opened, and what it said, not handed in yet. */
async function said(stand: Stand) {
	const lock = await stand.padlock();
	const { session, server } = await stand.open(lock, { upload: false, trackingKey: 'upload' });
	return {
		mac: lock.mac,
		session,
		received_time: Math.floor(Date.now() / 1000),
		responses: server
	};
}

async function eventsOf(stand: Stand, mac: string): Promise<number> {
	return (await stand.data('activity/', { lock_macs: [mac] })).activity.length;
}

export const UPLOAD_CASES: readonly Case[] = [
	{
		name: 'upload/example',
		rule: 'text, POST /upload/: example; section 3.4: error_code and message for the library',
		run: async (stand) => {
			const answer = await stand.tell('upload/', { logs: [await said(stand)] });
			succeeded(answer, DONE);
			holds(someText.check(answer.body.message, '') === null, 'message: expected a text');
		}
	},
	{
		name: 'upload/to-the-base',
		rule: 'treatment 20: Android posts {logs} to exactly the URL it was given',
		run: async (stand) => {
			const log = await said(stand);
			const before = await eventsOf(stand, log.mac);
			succeeded(await stand.tell('', { logs: [log] }), DONE);
			holds((await eventsOf(stand, log.mac)) > before, 'activity: expected more than before');
		}
	},
	{
		name: 'upload/none',
		rule: 'section 3.4: an empty queue is no error',
		run: async (stand) => {
			succeeded(await stand.tell('upload/', { logs: [] }), DONE);
		}
	},
	{
		name: 'upload/upper-case',
		rule: 'section 2: hex in either case',
		run: async (stand) => {
			const log = await said(stand);
			const logs = [
				{
					...log,
					mac: log.mac.toLowerCase(),
					session: log.session.toUpperCase(),
					responses: log.responses.map((one) => one.toUpperCase())
				}
			];
			const before = await eventsOf(stand, log.mac);
			succeeded(await stand.tell('upload/', { logs }), DONE);
			holds((await eventsOf(stand, log.mac)) > before, 'activity: expected more than before');
		}
	},
	{
		name: 'upload/twice',
		rule: 'section 3.4: the queue is sent again until it is answered; nothing happened twice',
		run: async (stand) => {
			const log = await said(stand);
			succeeded(await stand.tell('upload/', { logs: [log] }), DONE);
			const once = await eventsOf(stand, log.mac);
			for (const logs of [[log], [log, log]])
				succeeded(await stand.tell('upload/', { logs }), DONE);
			same(await eventsOf(stand, log.mac), once, 'events of this lock');
		}
	},
	{
		name: 'upload/several-locks',
		rule: 'section 3.4: one entry for each session, of any locks',
		run: async (stand) => {
			const locks = await stand.padlocks(2);
			const logs: object[] = [];
			const before: number[] = [];
			for (const lock of locks) {
				const { session, server } = await stand.open(lock, { upload: false });
				logs.push({ session, mac: lock.mac, received_time: 1518141482, responses: server });
				before.push(await eventsOf(stand, lock.mac));
			}
			succeeded(await stand.tell('upload/', { logs }), DONE);
			for (const [i, { mac }] of locks.entries())
				holds((await eventsOf(stand, mac)) > before[i]!, `activity of ${mac}: expected more`);
		}
	},
	{
		name: 'upload/absent-or-foreign',
		rule: 'error code 7: lock not found, the same for a lock of another company',
		run: (stand) =>
			foreignAsAbsent(
				stand,
				'upload',
				(mac) => ({
					logs: [
						{ session: newSession(), mac, received_time: 1518141482, responses: ['50'.repeat(20)] }
					]
				}),
				{ key: 'mobile' }
			)
	},
	...badInputs(
		'upload',
		'treatment 14 and the types of the example',
		{
			'no logs': () => ({}),
			'text for logs': () => ({ logs: 'x' }),
			'no mac': () => ({ logs: [{ session: newSession(), received_time: 1, responses: [] }] }),
			'session that is not hex': (stand) => ({
				logs: [
					{
						session: '8675309j3nNy1V3G0ty0uRnUMB3r',
						mac: stand.mac(),
						received_time: 1518141482,
						responses: []
					}
				]
			}),
			'responses that are not hex': (stand) => ({
				logs: [
					{
						session: newSession(),
						mac: stand.mac(),
						received_time: 1518141482,
						responses: ['8675f1v3tHr3309867', '530931gHTs1x75309']
					}
				]
			})
		},
		'mobile'
	)
];

import type { Case } from '../case.ts';
import { succeeded } from '../envelope.ts';
import { anyText, each, either, fits, holds, same, that, type Shape } from '../shape.ts';
import { absentMac, type Stand } from '../stand.ts';
import { MAC } from './lock.ts';
import { badInputs, withoutMac } from './refusals.ts';

const ACTIONS = [
	'alarm_triggered',
	'button_touched',
	'failed_unlock',
	'locked',
	'proximity_stats',
	'setup_unlocked',
	'start_up',
	'unknown',
	'unlock_via_access_code',
	'unlocked',
	'unlocked_via_quick_click',
	'wake_stats'
] as const;
const LEFT_OUT = ['button_touched', 'proximity_stats', 'wake_stats'] as const;

const DATE = that('a moment like 2018-03-15T17:26:41Z', (value) => {
	const text = String(value);
	return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) && !Number.isNaN(Date.parse(text));
});

const EVENT: Shape = {
	lock_mac: MAC,
	action: either(...ACTIONS),
	recorded_time: DATE,
	range_date_start: DATE,
	range_date_end: DATE,
	tracking_key: anyText
};

interface Event {
	lock_mac: string;
	action: string;
	recorded_time: string;
	range_date_start: string;
	range_date_end: string;
	tracking_key: string;
}

async function events(stand: Stand, body: unknown): Promise<Event[]> {
	const answer = await stand.ask('activity/', body);
	succeeded(answer, { request: 'activity', data: { activity: each(EVENT) } });
	return answer.body.data.activity;
}

let keys = 0;

/** A padlock opened once, by somebody nobody else is. */
async function opened(stand: Stand, receivedTime?: number) {
	const lock = await stand.padlock();
	const trackingKey = `visitor-${Date.now()}-${++keys}@example.com`;
	const { session, server } = await stand.open(lock, { upload: false, trackingKey });
	await stand.upload(lock.mac, session, server, receivedTime);
	return { lock, mac: lock.mac, trackingKey };
}

const at = (seconds: number): string => `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;

export const ACTIVITY_CASES: readonly Case[] = [
	{
		name: 'activity/example-all',
		rule: 'text, POST /activity/: example with an empty body, every field of the answer',
		run: async (stand) => {
			const { trackingKey } = await opened(stand);
			for (const body of [{}, undefined]) {
				const seen = (await events(stand, body)).map(({ tracking_key }) => tracking_key);
				same(seen.includes(trackingKey), true, 'the opening of a moment ago is there');
			}
		}
	},
	{
		name: 'activity/example-filters',
		rule: 'text, POST /activity/: example with every filter; treatment 15: unlock for unlocked',
		run: async (stand) => {
			const { mac, trackingKey } = await opened(stand);
			const now = Date.now() / 1000;
			const body = {
				lock_macs: [mac, absentMac()],
				actions: ['unlock', 'alarm_triggered'],
				tracking_keys: [trackingKey, 'nobody@example.com'],
				before: at(now + 60),
				after: at(now - 600)
			};
			const seen = (await events(stand, body)).map(({ lock_mac, action, tracking_key }) => [
				lock_mac,
				action,
				tracking_key
			]);
			same(seen, [[mac, 'unlocked', trackingKey]], 'the events');
		}
	},
	{
		name: 'activity/tracking-key',
		rule: 'text, POST /activity/: the string sent up on the unlock endpoint',
		run: async (stand) => {
			const { trackingKey } = await opened(stand);
			const seen = await events(stand, { tracking_keys: [trackingKey] });
			same(seen.map(({ action }) => action), ['unlocked'], 'the actions by this tracking key');
		}
	},
	{
		name: 'activity/recorded-time',
		rule: 'text, POST /activity/: recorded_time is when the mobile device received the log',
		run: async (stand) => {
			const receivedTime = Math.floor(Date.now() / 1000) - 30;
			const { trackingKey } = await opened(stand, receivedTime);
			const [event] = await events(stand, { tracking_keys: [trackingKey] });
			same(event?.recorded_time, at(receivedTime), 'recorded_time');
		}
	},
	{
		name: 'activity/range',
		rule: 'text, POST /activity/: earliest and latest moment; treatment 28: equal is exact',
		run: async (stand) => {
			const asked = Math.floor(Date.now() / 1000);
			const { trackingKey } = await opened(stand);
			const [event] = await events(stand, { tracking_keys: [trackingKey] });
			const { range_date_start: start, range_date_end: end } = event!;
			holds(start <= end, `range: expected a start that is not after the end, came ${start}, ${end}`);
			const from = Date.parse(start) / 1000;
			holds(Math.abs(from - asked) <= 300, `range_date_start: expected about ${at(asked)}`);
		}
	},
	{
		name: 'activity/setup',
		rule: 'text, POST /activity/: setup_unlocked is the first unlock',
		run: async (stand) => {
			const lock = stand.fresh();
			await stand.open(lock);
			const seen = await events(stand, { lock_macs: [lock.mac] });
			same(seen.map(({ action }) => action), ['setup_unlocked'], 'the actions of a new lock');
		}
	},
	{
		name: 'activity/left-out',
		rule: 'text, POST /activity/: button_touched, proximity_stats and wake_stats by name only',
		run: async (stand) => {
			const { mac } = await opened(stand);
			const usual = (await events(stand, { lock_macs: [mac] })).map(({ action }) => action);
			for (const action of LEFT_OUT)
				same(usual.includes(action), false, `${action} among the usual actions`);
			const named = await events(stand, { lock_macs: [mac], actions: ['button_touched'] });
			holds(named.length > 0, 'button_touched, asked for: expected at least one');
		}
	},
	{
		name: 'activity/actions',
		rule: 'text, POST /activity/: only the actions named',
		run: async (stand) => {
			const { mac } = await opened(stand);
			for (const action of ['unlocked', 'locked']) {
				const seen = await events(stand, { lock_macs: [mac], actions: [action] });
				holds(seen.length > 0, `${action}: expected at least one`);
				fits(seen, each({ ...(EVENT as object), action }), `events of the action ${action}`);
			}
			same(await events(stand, { actions: ['alarm_triggered'], lock_macs: [mac] }), [], 'alarms');
		}
	},
	{
		name: 'activity/unknown-action',
		rule: 'treatment 15: unknown names match nothing',
		run: async (stand) => {
			await opened(stand);
			same(await events(stand, { actions: ['dance'] }), [], 'events of an unknown action');
			const both = await events(stand, { actions: ['dance', 'unlocked'] });
			holds(both.length > 0, 'unlocked beside an unknown name: expected at least one');
		}
	},
	{
		name: 'activity/locks',
		rule: 'text, POST /activity/: only of the locks named, in any case',
		run: async (stand) => {
			const { mac } = await opened(stand);
			const seen = await events(stand, { lock_macs: [mac.toLowerCase()] });
			holds(seen.length > 0, 'events of the lock: expected at least one');
			fits(seen, each({ ...(EVENT as object), lock_mac: mac }), 'events of one lock');
		}
	},
	{
		name: 'activity/before-and-after',
		rule: 'text, POST /activity/: the latest and the earliest activity to return',
		run: async (stand) => {
			const time = Math.floor(Date.now() / 1000) - 20;
			const { trackingKey } = await opened(stand, time);
			const found = async (range: object) =>
				(await events(stand, { tracking_keys: [trackingKey], ...range })).length;
			same(await found({ before: at(time), after: at(time) }), 1, 'both ends, at the very second');
			same(await found({ after: at(time - 1), before: at(time + 1) }), 1, 'between the two');
			same(await found({ after: at(time + 1) }), 0, 'after a second later');
			same(await found({ before: at(time - 1) }), 0, 'before a second earlier');
		}
	},
	{
		name: 'activity/foreign',
		rule: 'error codes 6 and 7: a lock of another company tells no more than an absent one',
		run: async (stand) => {
			const texts: string[] = [];
			for (const mac of [stand.foreignLock(), absentMac()]) {
				const answer = await stand.ask('activity/', { lock_macs: [mac] });
				same(answer.body?.data?.activity ?? [], [], 'the events of a lock that is not ours');
				texts.push(withoutMac(answer.text, mac));
			}
			same(texts[0], texts[1], 'the answer about a foreign lock');
			const all = await events(stand, {});
			const macs = new Set(all.map(({ lock_mac }) => lock_mac));
			same(macs.has(stand.foreignLock()), false, 'a foreign lock among all events');
		}
	},
	...badInputs('activity', 'the types of the table', {
		'no date': () => ({ before: 'yesterday' }),
		'no such month': () => ({ after: '2018-13-01T00:00:00Z' }),
		'number for a date': () => ({ after: 1518141482 }),
		'text for locks': () => ({ lock_macs: 'all' }),
		'five octets': () => ({ lock_macs: ['F1:E2:D3:C4:B5'] }),
		'text for actions': () => ({ actions: 'unlocked' }),
		'numbers for tracking keys': () => ({ tracking_keys: [1] })
	})
];

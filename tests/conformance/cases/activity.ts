import { setTimeout as delay } from 'node:timers/promises';
import type { Case } from '../case.ts';
import { holds, same } from '../shape.ts';
import { absentMac } from '../stand.ts';
import { events, opened, at } from './events.ts';

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
			same(
				seen.map(({ action }) => action),
				['unlocked'],
				'the actions by this tracking key'
			);
		}
	},
	{
		name: 'activity/any-tracking-key',
		rule: 'treatment 29: tracking keys are free strings',
		run: async (stand) => {
			const lock = await stand.padlock();
			for (const text of ['[email\u00a0protected]', 'Zoë "Z" O\'Hara \u{1f512}', '+1 (555) 010']) {
				const trackingKey = `${text} ${lock.mac} ${Date.now()}`;
				await stand.open(lock, { trackingKey });
				const seen = await events(stand, { tracking_keys: [trackingKey] });
				same(
					seen.map((one) => one.tracking_key),
					[trackingKey],
					'tracking_key'
				);
			}
		}
	},
	{
		name: 'activity/recorded-time',
		rule: 'text, POST /activity/: recorded_time is when the mobile device received the log',
		run: async (stand) => {
			const lock = stand.fresh();
			const trackingKey = `received-${lock.mac}`;
			const { session, server } = await stand.open(lock, { upload: false, trackingKey });
			const receivedTime = Math.ceil(Date.now() / 1000) + 1;
			// The phone hands it in some time after it was received.
			await delay(4_000);
			await stand.upload(lock.mac, session, server, receivedTime);
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
			same(end, start, 'range_date_end of an online opening, whose time is known');
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
			same(
				seen.map(({ action }) => action),
				['setup_unlocked'],
				'the actions of a new lock'
			);
		}
	}
];

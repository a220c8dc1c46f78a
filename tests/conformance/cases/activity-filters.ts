import type { Case } from '../case.ts';
import { each, fits, holds, same } from '../shape.ts';
import { absentMac } from '../stand.ts';
import { badInputs, withoutMac } from './refusals.ts';
import { LEFT_OUT, EVENT, events, opened, at } from './events.ts';

export const ACTIVITY_FILTER_CASES: readonly Case[] = [
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
			const { trackingKey } = await opened(stand);
			const [event] = await events(stand, { tracking_keys: [trackingKey] });
			const time = Date.parse(event!.recorded_time) / 1000;
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

import { succeeded } from '../envelope.ts';
import { anyText, each, either, that, type Shape } from '../shape.ts';
import { type Stand } from '../stand.ts';
import { MAC } from './locks-shown.ts';

export const ACTIONS = [
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
export const LEFT_OUT = ['button_touched', 'proximity_stats', 'wake_stats'] as const;

export const DATE = that('a moment like 2018-03-15T17:26:41Z', (value) => {
	const text = String(value);
	return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) && !Number.isNaN(Date.parse(text));
});

export const EVENT: Shape = {
	lock_mac: MAC,
	action: either(...ACTIONS),
	recorded_time: DATE,
	range_date_start: DATE,
	range_date_end: DATE,
	tracking_key: anyText
};

export interface Event {
	lock_mac: string;
	action: string;
	recorded_time: string;
	range_date_start: string;
	range_date_end: string;
	tracking_key: string;
}

export async function events(stand: Stand, body: unknown): Promise<Event[]> {
	const answer = await stand.ask('activity/', body);
	succeeded(answer, { request: 'activity', data: { activity: each(EVENT) } });
	return answer.body.data.activity;
}

let keys = 0;

/** A padlock opened once, by somebody nobody else is. */
export async function opened(stand: Stand, receivedTime?: number) {
	const lock = await stand.padlock();
	const trackingKey = `visitor-${Date.now()}-${++keys}@example.com`;
	const { session, server } = await stand.open(lock, { upload: false, trackingKey });
	await stand.upload(lock.mac, session, server, receivedTime);
	return { lock, mac: lock.mac, trackingKey };
}

export const at = (seconds: number): string =>
	`${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;

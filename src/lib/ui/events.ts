import type { Component } from 'svelte';
import AudioWaveform from '@lucide/svelte/icons/audio-waveform';
import CircleQuestionMark from '@lucide/svelte/icons/circle-question-mark';
import ChartNoAxesColumn from '@lucide/svelte/icons/chart-no-axes-column';
import Hand from '@lucide/svelte/icons/hand';
import Hash from '@lucide/svelte/icons/hash';
import KeyRound from '@lucide/svelte/icons/key-round';
import Lock from '@lucide/svelte/icons/lock-keyhole';
import LockOpen from '@lucide/svelte/icons/lock-keyhole-open';
import Power from '@lucide/svelte/icons/power';
import Siren from '@lucide/svelte/icons/siren';
import type { ActivityAction } from '../api/app/activity.ts';

export interface EventWords {
	label: string;
	icon: Component;
	/** Something did not work: drawn as a diamond, in the colour of failures. */
	fail?: true;
}

export const EVENTS: Record<ActivityAction, EventWords> = {
	unlocked: { label: 'Opened', icon: LockOpen },
	setup_unlocked: { label: 'Opened, first setup', icon: LockOpen },
	unlocked_via_quick_click: { label: 'Opened by quick click', icon: AudioWaveform },
	unlock_via_access_code: { label: 'Opened by access code', icon: Hash },
	locked: { label: 'Closed', icon: Lock },
	failed_unlock: { label: 'Refused', icon: KeyRound, fail: true },
	alarm_triggered: { label: 'Alarm', icon: Siren, fail: true },
	start_up: { label: 'Started, battery in', icon: Power },
	button_touched: { label: 'Button pressed', icon: Hand },
	wake_stats: { label: 'Wake-ups counted', icon: ChartNoAxesColumn },
	proximity_stats: { label: 'Passers-by counted', icon: ChartNoAxesColumn },
	unknown: { label: 'Not known', icon: CircleQuestionMark }
};

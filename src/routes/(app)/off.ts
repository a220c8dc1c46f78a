import { online } from 'svelte/reactivity/window';
import type { ClientErrorCode } from '$lib/client/call.ts';

/**
 * No network worth the name: the browser says so, or what was asked last found no server. A phone may
 * have a network that leads nowhere. Reactive.
 */
export function isOff(...asked: readonly { refusal: ClientErrorCode | null }[]): boolean {
	return online.current === false || asked.some(({ refusal }) => refusal === 'no-network');
}

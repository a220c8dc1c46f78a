import { afterEach, expect, test, vi } from 'vitest';
import { LOCK_TALKS } from '../../src/lib/client/alone.ts';
import { Shell } from '../../src/lib/client/shell.svelte.ts';

const { skip } = vi.hoisted(() => ({ skip: vi.fn() }));
vi.mock('workbox-window', () => ({
	Workbox: class {
		readonly messageSkipWaiting = skip;
		async register() {
			return Object.assign(new EventTarget(), {
				active: {},
				waiting: {},
				update: async () => undefined
			});
		}
	}
}));

afterEach(() => {
	vi.useRealTimers();
	vi.unstubAllGlobals();
});

test('a newer version waits for the lock that is tapped while the old one wakes', async () => {
	vi.useFakeTimers({ toFake: ['setInterval'] });
	vi.stubGlobal('trustedTypes', undefined);
	let isTalking = false;
	const locks = {
		query: async () => ({ held: isTalking ? [{ name: `${LOCK_TALKS}mac` }] : [] })
	} as unknown as LockManager;
	let awake = () => {};
	vi.stubGlobal('fetch', () => new Promise<void>((resolve) => (awake = resolve)));
	const shell = new Shell({
		container: new EventTarget() as ServiceWorkerContainer,
		locks,
		network: new EventTarget(),
		reload: () => undefined
	});
	await shell.start();
	const taken = shell.take();
	await new Promise((next) => setTimeout(next, 20));
	isTalking = true;
	awake();
	await new Promise((next) => setTimeout(next, 50));
	expect(skip).not.toHaveBeenCalled();
	isTalking = false;
	await vi.waitFor(
		() => {
			awake();
			expect(skip).toHaveBeenCalledTimes(1);
		},
		{ timeout: 5_000 }
	);
	await taken;
});

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { memoryConnector, type Ear, type Peer } from '../../src/lib/link/memory.ts';

const hello = new Uint8Array(20);
let peer: Peer & { log: string[]; ear: Ear | null; awake: boolean };
let stopper: AbortController;
const wish = (within = 20_000) => ({ choose: true, within, signal: stopper.signal });

beforeEach(() => {
	vi.useFakeTimers();
	stopper = new AbortController();
	peer = {
		log: [],
		ear: null,
		awake: true,
		connect(ear) {
			if (!this.awake) return null;
			this.ear = ear;
			return hello;
		},
		subscribe() {
			this.log.push('subscribe');
		},
		write(packet) {
			this.log.push(`write ${packet.length}`);
		},
		disconnect() {
			this.log.push('disconnect');
		}
	};
});
afterEach(() => {
	vi.useRealTimers();
});

test('subscribes, writes, hears, and ends from this side', async () => {
	const link = (await memoryConnector(peer)(wish()))!;
	expect(link.hello).toBe(hello);
	const heard: number[] = [];
	const unhear = link.onBytes((bytes) => heard.push(bytes[0]!));
	await link.write(new Uint8Array(3));
	peer.ear!.notify(Uint8Array.of(1));
	unhear();
	peer.ear!.notify(Uint8Array.of(2));
	expect(heard).toEqual([1]);
	link.close();
	link.close();
	await link.closed;
	expect(peer.log).toEqual(['subscribe', 'write 3', 'disconnect']);
	await expect(link.write(hello)).rejects.toMatchObject({ code: 'lost' });
});

test('ends from the other side', async () => {
	const link = (await memoryConnector(peer)(wish()))!;
	await link.ready;
	peer.ear!.hangUp();
	await link.closed;
	link.close();
	expect(peer.log).toEqual(['subscribe']);
});

test('tries a peer that sleeps, for as long as it may', async () => {
	peer.awake = false;
	const connect = memoryConnector(peer);
	const late = connect(wish());
	await vi.advanceTimersByTimeAsync(5_000);
	peer.awake = true;
	await vi.advanceTimersByTimeAsync(250);
	expect(await late).not.toBeNull();
	peer.awake = false;
	const failed = expect(connect(wish(1_000))).rejects.toMatchObject({ code: 'no-answer' });
	await vi.advanceTimersByTimeAsync(1_000);
	await failed;
	const stopped = expect(connect(wish())).rejects.toMatchObject({ code: 'stopped' });
	stopper.abort();
	await stopped;
});

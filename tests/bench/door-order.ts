/** Milliseconds of one opening of a door lock, by what was waited for. */
export interface Waits {
	/** Connecting and finding the characteristics. */
	linked: number;
	/** Subscribing, on its own. */
	subscribed: number;
	/** The server's first frame and the subscription, side by side. */
	ready: number;
	/** The first frame to the lock, and its answer. */
	answered: number;
	/** The server's frame for that answer. */
	asked: number;
	/** The frame that opens, and the lock's answer. */
	opened: number;
	/** The server's word on what that answer means: the phone has no key to read it. */
	told: number;
}

/**
 * One opening by a bare script in the page, on a device that the page was given before, that waits for
 * nothing it need not wait for.
 * @param id the door lock's number at the server
 */
export async function openBareDoor(id: number): Promise<Waits> {
	const device = (globalThis as unknown as { bench: BluetoothDevice }).bench;
	let before = performance.now();
	const lap = () => {
		const since = before;
		before = performance.now();
		return before - since;
	};
	const gatt = await device.gatt!.connect();
	const service = await gatt.getPrimaryService('00001910-0000-1000-8000-00805f9b34fb');
	const [rx, tx] = await Promise.all(
		['2', '4'].map((n) => service.getCharacteristic(`0000fff${n}-0000-1000-8000-00805f9b34fb`))
	);
	const linked = lap();

	let at: number | undefined;
	const answers: string[] = [];
	const ask = async () => {
		const reply = await fetch(`/api/door-locks/${id}/relay`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ action: 'unlock', at, answers })
		});
		const step = (await reply.json()) as { at: number; commands: string[]; result: string | null };
		at = step.at;
		return step;
	};
	let bytes: number[] = [];
	let heard: () => void = () => undefined;
	tx!.addEventListener('characteristicvaluechanged', () => {
		bytes.push(...new Uint8Array(tx!.value!.buffer));
		// The twelfth byte is the payload's length; fifteen stand around it.
		if (bytes.length < 12 || bytes.length < bytes[11]! + 15) return;
		answers.push(bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(''));
		bytes = [];
		heard();
	});
	const exchange = async ([frame]: string[]) => {
		const answer = new Promise<void>((resolve) => (heard = resolve));
		for (const piece of frame!.match(/.{1,40}/g)!)
			await rx!.writeValueWithoutResponse(
				Uint8Array.from(piece.match(/../g)!, (byte) => parseInt(byte, 16))
			);
		await answer;
	};
	const subscribe = async () => {
		await tx!.startNotifications();
		return performance.now() - before;
	};
	const [first, subscribed] = await Promise.all([ask(), subscribe()]);
	const ready = lap();
	await exchange(first.commands);
	const answered = lap();
	const second = await ask();
	const asked = lap();
	await exchange(second.commands);
	const opened = lap();
	const { result } = await ask();
	if (result !== 'success') throw new Error(`the lock answered ${result}`);
	return { linked, subscribed, ready, answered, asked, opened, told: lap() };
}

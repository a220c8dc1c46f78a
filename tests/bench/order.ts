/** In which order the steps before the command are taken. */
export type Order = 'overlapped' | 'serial';

/**
 * One opening by a bare script in the page, on a device that the page was given before: the floor
 * that waits for nothing it need not wait for, or the strictly serial order of the vendor's library
 * (read, subscribe, ask, write).
 * @returns milliseconds from the start to the answer of the packet that opens
 */
export async function openBare({ mac, order }: { mac: string; order: Order }): Promise<number> {
	const uuid = (n: number) => `1bc5000${n}-0200-d29e-e511-446c609db825`;
	const device = (globalThis as unknown as { bench: BluetoothDevice }).bench;
	const began = performance.now();
	const gatt = await device.gatt!.connect();
	const service = await gatt.getPrimaryService(uuid(1));
	const [rx, tx, state] = await Promise.all(
		[2, 3, 4].map((n) => service.getCharacteristic(uuid(n)))
	);
	const value = new Uint8Array((await state!.readValue()).buffer);
	const session = Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('');
	const ask = async () => {
		const reply = await fetch(`/api/locks/${mac}/commands`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ session, action: 'unlock' })
		});
		return (await reply.json()) as { commands: string[]; opensAt: number };
	};
	let answered: (packet: Uint8Array) => void = () => undefined;
	tx!.addEventListener('characteristicvaluechanged', () => {
		const packet = new Uint8Array(tx!.value!.buffer);
		if (packet[0] === 0x51) answered(packet);
	});
	let plan;
	if (order === 'serial') {
		await tx!.startNotifications();
		plan = await ask();
	} else {
		[plan] = await Promise.all([ask(), tx!.startNotifications()]);
	}
	for (const [index, hex] of plan.commands.entries()) {
		const answer = new Promise<Uint8Array>((resolve) => (answered = resolve));
		await rx!.writeValueWithoutResponse(
			Uint8Array.from(hex.match(/../g)!, (byte) => parseInt(byte, 16))
		);
		const [, result] = await answer;
		if (result !== 0x60) throw new Error(`the lock answered ${result}`);
		if (index === plan.opensAt) break;
	}
	return performance.now() - began;
}

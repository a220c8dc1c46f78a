import { MOST_TURNS, TurnsReply, type TurnsRequest } from '../api/app/phone-doors.ts';
import type { Me } from '../api/app/people.ts';
import type { StoredTurn, Turns } from '../vault/turns.ts';
import { ClientError, type Call } from './call.ts';
import { senderOf } from './delivery.ts';
import { ownerOf } from './readiness.ts';

/** Characters that one request tells: well below what the server reads of it. */
const MOST_TOLD = 64 * 1024;

export interface TurnsParts {
	turns: Pick<Turns, 'of' | 'settle'>;
	call: Call;
}

/**
 * Tells the server every opening at a door lock without network of whoever is signed in, and lets go of what
 * it has heard. Told twice, an opening is one.
 * @throws ClientError, VaultError; what is not told then still waits
 */
export async function tellTurns({ turns, call }: TurnsParts, me: Me | undefined): Promise<void> {
	const [owner, sender] = [ownerOf(me), senderOf(me)];
	if (owner === null || sender === null) return;
	for (;;) {
		const told = tellable(await turns.of(owner));
		if (told.length === 0) return;
		const body: TurnsRequest = { turns: told.map(({ owner: _, ...turn }) => turn), sender };
		const { heard } = await call(TurnsReply, 'POST', '/api/offline/turns', body);
		const known = told.filter(({ id }) => heard.includes(id));
		if (known.length === 0) throw new ClientError('bad-reply', 'the server heard nothing');
		await turns.settle(known);
	}
}

/** As many as one request may tell; a long one waits for no other, and no other for it. */
function tellable(turns: readonly StoredTurn[]): StoredTurn[] {
	let left = MOST_TOLD;
	const told = turns.filter((turn) => {
		const { length } = JSON.stringify(turn);
		if (length > left) return false;
		left -= length;
		return true;
	});
	return told.slice(0, MOST_TURNS);
}

import { MOST_TURNS, TurnsReply, type TurnsRequest } from '../api/app/phone-doors.ts';
import type { Me } from '../api/app/people.ts';
import type { StoredTurn, Turns } from '../vault/turns.ts';
import { ClientError, type Call, type ClientErrorCode } from './call.ts';
import { ownerOf, senderOf } from './delivery.ts';

/** Characters that one request tells: well below what the server reads of it. */
const MOST_TOLD = 64 * 1024;

export interface TurnsParts {
	turns: Pick<Turns, 'of' | 'settle'>;
	call: Call;
}

/** Refusals that may be for one among many: each is told alone then. */
const UNFIT: readonly ClientErrorCode[] = ['bad-input', 'too-large', 'internal'];

/** Refused openings that are passed over; after more of them it is the server that fails. */
const MOST_PASSED = 5;

/**
 * Tells the server every opening at a door lock without network of whoever is signed in, and lets go of what
 * it has heard. Told twice, an opening is one. One that the server refuses keeps no other from being told.
 * @throws ClientError, VaultError; what is not told then still waits
 */
export async function tellTurns({ turns, call }: TurnsParts, me: Me | undefined): Promise<void> {
	const [owner, sender] = [ownerOf(me), senderOf(me)];
	if (owner === null || sender === null) return;
	const refused = new Map<string, ClientError>();
	let most = MOST_TURNS;
	while (refused.size <= MOST_PASSED) {
		const left = (await turns.of(owner)).filter(({ id }) => !refused.has(id));
		const told = tellable(left).slice(0, most);
		if (told.length === 0) break;
		const body: TurnsRequest = { turns: told.map(({ owner: _, ...turn }) => turn), sender };
		try {
			const { heard } = await call(TurnsReply, 'POST', '/api/offline/turns', body);
			const known = told.filter(({ id }) => heard.includes(id));
			if (known.length === 0) throw new ClientError('bad-reply', 'the server heard nothing');
			await turns.settle(known);
		} catch (cause) {
			if (!(cause instanceof ClientError) || !UNFIT.includes(cause.code)) throw cause;
			if (most === 1) refused.set(told[0]!.id, cause);
			most = 1;
		}
	}
	const [first] = refused.values();
	if (first) throw first;
}

/** As much as one request may tell; a long one waits for no other, and no other for it. */
function tellable(turns: readonly StoredTurn[]): StoredTurn[] {
	let left = MOST_TOLD;
	return turns.filter((turn) => {
		const { length } = JSON.stringify(turn);
		if (length > left) return false;
		left -= length;
		return true;
	});
}

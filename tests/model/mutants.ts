import { step, type KeySync } from '../../src/lib/server/core/sync.ts';
import { commandsOf, masterKey, PRODUCTION, under, writesOf, type Rules } from './server.ts';

const steady = (active: number): KeySync => ({ phase: 'steady', active });

/** Mistakes that others made or that look harmless. Each must break an invariant. */
export const MUTANTS: Record<string, Rules> = {
	'keys regenerated on retry': { ...PRODUCTION, regenerates: true },

	'pending dropped on time-out': {
		...PRODUCTION,
		lapses: (server) =>
			server.sync.phase === 'offered'
				? [
						{
							...server,
							sync: steady(server.sync.active),
							held: { ...server.held, frozen: null, next: null, wanted: null },
							emitted: null
						}
					]
				: []
	},

	'old-key proof treated as refusal': {
		...PRODUCTION,
		step(sync, event) {
			const refused =
				event.kind === 'proof' && sync.phase === 'offered' && event.epoch === sync.active;
			return refused
				? { sync: steady(sync.active), offer: null, proven: false }
				: step(sync, event);
		}
	},

	'no trailing command under p': {
		...PRODUCTION,
		step(sync, event) {
			const result = step(sync, event);
			if (!result.offer || result.offer.writesUnder === null) return result;
			return { ...result, offer: { ...result.offer, opensUnder: [result.offer.writesUnder] } };
		}
	},

	'emit before persist': { ...PRODUCTION, emitsEarly: true },

	'client-claimed acknowledgement': {
		...PRODUCTION,
		lapses(server) {
			const { sync } = server;
			if (sync.phase !== 'offered') return [];
			const held = PRODUCTION.hold(server.held, { kind: 'proof', epoch: sync.pending });
			return [{ ...server, held, emitted: null, sync: steady(sync.pending) }];
		}
	},

	'master written first': {
		...PRODUCTION,
		commands(reply) {
			const { offer, content, version } = reply;
			if (offer.writesUnder === null) return commandsOf(reply);
			const epoch = offer.writesUnder + 1;
			const master = masterKey(epoch, version);
			const writes = writesOf(content).map((write) =>
				under(epoch, version, { kind: 'write', write })
			);
			return [
				under(offer.writesUnder, version, { kind: 'commit', epoch, master, writes: [] }),
				...writes,
				...offer.opensUnder.map((opened) => under(opened, version, { kind: 'open' }))
			];
		}
	},

	'a change joins the set that is offered': {
		...PRODUCTION,
		hold(held, event) {
			if (event.kind !== 'change' || event.content === null || held.next === null)
				return PRODUCTION.hold(held, event);
			return { ...held, next: event.content };
		}
	},

	'what is wanted counts as proven': {
		...PRODUCTION,
		hold(held, event) {
			const after = PRODUCTION.hold(held, event);
			if (event.kind !== 'proof' || held.frozen !== event.epoch) return after;
			return { ...after, content: held.wanted ?? after.content, wanted: null };
		}
	},

	'an offer counts as proof': {
		...PRODUCTION,
		hold(held, event) {
			const after = PRODUCTION.hold(held, event);
			if (event.kind !== 'freeze') return after;
			return PRODUCTION.hold(after, { kind: 'proof', epoch: event.epoch });
		}
	}
};

/** What only a restore from a backup shows: any late packet is taken for news of the lock of today. */
export const LATE_PROOF: Rules = {
	...PRODUCTION,
	step: (sync, event) => step(sync, event.kind === 'proof' ? { ...event, probed: true } : event)
};

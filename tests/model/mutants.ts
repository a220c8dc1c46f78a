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
							pendingContent: null,
							wanted: server.activeContent,
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
			const { sync, pendingContent } = server;
			if (sync.phase !== 'offered') return [];
			const claimed = { activeContent: pendingContent!, pendingContent: null, emitted: null };
			return [{ ...server, ...claimed, sync: steady(sync.pending) }];
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
	}
};

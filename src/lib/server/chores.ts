import type { Server } from './context.ts';
import { endDemos } from './people/demo.ts';
import { prune } from './prune.ts';

const HOUR = 3600 * 1000;

/** Sessions that ended and invitations nobody can use any more are kept no longer than this. */
const KEPT = 30 * 24 * HOUR;

/**
 * Cleans up now and every hour: ended demos, ended sessions, old invitations, and what prune.ts
 * names. Returns how to stop; it resolves once a cleaning under way has ended.
 */
export function startChores(server: Server): () => Promise<void> {
	const stopping = new AbortController();
	let running = clean(server, stopping.signal);
	const timer = setInterval(() => {
		running = clean(server, stopping.signal);
	}, HOUR);
	timer.unref();
	return () => {
		clearInterval(timer);
		stopping.abort();
		return running;
	};
}

async function clean({ db, log }: Server, stopping: AbortSignal): Promise<void> {
	try {
		const now = Date.now();
		let demos = 0;
		for (let some = -1; some !== 0; demos += some) some = await endDemos(db, now);
		await db.deleteFrom('session').where('expiresAt', '<', new Date(now).toISOString()).execute();
		await db
			.deleteFrom('invitation_link')
			.where('ends_at', '<', now - KEPT)
			.execute();
		if (demos > 0) log.info({ demos }, 'demos ended');
		const pruned = await prune(db, now, stopping);
		if (pruned > 0) log.info({ pruned }, 'old rows pruned');
	} catch (err) {
		log.error({ err }, 'cleaning up failed');
	}
}

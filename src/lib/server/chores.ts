import type { Server } from './context.ts';
import { endDemos } from './people/demo.ts';

const HOUR = 3600 * 1000;

/** Sessions that ended and invitations nobody can use any more are kept no longer than this. */
const KEPT = 30 * 24 * HOUR;

/**
 * Cleans up now and every hour: ended demos, ended sessions, old invitations. Returns how to stop;
 * it resolves once a cleaning under way has ended.
 */
export function startChores(server: Server): () => Promise<void> {
	let running = clean(server);
	const timer = setInterval(() => {
		running = clean(server);
	}, HOUR);
	timer.unref();
	return () => {
		clearInterval(timer);
		return running;
	};
}

async function clean({ db, log }: Server): Promise<void> {
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
	} catch (err) {
		log.error({ err }, 'cleaning up failed');
	}
}

import { randomBytes } from 'node:crypto';
import autocannon from 'autocannon';

/** What a load of unlock requests gave. */
export interface LoadResult {
	perSecond: number;
	p50: number;
	p99: number;
	/** Answers that were not a success, by status or by body. */
	failed: number;
}

/**
 * Unlock requests from 50 connections for so many seconds, each for its own session, as phones
 * that connect afresh ask.
 */
export async function loadUnlocks(
	target: { url: string; privateKey: string; macs: readonly string[] },
	seconds: number
): Promise<LoadResult> {
	let wrong = 0;
	let next = 0;
	const result = await autocannon({
		url: `${target.url}/core/unlock/`,
		connections: 50,
		duration: seconds,
		requests: [
			{
				method: 'POST',
				headers: {
					'content-type': 'application/json',
					authorization: `Bearer ${target.privateKey}`
				},
				setupRequest: (request) => ({
					...request,
					body: JSON.stringify({
						mac: target.macs[next++ % target.macs.length],
						session: `0000b80b${randomBytes(16).toString('hex')}`,
						tracking_key: 'bench'
					})
				}),
				onResponse: (_status, body) => {
					if (!body.includes('"result":"success"')) wrong++;
				}
			}
		]
	});
	return {
		perSecond: result.requests.average,
		p50: result.latency.p50,
		p99: result.latency.p99,
		failed: wrong + result.errors + result.timeouts + result.non2xx
	};
}

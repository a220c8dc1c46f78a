import { getIP } from 'better-auth/api';
import { randomBytes } from 'node:crypto';
import type { DemoReply } from '../../api/app/demo.ts';
import type { Server } from '../context.ts';
import { audit } from '../audit.ts';
import type { Db } from '../db/connect.ts';
import { newId } from '../db/id.ts';
import { ServerError } from '../error.ts';
import { addLock, DEFAULT_BASE_KEY } from '../locks.ts';
import { insertUser } from './accounts.ts';
import { actIn, addCompany, addMember } from './companies.ts';
import { DEMO_LIMIT } from './demo-sign-in.ts';
import type { Identity } from './identity.ts';
import { count } from './limit.ts';

/** A demo ends after a day. */
export const DEMO_LIFE = 24 * 3600 * 1000;

/**
 * Makes a demo company with an anonymous owner and one virtual padlock, and signs that person in:
 * a DemoReply with the cookie. Throws ServerError `too-many`, `conflict` for who has a company.
 */
export async function openDemo(
	{ connection: { db, dialect }, secret, auth }: Server,
	who: Identity | null,
	request: Request
): Promise<Response> {
	// It would sign them out of their company without a word.
	if (who?.company && who.company.demoEnds === null) {
		throw new ServerError('conflict', 'Sign out first: a demo signs you in to another company.');
	}
	const address = getIP(request, auth.options) ?? 'unknown';
	await count(db, `demo|${address}`, DEMO_LIMIT);
	const userId = newId();
	const lock = await db.transaction().execute(async (trx) => {
		const company = await addCompany(trx, 'Demo', userId);
		await trx
			.insertInto('demo')
			.values({ company_id: company.id, ends_at: Date.now() + DEMO_LIFE })
			.execute();
		const email = `${userId}@demo.invalid`;
		await insertUser(trx, dialect, { id: userId, name: 'You', email });
		await addMember(trx, company.id, userId, 'owner');
		await audit(trx, company.id, userId, 'demo.add', {});
		const by = { companyId: company.id, actor: userId, name: 'You' };
		const { lock } = await addLock(trx, secret, by, {
			mac: randomMac(),
			name: 'Virtual padlock',
			place: '',
			serial: 'DEMO',
			hardwareType: '4I',
			firmware: '4.25',
			environment: 'production'
		});
		return { ...lock, companyId: company.id };
	});
	const { headers } = await auth.api.signInDemo({
		body: { userId },
		headers: request.headers,
		returnHeaders: true
	});
	const { companyId, ...shown } = lock;
	await actIn(db, companyId, userId);
	const reply: DemoReply = { lock: shown, baseKey: DEFAULT_BASE_KEY };
	const response = Response.json(reply);
	for (const cookie of headers.getSetCookie()) response.headers.append('set-cookie', cookie);
	return response;
}

/** Deletes demo companies that have ended, with everything in them. Returns how many. */
export async function endDemos(db: Db, now: number): Promise<number> {
	return db.transaction().execute(async (trx) => {
		const ended = await trx
			.selectFrom('demo')
			.select('company_id')
			.where('ends_at', '<=', now)
			.orderBy('ends_at')
			.limit(200)
			.execute();
		for (const { company_id: id } of ended) {
			// Nobody else can be in a demo company: it cannot invite.
			await trx
				.deleteFrom('user')
				.where('id', 'in', (e) =>
					e.selectFrom('member').select('userId').where('organizationId', '=', id)
				)
				.execute();
			await trx.deleteFrom('organization').where('id', '=', id).execute();
		}
		return ended.length;
	});
}

/** Locally administered and unicast, so that it meets no real lock's. */
function randomMac(): string {
	const bytes = randomBytes(6);
	bytes[0] = ((bytes[0] ?? 0) & 0xfc) | 0x02;
	return bytes
		.toString('hex')
		.toUpperCase()
		.replace(/(..)(?=.)/g, '$1:');
}

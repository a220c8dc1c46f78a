import type { OnAir } from './air.ts';
import { RadioDoor } from './door.ts';
import { expect, post, test as base } from './fixtures-company.ts';

interface Fixtures {
	/** A door lock on the air, in setting mode, in the hands of its owner. */
	newDoor: { door: RadioDoor; air: OnAir };
	/** One that was paired, is known to the server as North door, and is on the air. */
	door: { door: RadioDoor; air: OnAir; id: number };
}

let macs = 0;

/** Playwright's test with a company; each test brings a door lock of its own. */
export const test = base.extend<Fixtures>({
	newDoor: async ({ lock, context, company }, use) => {
		await context.addCookies(company.cookies);
		const door = new RadioDoor(newMac());
		const air = await lock(door);
		door.on(air);
		await use({ door, air });
		door.end();
	},
	door: async ({ lock, page, context, company, server, playwright }, use) => {
		await context.addCookies(company.cookies);
		const door = new RadioDoor(newMac());
		const lockData = door.paired();
		const { id } = await post<{ id: number }>(page.request, server, '/api/door-locks', {
			lockData,
			name: 'North door'
		});
		const air = await lock(door);
		door.on(air);
		await use({ door, air, id });
		door.end();
		// Whoever had no server left it stopped.
		await server.start();
		// The company is there for other tests, which have a North door of their own.
		const owner = await playwright.request.newContext({
			storageState: { cookies: company.cookies, origins: [] }
		});
		await owner.delete(`${server.url}/api/door-locks/${id}`, { headers: { origin: server.url } });
		await owner.dispose();
	}
});

export { expect };

function newMac(): string {
	const tail = (++macs).toString(16).padStart(2, '0').toUpperCase();
	return `C4:54:12:32:3B:${tail}`;
}

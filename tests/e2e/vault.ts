import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Visit } from './fixtures-profile.ts';

/** What the vault's facts say of the phone's one key. */
export async function stored({
	page
}: Visit): Promise<{ state: string; notAfter: number } | undefined> {
	return page.evaluate(
		() =>
			new Promise((resolve, reject) => {
				const opening = indexedDB.open('hasp');
				opening.onerror = () => reject(opening.error as Error);
				opening.onsuccess = () => {
					const asked = opening.result.transaction('keys').objectStore('keys').getAll();
					asked.onsuccess = () => {
						opening.result.close();
						const [key] = asked.result as { state: string; notAfter: number }[];
						resolve(key && { state: key.state, notAfter: key.notAfter });
					};
				};
			})
	);
}

/** Every file below a folder. */
export function filesIn(folder: string): string[] {
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name));
}

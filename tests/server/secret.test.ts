import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSecret, seal, Secret, unseal } from '../../src/lib/server/secret.ts';

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'hasp-secret-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const place = { table: 'lock', row: 'a', column: 'root' };

test('the secret is made once, for its owner only', () => {
	const data = join(folder, 'data');
	const first = openSecret(data);
	expect(statSync(data).mode & 0o777).toBe(0o700);
	expect(statSync(join(data, 'secret')).mode & 0o777).toBe(0o600);
	const again = openSecret(data);
	expect(again.fingerprint).toBe(first.fingerprint);
	expect(unseal(again, place, seal(first, place, Uint8Array.of(1, 2)))).toEqual(
		Uint8Array.of(1, 2)
	);
});

test('a secret that is none is refused', () => {
	writeFileSync(join(folder, 'secret'), 'short');
	expect(() => openSecret(folder)).toThrow(expect.objectContaining({ code: 'bad-file' }));
});

test('it does not print itself', () => {
	const secret = openSecret(folder);
	const hex = readFileSync(join(folder, 'secret'), 'utf8').trim();
	const printed = `${JSON.stringify({ secret })} ${inspect(secret, { depth: 9, showHidden: true })}`;
	expect(printed).not.toContain(hex);
	expect(printed).not.toContain(secret.authSecret);
});

test('a sealed value opens only where it was sealed, unchanged, under the same secret', () => {
	const secret = new Secret(new Uint8Array(32).fill(1));
	const sealed = seal(secret, place, new Uint8Array(16).fill(7));
	expect(seal(secret, place, new Uint8Array(16).fill(7))).not.toBe(sealed);
	const refused = expect.objectContaining({ name: 'SecretError', code: 'broken' });
	const bytes = Buffer.from(sealed, 'base64url');
	for (let i = 0; i < bytes.length; i++) {
		const changed = Buffer.from(bytes);
		changed[i] = (changed[i] ?? 0) ^ 1;
		expect(() => unseal(secret, place, changed.toString('base64url'))).toThrow(refused);
	}
	for (const cut of ['', 'AQ', sealed.slice(0, -4)]) {
		expect(() => unseal(secret, place, cut)).toThrow(refused);
	}
	for (const elsewhere of [{ table: 'x' }, { row: 'b' }, { column: 'base_key' }]) {
		expect(() => unseal(secret, { ...place, ...elsewhere }, sealed)).toThrow(refused);
	}
	expect(() => unseal(new Secret(new Uint8Array(32)), place, sealed)).toThrow(refused);
});

import {
	createCipheriv,
	createDecipheriv,
	createHash,
	createHmac,
	hkdfSync,
	randomBytes,
	type KeyObject,
	createSecretKey
} from 'node:crypto';
import {
	chmodSync,
	closeSync,
	fsyncSync,
	linkSync,
	mkdirSync,
	openSync,
	readFileSync,
	unlinkSync,
	writeSync
} from 'node:fs';
import { join } from 'node:path';

export type SecretErrorCode =
	/** The secret file is not 32 bytes in hex. */
	| 'bad-file'
	/** A sealed value was changed, moved to another row, or sealed under another secret. */
	| 'broken';

/** What sealing throws. */
export class SecretError extends Error {
	override readonly name = 'SecretError';
	readonly code: SecretErrorCode;

	constructor(code: SecretErrorCode, message: string, options?: ErrorOptions) {
		super(message, options);
		this.code = code;
	}
}

/** The keys derived from the server's secret. Prints as nothing. */
export class Secret {
	readonly #seal: KeyObject;
	readonly #auth: string;
	readonly #index: KeyObject;
	/** 16 hex characters that tell secrets apart and say nothing about them. */
	readonly fingerprint: string;

	constructor(raw: Uint8Array) {
		const derive = (info: string) => Buffer.from(hkdfSync('sha256', raw, '', info, 32));
		this.#seal = createSecretKey(derive('hasp seal'));
		this.#auth = derive('hasp auth').toString('hex');
		this.#index = createSecretKey(derive('hasp index'));
		this.fingerprint = createHash('sha256')
			.update(derive('hasp fingerprint'))
			.digest('hex')
			.slice(0, 16);
	}

	/** Key of AES-256-GCM for sealed columns. */
	get sealKey(): KeyObject {
		return this.#seal;
	}

	/** Signs session cookies: 64 hex characters. */
	get authSecret(): string {
		return this.#auth;
	}

	/** Key of HMAC-SHA-256 for what is to be found again and is too short to be hashed without one. */
	get indexKey(): KeyObject {
		return this.#index;
	}

	toJSON(): string {
		return '[secret]';
	}
}

/** Where a sealed value lives; opening it anywhere else fails. */
export interface Place {
	table: string;
	/** The row's id. */
	row: string;
	column: string;
}

const FILE = 'secret';
const VERSION = 1;
const IV = 12;
const TAG = 16;

/**
 * The secret of this data folder, made at the first start: file `secret`, 32 random bytes in hex,
 * mode 0600 in a folder of mode 0700. Throws SecretError `bad-file`.
 */
export function openSecret(dataDir: string): Secret {
	mkdirSync(dataDir, { recursive: true, mode: 0o700 });
	const path = join(dataDir, FILE);
	const text = read(path) ?? make(path);
	if (!/^[0-9a-f]{64}\n?$/.test(text)) {
		throw new SecretError('bad-file', `${path} is not 32 bytes in hex`);
	}
	chmodSync(path, 0o600);
	return new Secret(Buffer.from(text.trim(), 'hex'));
}

function read(path: string): string | undefined {
	try {
		return readFileSync(path, 'utf8');
	} catch (error) {
		if (isCode(error, 'ENOENT')) return undefined;
		throw error;
	}
}

/** A link appears whole or not at all, so two processes starting at once read the same secret. */
function make(path: string): string {
	const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
	const file = openSync(draft, 'wx', 0o600);
	try {
		writeSync(file, `${randomBytes(32).toString('hex')}\n`);
		fsyncSync(file);
	} finally {
		closeSync(file);
	}
	try {
		linkSync(draft, path);
	} catch (error) {
		if (!isCode(error, 'EEXIST')) throw error;
	} finally {
		unlinkSync(draft);
	}
	return readFileSync(path, 'utf8');
}

function isCode(error: unknown, code: string): boolean {
	return error instanceof Error && 'code' in error && error.code === code;
}

/**
 * Seals a value for one column of one row: base64url of version (1) ‖ IV (12) ‖ ciphertext ‖ tag
 * (16), AES-256-GCM, the place as additional data.
 */
export function seal(secret: Secret, place: Place, plain: Uint8Array): string {
	const iv = randomBytes(IV);
	const cipher = createCipheriv('aes-256-gcm', secret.sealKey, iv);
	cipher.setAAD(additional(place));
	const body = Buffer.concat([cipher.update(plain), cipher.final()]);
	return Buffer.concat([Uint8Array.of(VERSION), iv, body, cipher.getAuthTag()]).toString(
		'base64url'
	);
}

/** The value `seal` closed at the same place. Throws SecretError `broken`. */
export function unseal(secret: Secret, place: Place, sealed: string): Uint8Array {
	const bytes = Buffer.from(sealed, 'base64url');
	if (bytes.length < 1 + IV + TAG || bytes[0] !== VERSION) throw broken(place);
	const decipher = createDecipheriv('aes-256-gcm', secret.sealKey, bytes.subarray(1, 1 + IV));
	decipher.setAAD(additional(place));
	decipher.setAuthTag(bytes.subarray(bytes.length - TAG));
	try {
		const body = bytes.subarray(1 + IV, bytes.length - TAG);
		return new Uint8Array(Buffer.concat([decipher.update(body), decipher.final()]));
	} catch (cause) {
		throw broken(place, cause);
	}
}

/** Finds a sealed value again: hex of HMAC-SHA-256, which says nothing without the secret. */
export function lookupHash(secret: Secret, place: Omit<Place, 'row'>, text: string): string {
	const { table, column } = place;
	return createHmac('sha256', secret.indexKey).update(`${table}\0${column}\0${text}`).digest('hex');
}

function broken({ table, row, column }: Place, cause?: unknown): SecretError {
	const message = `${table}.${column} of ${row} does not open under this server's secret`;
	return new SecretError('broken', message, { cause });
}

function additional({ table, row, column }: Place): Buffer {
	return Buffer.from(`${table}\0${row}\0${column}`);
}

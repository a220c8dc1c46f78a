export type DatabaseErrorCode =
	/** DATABASE_URL is not a PostgreSQL URL, or the file cannot be opened. */
	| 'cannot-open'
	/** The database was migrated by a newer program than this one. */
	| 'too-new';

/** What the database room throws besides the driver's own errors. */
export class DatabaseError extends Error {
	override readonly name = 'DatabaseError';
	readonly code: DatabaseErrorCode;

	constructor(code: DatabaseErrorCode, message: string, options?: ErrorOptions) {
		super(message, options);
		this.code = code;
	}
}

/** True when `error` says that a unique or primary key exists already, on either database. */
export function isDuplicate(error: unknown): boolean {
	const code = codeOf(error);
	return (
		code === '23505' ||
		code === 'SQLITE_CONSTRAINT_UNIQUE' ||
		code === 'SQLITE_CONSTRAINT_PRIMARYKEY'
	);
}

function codeOf(error: unknown): unknown {
	return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

import type { ErrorDetail } from '../../api/core/envelope.ts';
import type { EnvironmentName } from '../db/tables.ts';

/** Who calls the Core API, as the API key says: never what the body says. */
export interface Caller {
	companyId: string;
	environment: EnvironmentName;
}

/** The same, and which of their API keys it was: what a public key may do is counted. */
export interface Keyholder extends Caller {
	/** The API key's. */
	id: string;
}

/** What a call did, and which parts of it failed. */
export interface Outcome<D = unknown> {
	data: D;
	failed: readonly ErrorDetail[];
}

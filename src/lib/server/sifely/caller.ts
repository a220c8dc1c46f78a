/** The company's application that calls: never what the request says about itself. */
export interface AppCaller {
	readonly appId: string;
	readonly companyId: string;
	/** Before the names of the accounts that it registers. */
	readonly prefix: string;
}

/** An account that calls, by an application of its company. */
export interface Caller {
	readonly appId: string;
	readonly companyId: string;
	/** The account's id. */
	readonly uid: number;
	readonly username: string;
}

/** How the record of deeds names an account. */
export function actorOf({ uid }: Pick<Caller, 'uid'>): string {
	return `account:${uid}`;
}

/** The company's application that calls: never what the request says about itself. */
export interface AppCaller {
	readonly appId: string;
	readonly companyId: string;
	/** Before the names of the accounts that it registers. */
	readonly prefix: string;
}

/** An account that has to do with door locks. */
export interface Holder {
	readonly companyId: string;
	/** The account's id. */
	readonly uid: number;
	/** The person behind it, when it is one who is signed in to our own pages. */
	readonly userId?: string;
	/** For a manager of the company on our own pages, who does with every lock what its owner may. */
	readonly asOwner?: boolean;
}

/** An account that calls, by an application of its company. */
export interface Caller extends Holder {
	readonly appId: string;
}

/** How the record of deeds names who did it. */
export function actorOf({ uid, userId }: Holder): string {
	return userId ?? `account:${uid}`;
}

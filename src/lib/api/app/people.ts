import * as z from 'zod/mini';
import { Environment, Mac, Time } from './shapes.ts';

export const Role = z.enum(['owner', 'admin', 'member']);
export type Role = z.infer<typeof Role>;

export const Me = z.object({
	user: z.nullable(z.object({ id: z.string(), name: z.string(), email: z.string() })),
	company: z.nullable(
		z.object({ id: z.string(), name: z.string(), role: Role, ownerName: z.string() })
	),
	/** True while nobody has set up a company on this server. */
	firstRun: z.boolean(),
	/** When the demo ends, or null outside it. */
	demoEnds: z.nullable(Time)
});
export type Me = z.infer<typeof Me>;

export const CompanyRequest = z.object({
	name: z.string().check(z.trim(), z.minLength(1), z.maxLength(80))
});

export const Person = z.object({
	userId: z.string(),
	name: z.string(),
	email: z.string(),
	role: Role,
	/** MACs of the locks a member may open; empty for owner and admin, who open all. */
	locks: z.array(z.string())
});
export type Person = z.infer<typeof Person>;

export const Invitation = z.object({
	id: z.string(),
	name: z.string(),
	role: Role,
	locks: z.array(z.string()),
	endsAt: Time
});
export type Invitation = z.infer<typeof Invitation>;

export const PeopleReply = z.object({
	people: z.array(Person),
	invitations: z.array(Invitation)
});
export type PeopleReply = z.infer<typeof PeopleReply>;

export const InviteRequest = z.object({
	/** Who it is for, as the manager calls them. */
	name: z.string().check(z.trim(), z.minLength(1), z.maxLength(80)),
	role: z.enum(['admin', 'member']),
	locks: z._default(z.array(Mac).check(z.maxLength(1000)), [])
});
export type InviteRequest = z.input<typeof InviteRequest>;

/** The link is shown once: the server keeps only a hash of its token. */
export const InviteReply = z.object({ invitation: Invitation, link: z.string() });
export type InviteReply = z.infer<typeof InviteReply>;

/** In the body: what stands in a path stands in the log of every proxy. */
export const InvitationToken = z.object({ token: z.string().check(z.maxLength(100)) });

/** What the holder of an invitation link sees before accepting. */
export const InvitationPreview = z.object({
	name: z.string(),
	companyName: z.string(),
	role: Role,
	endsAt: Time
});
export type InvitationPreview = z.infer<typeof InvitationPreview>;

export const GrantLocksRequest = z.object({ locks: z.array(Mac).check(z.maxLength(1000)) });

export const ApiKey = z.object({
	id: z.string(),
	environment: Environment,
	kind: z.enum(['private', 'mobile']),
	/** First characters of the secret, to tell keys apart. */
	hint: z.string(),
	createdAt: Time,
	revokedAt: z.nullable(Time)
});
export type ApiKey = z.infer<typeof ApiKey>;

export const ApiKeysReply = z.object({ keys: z.array(ApiKey) });
export const AddApiKeyRequest = z.object({
	environment: Environment,
	kind: z.enum(['private', 'mobile'])
});
export const AddApiKeyReply = z.object({ key: ApiKey, secret: z.string() });
export type AddApiKeyReply = z.infer<typeof AddApiKeyReply>;

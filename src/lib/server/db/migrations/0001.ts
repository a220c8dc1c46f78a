import type { Db, Dialect } from '../connect.ts';

/**
 * The tables better-auth 1.7 with its organization plugin wants, as its own generator makes them,
 * plus: one membership per person and company, and one company per row of a cascade.
 */
export async function accounts(db: Db, dialect: Dialect): Promise<void> {
	const date = dialect === 'postgres' ? 'timestamptz' : 'date';
	const flag = dialect === 'postgres' ? 'boolean' : 'integer';
	const { schema } = db;

	await schema
		.createTable('user')
		.addColumn('id', 'text', (c) => c.primaryKey().notNull())
		.addColumn('name', 'text', (c) => c.notNull())
		.addColumn('email', 'text', (c) => c.notNull().unique())
		.addColumn('emailVerified', flag, (c) => c.notNull())
		.addColumn('image', 'text')
		.addColumn('createdAt', date, (c) => c.notNull())
		.addColumn('updatedAt', date, (c) => c.notNull())
		.execute();
	await schema
		.createTable('session')
		.addColumn('id', 'text', (c) => c.primaryKey().notNull())
		.addColumn('expiresAt', date, (c) => c.notNull())
		.addColumn('token', 'text', (c) => c.notNull().unique())
		.addColumn('createdAt', date, (c) => c.notNull())
		.addColumn('updatedAt', date, (c) => c.notNull())
		.addColumn('ipAddress', 'text')
		.addColumn('userAgent', 'text')
		.addColumn('userId', 'text', (c) => c.notNull().references('user.id').onDelete('cascade'))
		.addColumn('activeOrganizationId', 'text')
		.execute();
	await schema.createIndex('session_userId_idx').on('session').column('userId').execute();
	await schema
		.createTable('account')
		.addColumn('id', 'text', (c) => c.primaryKey().notNull())
		.addColumn('accountId', 'text', (c) => c.notNull())
		.addColumn('providerId', 'text', (c) => c.notNull())
		.addColumn('userId', 'text', (c) => c.notNull().references('user.id').onDelete('cascade'))
		.addColumn('accessToken', 'text')
		.addColumn('refreshToken', 'text')
		.addColumn('idToken', 'text')
		.addColumn('accessTokenExpiresAt', date)
		.addColumn('refreshTokenExpiresAt', date)
		.addColumn('scope', 'text')
		.addColumn('password', 'text')
		.addColumn('createdAt', date, (c) => c.notNull())
		.addColumn('updatedAt', date, (c) => c.notNull())
		.execute();
	await schema.createIndex('account_userId_idx').on('account').column('userId').execute();
	await schema
		.createTable('verification')
		.addColumn('id', 'text', (c) => c.primaryKey().notNull())
		.addColumn('identifier', 'text', (c) => c.notNull())
		.addColumn('value', 'text', (c) => c.notNull())
		.addColumn('expiresAt', date, (c) => c.notNull())
		.addColumn('createdAt', date, (c) => c.notNull())
		.addColumn('updatedAt', date, (c) => c.notNull())
		.execute();
	await schema
		.createIndex('verification_identifier_idx')
		.on('verification')
		.column('identifier')
		.execute();
	await schema
		.createTable('organization')
		.addColumn('id', 'text', (c) => c.primaryKey().notNull())
		.addColumn('name', 'text', (c) => c.notNull())
		.addColumn('slug', 'text', (c) => c.notNull().unique())
		.addColumn('logo', 'text')
		.addColumn('createdAt', date, (c) => c.notNull())
		.addColumn('metadata', 'text')
		.execute();
	await schema
		.createTable('member')
		.addColumn('id', 'text', (c) => c.primaryKey().notNull())
		.addColumn('organizationId', 'text', (c) =>
			c.notNull().references('organization.id').onDelete('cascade')
		)
		.addColumn('userId', 'text', (c) => c.notNull().references('user.id').onDelete('cascade'))
		.addColumn('role', 'text', (c) => c.notNull())
		.addColumn('createdAt', date, (c) => c.notNull())
		.addUniqueConstraint('member_once', ['organizationId', 'userId'])
		.execute();
	await schema
		.createIndex('member_organizationId_idx')
		.on('member')
		.column('organizationId')
		.execute();
	await schema.createIndex('member_userId_idx').on('member').column('userId').execute();
	await schema
		.createTable('invitation')
		.addColumn('id', 'text', (c) => c.primaryKey().notNull())
		.addColumn('organizationId', 'text', (c) =>
			c.notNull().references('organization.id').onDelete('cascade')
		)
		.addColumn('email', 'text', (c) => c.notNull())
		.addColumn('role', 'text')
		.addColumn('status', 'text', (c) => c.notNull())
		.addColumn('expiresAt', date, (c) => c.notNull())
		.addColumn('createdAt', date, (c) => c.notNull())
		.addColumn('inviterId', 'text', (c) => c.notNull().references('user.id').onDelete('cascade'))
		.execute();
	await schema
		.createIndex('invitation_organizationId_idx')
		.on('invitation')
		.column('organizationId')
		.execute();
	await schema.createIndex('invitation_email_idx').on('invitation').column('email').execute();
	await schema
		.createTable('rateLimit')
		.addColumn('id', 'text', (c) => c.primaryKey().notNull())
		.addColumn('key', 'text', (c) => c.notNull().unique())
		.addColumn('count', 'integer', (c) => c.notNull())
		.addColumn('lastRequest', 'bigint', (c) => c.notNull())
		.execute();
}

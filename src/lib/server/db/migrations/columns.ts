import { sql, type ColumnDefinitionBuilder, type RawBuilder } from 'kysely';
import type { Dialect } from '../connect.ts';

/** Types and endings that differ between the databases. */
export interface Columns {
	/** 64-bit integer: milliseconds, counters. */
	long: 'bigint' | 'integer';
	/** Ends a CREATE TABLE: SQLite checks types only in STRICT tables. */
	ending: RawBuilder<unknown>;
}

export function columnsOf(dialect: Dialect): Columns {
	return dialect === 'postgres'
		? { long: 'bigint', ending: sql`` }
		: { long: 'integer', ending: sql`strict` };
}

type Build = (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder;

export const required: Build = (c) => c.notNull();
export const key: Build = (c) => c.primaryKey().notNull();
/** A row goes with its company, its lock or its person. */
export const ofCompany: Build = (c) =>
	c.notNull().references('organization.id').onDelete('cascade');
export const ofLock: Build = (c) => c.notNull().references('lock.id').onDelete('cascade');
export const ofUser: Build = (c) => c.notNull().references('user.id').onDelete('cascade');

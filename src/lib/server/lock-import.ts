import { z } from 'zod';
import { AddLockRequest } from '../api/app/locks.ts';
import { DEFAULT_BASE_KEY } from '../protocol/noke/profile.ts';
import { audit } from './audit.ts';
import { readCsv, type CsvRecord } from './csv.ts';
import type { Db } from './db/connect.ts';
import type { EnvironmentName } from './db/tables.ts';
import { fobsAmong, insertLocks, newRow, type Adder } from './locks.ts';
import type { Secret } from './secret.ts';

/** One thing that is wrong in a file; line 1 is the header row. */
export interface Mistake {
	line: number;
	column: string;
	message: string;
}

export type ImportResult = { imported: number } | { mistakes: Mistake[] };

type Request = z.output<typeof AddLockRequest>;

/** Names of columns as people write them, and the member of AddLockRequest each stands for. */
const COLUMNS: Readonly<Record<string, keyof Request>> = {
	mac: 'mac',
	serial: 'serial',
	hw: 'hardwareType',
	hardware_type: 'hardwareType',
	fw: 'firmware',
	firmware: 'firmware',
	name: 'name',
	place: 'place',
	base_key: 'baseKey',
	environment: 'environment'
};

/** Rows of one INSERT: 30 columns each, below both databases' limits of bound values. */
const CHUNK = 500;

/**
 * Adds every lock of a CSV file, or none: the header row names the columns (`mac` and `hw` are
 * needed; a lock without `name` is called by its serial, else its MAC). Mistakes are told all at
 * once; a MAC twice in the file or already in the company, also as a fob, is one.
 */
export async function importLocks(
	db: Db,
	secret: Secret,
	by: Adder,
	environment: EnvironmentName,
	text: string
): Promise<ImportResult> {
	const [header, ...records] = readCsv(text);
	if (header === undefined || records.length === 0) {
		return { mistakes: [{ line: 1, column: '', message: 'needs a header row and a lock' }] };
	}
	const { columns, mistakes } = readHeader(header);
	if (mistakes.length > 0) return { mistakes };
	const requests = records.flatMap((record) => {
		const read = readRecord(record, columns, environment);
		if ('request' in read) return [{ line: record.line, request: read.request }];
		mistakes.push(...read.mistakes);
		return [];
	});
	const seen = new Map<string, number>();
	for (const { line, request } of requests) {
		const first = seen.get(request.mac);
		if (first === undefined) seen.set(request.mac, line);
		else
			mistakes.push({ line, column: 'mac', message: `${request.mac} is on line ${first} already` });
	}
	return db.transaction().execute(async (trx) => {
		for (const mac of await present(trx, by.companyId, [...seen.keys()])) {
			const message = `${mac} is in the company already`;
			mistakes.push({ line: seen.get(mac) ?? 0, column: 'mac', message });
		}
		if (mistakes.length > 0) return { mistakes: mistakes.sort((a, b) => a.line - b.line) };
		const rows = requests.map(({ request }) =>
			newRow(secret, by, request, request.baseKey ?? DEFAULT_BASE_KEY)
		);
		for (let i = 0; i < rows.length; i += CHUNK) await insertLocks(trx, rows.slice(i, i + CHUNK));
		await audit(trx, by.companyId, by.actor, 'lock.import', { locks: rows.length });
		return { imported: rows.length };
	});
}

function readHeader({ line, fields }: CsvRecord) {
	const mistakes: Mistake[] = [];
	const columns = fields.map((field) => {
		const column = field.trim().toLowerCase();
		if (!Object.hasOwn(COLUMNS, column)) {
			mistakes.push({ line, column, message: `is none of ${Object.keys(COLUMNS).join(', ')}` });
		}
		return column;
	});
	const members = columns.map((column) => COLUMNS[column]);
	for (const [index, member] of members.entries()) {
		if (member !== undefined && members.indexOf(member) < index) {
			mistakes.push({ line, column: columns[index] ?? '', message: 'is there twice' });
		}
	}
	for (const [column, member] of [
		['mac', 'mac'],
		['hw', 'hardwareType']
	] as const) {
		if (!members.includes(member)) mistakes.push({ line, column, message: 'is missing' });
	}
	return { columns, mistakes };
}

function readRecord(
	{ line, fields }: CsvRecord,
	columns: readonly string[],
	environment: EnvironmentName
): { request: Request } | { mistakes: Mistake[] } {
	if (fields.length !== columns.length) {
		const message = `has ${fields.length} fields, the header row ${columns.length}`;
		return { mistakes: [{ line, column: '', message }] };
	}
	const given: Partial<Record<keyof Request, string>> = { environment };
	columns.forEach((column, index) => {
		const field = fields[index]?.trim();
		const member = COLUMNS[column];
		if (field && member !== undefined) given[member] = field;
	});
	const named = given.name ?? given.serial;
	const result = z.core.safeParse(AddLockRequest, { ...given, name: named ?? given.mac ?? '' });
	if (result.success) {
		const { data } = result;
		return { request: named === undefined ? { ...data, name: data.mac } : data };
	}
	const mistakes = result.error.issues.map(({ path, message }) => ({
		line,
		column: columns.find((column) => COLUMNS[column] === path[0]) ?? String(path[0]),
		message
	}));
	return { mistakes };
}

async function present(db: Db, companyId: string, macs: string[]): Promise<string[]> {
	const there: string[] = [];
	for (let i = 0; i < macs.length; i += 1000) {
		const some = macs.slice(i, i + 1000);
		const locks = db
			.selectFrom('lock')
			.select('mac')
			.where('company_id', '=', companyId)
			.where('mac', 'in', some);
		const rows = [...(await locks.execute()), ...(await fobsAmong(db, companyId, some))];
		there.push(...rows.map(({ mac }) => mac));
	}
	return there;
}

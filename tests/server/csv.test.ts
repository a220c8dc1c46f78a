import { expect, test } from 'vitest';
import { readCsv } from '../../src/lib/server/csv.ts';

test('reads quotes, commas and line breaks in fields, and counts lines', () => {
	const text = '\uFEFFa,b\r\n1,"x, ""y""\nz"\r\n\n,\n"",2';
	expect(readCsv(text)).toEqual([
		{ line: 1, fields: ['a', 'b'] },
		{ line: 2, fields: ['1', 'x, "y"\nz'] },
		{ line: 5, fields: ['', ''] },
		{ line: 6, fields: ['', '2'] }
	]);
});

test('nothing, and a quote that never closes', () => {
	expect(readCsv('')).toEqual([]);
	expect(readCsv('\n\n')).toEqual([]);
	expect(readCsv('a,"b\nc')).toEqual([{ line: 1, fields: ['a', 'b\nc'] }]);
});

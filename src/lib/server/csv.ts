/** One line of a CSV file, with the number of the file's line it begins on, from 1. */
export interface CsvRecord {
	line: number;
	fields: string[];
}

/**
 * Reads CSV as RFC 4180 has it: commas, fields in double quotes where needed, `""` for a quote,
 * any line ending, a byte order mark is skipped, empty lines too. A quote that never closes ends
 * with the text.
 */
export function readCsv(text: string): CsvRecord[] {
	const records: CsvRecord[] = [];
	let fields: string[] = [];
	let field = '';
	let quoted = false;
	let line = 1;
	let began = 1;
	const endField = () => {
		fields.push(field);
		field = '';
	};
	const endRecord = () => {
		endField();
		if (fields.length > 1 || fields[0] !== '') records.push({ line: began, fields });
		fields = [];
		began = line;
	};
	for (let i = text.startsWith('\uFEFF') ? 1 : 0; i < text.length; i++) {
		const c = text.charAt(i);
		if (c === '\n') line++;
		if (quoted) {
			if (c !== '"') field += c;
			else if (text[i + 1] === '"') field += text.charAt(++i);
			else quoted = false;
		} else if (c === '"' && field === '') quoted = true;
		else if (c === ',') endField();
		else if (c === '\n') endRecord();
		else if (c !== '\r' || text[i + 1] !== '\n') field += c;
	}
	endRecord();
	return records;
}

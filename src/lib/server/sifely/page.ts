/** Which page of a list is asked for. */
export interface Asked {
	pageNo: number;
	pageSize: number;
}

/** Rows that a list of our own pages shows at most. */
export const MOST_ROWS = 1000;

/** Rows to be left out before the page. */
export function offsetOf({ pageNo, pageSize }: Asked): number {
	return (pageNo - 1) * pageSize;
}

/** A page as this API answers it. */
export function pageWith<R>(list: R[], { pageNo, pageSize }: Asked, total: number) {
	return { list, pageNo, pageSize, pages: Math.ceil(total / pageSize), total };
}

/** For LIKE with `escape '\'`: what is searched for, anywhere in the text. */
export function containing(text: string): string {
	return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}

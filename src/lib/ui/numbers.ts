/**
 * A whole number as people read it: `12,000`. By hand, since the first use of `Intl` on a page reads its
 * tables for longer than a list of locks takes to draw.
 */
export function grouped(number: number): string {
	return String(number).replace(/\B(?=(\d{3})+$)/g, ',');
}

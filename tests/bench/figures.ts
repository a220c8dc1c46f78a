/** The middle one. */
export function median(values: readonly number[]): number {
	return quantile(values, 0.5);
}

/** The one that 95 of 100 do not exceed. */
export function p95(values: readonly number[]): number {
	return quantile(values, 0.95);
}

/** Prints a figure beside its budget. */
export function ratio(what: string, value: number, budget: number, unit: string): void {
	const ratio = (value / budget).toFixed(2);
	console.log(
		`  ${what} ${value.toFixed(1)} ${unit}, ratio to budget ${ratio} (${budget} ${unit})`
	);
}

function quantile(values: readonly number[], q: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.max(0, Math.ceil(sorted.length * q) - 1)] ?? NaN;
}

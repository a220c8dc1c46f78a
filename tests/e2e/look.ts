import { expect, type Page } from '@playwright/test';
import type axe from 'axe-core';
import { readFileSync } from 'node:fs';

declare global {
	interface Window {
		/** There once a page was looked at. */
		axe?: typeof axe;
	}
}

const AXE = readFileSync(new URL(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

/** Looks at a page as it stands: phone and desk, light and dark. */
export async function look(page: Page): Promise<void> {
	for (const size of [
		{ width: 390, height: 844 },
		{ width: 1280, height: 800 }
	]) {
		await page.setViewportSize(size);
		for (const colorScheme of ['light', 'dark'] as const) {
			await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
			// Another size may be another page, which comes with the next frame; colours take a moment to change.
			await page.evaluate(frame);
			await page.getByRole('heading', { level: 1 }).first().waitFor();
			await expect.poll(() => page.evaluate(colouring)).toBe(0);
			if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(AXE);
			// In the dark only the colours are others.
			const found = await page.evaluate(violations, colorScheme === 'dark');
			expect(found, `${page.url()} ${colorScheme} ${size.width}`).toEqual([]);
		}
	}
	// Nothing is cut off where the screen is as narrow as a zoomed one.
	await page.setViewportSize({ width: 320, height: 640 });
	await expect
		.poll(() => page.evaluate(() => document.documentElement.scrollWidth), {
			message: `${page.url()} at 320 px`
		})
		.toBeLessThanOrEqual(320);
}

/** Settles when the page has been drawn with all that it knows now. */
function frame(): Promise<void> {
	return new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
}

/** How many transitions are under way. */
function colouring(): number {
	return document.getAnimations().filter((one) => one instanceof CSSTransition).length;
}

/** What axe finds: each rule that is broken, and the first that breaks it. */
async function violations(colours: boolean): Promise<string[]> {
	const { violations } = await window.axe!.run({
		// To describe all that is in order takes longer than to look.
		resultTypes: ['violations'],
		...(colours ? { runOnly: ['color-contrast'] } : {})
	});
	return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}

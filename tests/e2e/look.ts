import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** Looks at a page as it stands: phone and desk, light and dark. */
export async function look(page: Page): Promise<void> {
	for (const size of [
		{ width: 390, height: 844 },
		{ width: 1280, height: 800 }
	]) {
		await page.setViewportSize(size);
		for (const colorScheme of ['light', 'dark'] as const) {
			await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
			// Another size may be another page; colours take a moment to change.
			await page.getByRole('heading', { level: 1 }).first().waitFor();
			await expect.poll(() => page.evaluate(colouring)).toBe(0);
			const axe = new AxeBuilder({ page }).setLegacyMode();
			// In the dark only the colours are others.
			if (colorScheme === 'dark') axe.withRules(['color-contrast']);
			const { violations } = await axe.analyze();
			const found = violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
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

/** How many transitions are under way. */
function colouring(): number {
	return document.getAnimations().filter((one) => one instanceof CSSTransition).length;
}

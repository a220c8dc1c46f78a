import { expect, keepApp, test } from './site.ts';

/** The app on the home screen. */

test('the shortcut leads to the slab; the home screen is offered after an opening', async ({
	page
}) => {
	await page.goto('/?open=nearest');
	await expect(page.getByRole('button', { name: 'Open nearest' })).toBeFocused();
	const prompted = await page.evaluate(() => {
		const event = new Event('beforeinstallprompt', { cancelable: true });
		Object.assign(event, { prompt: () => Promise.resolve(document.body.append('asked')) });
		return dispatchEvent(event);
	});
	expect(prompted, 'Chrome asks by itself').toBe(false);
	await expect(page.getByRole('button', { name: 'Install' })).toBeHidden();
	await page.getByRole('button', { name: 'Account' }).click();
	await page.getByRole('menuitem', { name: 'Install Hasp' }).click();
	await expect(page.getByText('asked')).toBeVisible();
	await page.getByRole('button', { name: 'Account' }).click();
	await expect(page.getByRole('menuitem', { name: 'Install Hasp' })).toBeHidden();
});

test('Chrome can install it', async ({ page, context }) => {
	await keepApp(page);
	const browser = await context.newCDPSession(page);
	const manifest = await browser.send('Page.getAppManifest');
	expect(manifest.errors).toEqual([]);
	const { name, display, icons, shortcuts, screenshots } = JSON.parse(manifest.data ?? '{}') as {
		name: string;
		display: string;
		icons: { src: string; purpose?: string }[];
		shortcuts: { name: string }[];
		screenshots: { src: string; sizes: string; form_factor: string }[];
	};
	expect({ name, display }).toEqual({ name: 'Hasp', display: 'standalone' });
	expect(shortcuts.map((shortcut) => shortcut.name)).toEqual(['Open nearest', 'My locks']);
	expect(icons.some(({ purpose }) => purpose === 'maskable')).toBe(true);
	for (const { src } of icons) expect((await page.request.get(src)).status(), src).toBe(200);
	expect(screenshots.map(({ form_factor }) => form_factor)).toEqual(['narrow', 'wide']);
	for (const { src, sizes } of screenshots) {
		const picture = await (await page.request.get(src)).body();
		// Width and height stand at the same place of every PNG.
		expect(`${picture.readUInt32BE(16)}x${picture.readUInt32BE(20)}`, src).toBe(sizes);
	}
	const { installabilityErrors } = await browser.send('Page.getInstallabilityErrors');
	// A private window installs nothing; that is all that is wrong.
	const others = installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito');
	expect(others).toEqual([]);
});

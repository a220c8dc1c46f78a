import { findChromium } from '../setup/programs.ts';

/**
 * `stock` is what Chrome offers people today: Web Bluetooth, but no `getDevices`, and after a reload the
 * chooser again. `remembering` adds the new permissions backend: permissions survive a reload.
 */
export type BluetoothFeatures = 'stock' | 'remembering';

// One `--enable-features` only: a second one replaces the first.
const FLAGS: Record<BluetoothFeatures, string> = {
	stock: '--enable-features=WebBluetooth',
	remembering: '--enable-features=WebBluetooth,WebBluetoothNewPermissionsBackend'
};

// One `--disable-features` only, too: what Playwright switches off, and then what costs as much as a test does.
// Every window would load the two pages of its address bar, and every page keep a process in reserve.
const OFF = [
	'AvoidUnnecessaryBeforeUnloadCheckSync',
	'DestroyProfileOnBrowserClose',
	'HttpsUpgrades',
	'HttpsFirstBalancedModeAutoEnable',
	'LensOverlay',
	'MediaRouter',
	'PaintHolding',
	'ThirdPartyStoragePartitioning',
	'AvoidCorsURLLoaderRestartOnRedirect',
	'OptimizationHints',
	'NetworkTimeServiceQuerying',
	'AimEnabled',
	'PreconnectToSearch',
	'WebUIOmniboxPopup',
	'WebUIOmniboxAimPopup',
	'WebUIOmniboxFullPopup',
	'SpareRendererForSitePerProcess'
];

/**
 * Playwright's launch options for a Chromium with Web Bluetooth. A spec file takes the other kind by
 * `test.use({ launchOptions: launchOptions('remembering') })` at its top.
 *
 * @throws Error when no Chromium is installed.
 */
export function launchOptions(features: BluetoothFeatures): {
	executablePath: string;
	args: string[];
} {
	const executablePath = findChromium();
	if (executablePath === null) throw new Error('Chromium is missing: run `npm test`');
	return {
		executablePath,
		args: [
			'--no-sandbox',
			'--disable-background-networking',
			FLAGS[features],
			`--disable-features=${OFF.join()}`
		]
	};
}

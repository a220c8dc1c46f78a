import { FACETS, type Facet, type FacetGroup } from '$lib/api/app/fleet.ts';

const TITLES: Record<FacetGroup, string> = {
	need: 'Needs someone',
	state: 'State, as last heard',
	kind: 'Kind',
	environment: 'Environment'
};

const LABELS: Record<Facet, string> = {
	battery: 'Battery 1 or 2 of 7',
	debt: 'Revoked, still opens',
	waits: 'Waits for the lock',
	silent: 'Not heard for 30 days',
	setup: 'Awaiting setup',
	'unknown-keys': 'Keys not known',
	closed: 'Closed',
	open: 'Open',
	unknown: 'Not known',
	'hd-padlock': 'HD padlock',
	padlock: 'Padlock',
	'u-lock': 'U-lock',
	door: 'Door lock',
	production: 'Production',
	sandbox: 'Sandbox'
};

/** A facet with its words, and how many locks it would leave; null while they are counted. */
export interface Option {
	id: Facet;
	label: string;
	count: number | null;
}

/** The groups as they are shown: environments only where there is another than production. */
export function facetGroups(
	counts: Readonly<Record<Facet, number>> | undefined,
	chosen: readonly Facet[]
): { title: string; options: Option[] }[] {
	const sandboxed =
		(counts?.sandbox ?? 0) > 0 || FACETS.environment.some((one) => chosen.includes(one));
	return (Object.keys(FACETS) as FacetGroup[])
		.filter((group) => group !== 'environment' || sandboxed)
		.map((group) => ({
			title: TITLES[group],
			options: FACETS[group].map((id) => ({
				id,
				label: LABELS[id],
				count: counts?.[id] ?? null
			}))
		}));
}

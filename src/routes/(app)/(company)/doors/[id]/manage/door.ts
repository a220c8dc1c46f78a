import { DoorReply, type DoorDetail } from '$lib/api/app/door-detail.ts';
import type { Known } from '$lib/client/known.ts';
import { doorPath } from '$lib/client/door-path.ts';
import { Load } from '$lib/ui/load.svelte.ts';

/** One door lock as its manager sees it; kept on this phone to be read without network. */
export function doorLoad(known: Known, id: () => string): Load<DoorDetail> {
	const way = () => known.of(DoorReply, doorPath(id()), ({ door }) => door);
	return new Load(
		(signal) => way()[0](signal),
		() => way()[1]()
	);
}

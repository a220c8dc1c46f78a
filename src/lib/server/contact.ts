import type { ContactReply, ContactRequest } from '../api/app/offline.ts';
import { contact as contactPadlocks } from './core/contact.ts';
import type { Core } from './core/issue.ts';
import type { Member } from './people/identity.ts';
import { contactDoors } from './sifely/phone-doors.ts';

/**
 * A phone reports, and learns which keys of padlocks and eKeys of door locks it may hold. Throws
 * ServerError `conflict` for one phone too many.
 */
export async function contact(
	core: Core,
	who: Member,
	request: ContactRequest,
	now: number = Date.now()
): Promise<ContactReply> {
	const reply = await contactPadlocks(core, who, request, now);
	if (!request.doors) return reply;
	const { id } = request.phone;
	const doors = await contactDoors(core, who, request.doors, id, reply.leaseEnds, now);
	return { ...reply, doors };
}

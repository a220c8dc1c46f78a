import type { Person, Role } from '$lib/api/app/people.ts';

export const ROLE_NAMES: Record<Role, string> = {
	owner: 'Owner',
	admin: 'Admin',
	member: 'Member'
};

export const ROLE_OPTIONS = [
	{ value: 'member', label: 'Member: opens chosen locks' },
	{ value: 'admin', label: 'Admin: opens every lock, manages' }
] as const;

/** What a person may open, in words. */
export function opensWords(person: Pick<Person, 'role' | 'locks'>): string {
	if (person.role !== 'member') return 'opens every lock';
	if (person.locks.length === 0) return 'opens no lock yet';
	return person.locks.length === 1 ? 'opens 1 lock' : `opens ${person.locks.length} locks`;
}

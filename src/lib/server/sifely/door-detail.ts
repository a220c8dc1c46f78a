import type { DoorDetail, DoorFeature } from '../../api/app/door-detail.ts';
import { hasFeature, type Feature } from '../../protocol/ttlock/features.ts';
import type { Db } from '../db/connect.ts';
import type { Member } from '../people/identity.ts';
import { accountOfMember } from './accounts.ts';
import {
	batteryOf,
	heldDoor,
	holdDoor,
	isOwner,
	mustManage,
	mustOwn,
	type DoorRow
} from './doors.ts';
import { managerOf } from './doors-for-people.ts';
import { SifelyError } from './error.ts';
import { openLockData } from './lock-data.ts';
import { giveDoor } from './lock-keys.ts';
import { deleteDoor, renameDoor, type Doors } from './locks.ts';
import { passageHours } from './passage.ts';
import { inOurWords } from './refusals.ts';
import { saidOf } from './said.ts';

const FEATURES: readonly (readonly [Feature, DoorFeature])[] = [
	['lockCommand', 'lock'],
	['passcode', 'passcodes'],
	['autoLock', 'auto-lock'],
	['autoLockOff', 'auto-lock-off'],
	['sound', 'sound'],
	['passageMode', 'passage']
];

/** A lock for who manages it. Throws ServerError `not-found`, `forbidden`. */
export async function showPersonDoor(
	{ db, secret }: Doors,
	who: Member,
	lockId: number
): Promise<DoorDetail> {
	const by = await managerOf(db, who);
	const held = await inOurWords(async () => mustManage(await heldDoor(db, by, lockId)));
	const { lock } = held;
	const { noKeyPwd, pwdInfo } = openLockData(secret, lock);
	return {
		id: lock.id,
		name: lock.alias,
		mac: lock.mac,
		deviceName: lock.name,
		battery: batteryOf(lock),
		features: featuresOf(lock, pwdInfo !== null),
		owner: await ownerOf(db, lock),
		mayOwn: isOwner(held),
		timezoneOffset: lock.timezone_offset,
		// It opens for ever: an administrator for a time must not learn it.
		adminPasscode: isOwner(held) ? noKeyPwd : null,
		passage: passageHours(lock),
		said: saidOf(lock),
		maybeResetAt: lock.reset_at,
		counts: await countsOf(db, lock.id),
		addedAt: lock.created_at
	};
}

function featuresOf({ feature_value }: DoorRow, hasSeed: boolean): DoorFeature[] {
	const known = FEATURES.filter(([bit]) => hasFeature(feature_value, bit));
	const random = hasSeed && hasFeature(feature_value, 'passcode');
	return [
		'log',
		...known.map(([, name]) => name),
		...(random ? ['random-passcodes' as const] : [])
	];
}

async function ownerOf(db: Db, { owner_id, company_id }: DoorRow): Promise<DoorDetail['owner']> {
	const owner = await db
		.selectFrom('sifely_account')
		.leftJoin('user', 'user.id', 'sifely_account.user_id')
		.leftJoin('member', (join) =>
			join
				.onRef('member.userId', '=', 'sifely_account.user_id')
				.on('member.organizationId', '=', company_id)
		)
		.select([
			'sifely_account.username',
			'sifely_account.origin',
			'sifely_account.user_id',
			'user.name',
			'member.id as membership'
		])
		.where('sifely_account.id', '=', owner_id)
		.executeTakeFirstOrThrow();
	// An account of the open API alone is nobody who could leave; a person's may have lost its person.
	const isAlone = owner.user_id === null && owner.origin !== 'person';
	const isHere = owner.membership !== null || isAlone;
	return {
		name: owner.name ?? owner.username,
		userId: owner.membership === null ? null : owner.user_id,
		isHere
	};
}

async function countsOf(db: Db, lockId: number): Promise<DoorDetail['counts']> {
	const [keys, codes, waiting] = await Promise.all([
		db
			.selectFrom('ekey')
			.select((e) => e.fn.countAll<number>().as('n'))
			.where('lock_id', '=', lockId)
			.where('state', '<>', 'deleted')
			.executeTakeFirstOrThrow(),
		db
			.selectFrom('passcode')
			.select((e) => e.fn.countAll<number>().as('n'))
			.where('lock_id', '=', lockId)
			.where('state', '=', 'live')
			.executeTakeFirstOrThrow(),
		db
			.selectFrom('passcode')
			.select((e) => e.fn.countAll<number>().as('n'))
			.where('lock_id', '=', lockId)
			.where('waits', 'is not', null)
			.executeTakeFirstOrThrow()
	]);
	return { ekeys: keys.n, passcodes: codes.n, waiting: waiting.n };
}

/** Throws ServerError `not-found`, `forbidden`. */
export async function renamePersonDoor(
	doors: Doors,
	who: Member,
	lockId: number,
	lockAlias: string
): Promise<void> {
	const by = await managerOf(doors.db, who);
	await inOurWords(() => renameDoor(doors, by, { lockId, lockAlias }));
}

const OWNERS = {
	'not-permitted': ['forbidden', 'Only its owner and managers of the company may do this.']
} as const;

/**
 * Forgets a lock with its eKeys, passcodes and records; the lock itself is told nothing. Throws
 * ServerError `not-found`, `forbidden`.
 */
export async function deletePersonDoor(doors: Doors, who: Member, lockId: number): Promise<void> {
	const by = await managerOf(doors.db, who);
	await inOurWords(() => deleteDoor(doors, by, { lockId }), OWNERS);
}

/**
 * Makes a person of the company the owner: of a lock whose owner has left, above all. Throws ServerError
 * `not-found` (lock or person), `forbidden`, `conflict` for who owns it already.
 */
export async function givePersonDoor(
	{ db }: Doors,
	who: Member,
	lockId: number,
	userId: string
): Promise<void> {
	const by = await managerOf(db, who);
	await inOurWords(async () => {
		// Before an account is made for somebody: only who owns it may give it.
		mustOwn(await heldDoor(db, by, lockId));
		const to = await accountOfMember(db, by.companyId, userId);
		await db.transaction().execute(async (trx) => {
			const held = mustOwn(await holdDoor(trx, by, lockId));
			if (held.lock.owner_id === to.id)
				throw new SifelyError('lock-to-yourself', 'they own it already');
			await giveDoor(trx, by, held, to.id);
		});
	}, OWNERS);
}

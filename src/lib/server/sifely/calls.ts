import type { ENDPOINTS } from '../../api/sifely/endpoints.ts';
import { type SifelyEndpoint } from '../../api/sifely/endpoints.ts';
import type { z } from 'zod';
import type { Budgets } from '../budget.ts';
import type { AppCaller, Caller } from './caller.ts';
import { listCodes } from './code-list.ts';
import { addCode, changeCode, deleteByCode, deleteCode } from './custom-codes.ts';
import * as change from './ekey-changes.ts';
import { listKeys, listLockKeys, showKey } from './ekey-list.ts';
import { sendKey } from './ekeys.ts';
import { changeAdminCode, resetKeys, transferDoors, updateLockData } from './lock-keys.ts';
import { deleteDoor, hearBattery, listDoors, renameDoor, showDoor, type Doors } from './locks.ts';
import { initializeDoor } from './pairing.ts';
import { setPassage, showPassage } from './passage.ts';
import { getCode } from './random-codes.ts';
import { listRecords, takeRecords } from './records.ts';
import { deleteUser, listUsers, registerUser, resetPassword } from './users.ts';

type CallerOf<E extends SifelyEndpoint> = (typeof ENDPOINTS)[E]['by'] extends 'token'
	? Caller
	: AppCaller;

/** What each call does once it is known who calls and the request fits: an answer, or just done. */
type Calls = {
	[E in SifelyEndpoint]: (
		desk: Doors & { readonly budgets: Budgets },
		caller: CallerOf<E>,
		request: z.output<(typeof ENDPOINTS)[E]['request']>
	) => Promise<z.input<(typeof ENDPOINTS)[E]['reply']> | void>;
};

export const CALLS: Calls = {
	'v3/user/register': registerUser,
	'v3/user/resetPassword': resetPassword,
	'v3/user/list': listUsers,
	'v3/user/delete': deleteUser,
	'v3/lock/initialize': initializeDoor,
	'v3/lock/list': listDoors,
	'v3/lock/detail': showDoor,
	'v3/lock/rename': renameDoor,
	'v3/lock/transfer': transferDoors,
	'v3/lock/delete': deleteDoor,
	'v3/lock/updateLockData': updateLockData,
	'v3/lock/updateElectricQuantity': hearBattery,
	'v3/lock/resetKey': resetKeys,
	'v3/lock/changeAdminKeyboardPwd': changeAdminCode,
	'v3/lock/configPassageMode': setPassage,
	'v3/lock/getPassageModeConfig': showPassage,
	'v3/lock/listKey': listLockKeys,
	'v3/lock/listKeyboardPwd': listCodes,
	'v3/key/send': sendKey,
	'v3/key/list': listKeys,
	'v3/key/get': showKey,
	'v3/key/delete': change.deleteKey,
	'v3/key/freeze': change.freezeKey,
	'v3/key/unfreeze': change.thawKey,
	'v3/key/changePeriod': change.changePeriod,
	'v3/key/update': change.updateKey,
	'v3/key/authorize': change.authorizeKey,
	'v3/key/unauthorize': change.unauthorizeKey,
	'v3/keyboardPwd/get': getCode,
	'v3/keyboardPwd/add': addCode,
	'v3/keyboardPwd/delete': deleteCode,
	'v3/keyboardPwd/deleteByCode': deleteByCode,
	'v3/keyboardPwd/change': changeCode,
	'v3/lockRecord/list': listRecords,
	'v3/lockRecord/upload': takeRecords
};

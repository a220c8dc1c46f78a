import type { z } from 'zod';
import { Errcode } from './errcodes.ts';
import * as keys from './keys.ts';
import * as locks from './locks.ts';
import * as passcodes from './passcodes.ts';
import * as records from './records.ts';
import * as users from './users.ts';

/**
 * Every call of the open API by its path below /sifely/, as GET or POST. `by` is what a caller shows
 * beside clientId: an access token, or the application's own secret.
 */
export const ENDPOINTS = {
	'v3/user/register': call('secret', users.RegisterRequest, users.RegisterReply),
	'v3/user/resetPassword': call('secret', users.ResetPasswordRequest),
	'v3/user/list': call('secret', users.ListUsersRequest, users.ListUsersReply),
	'v3/user/delete': call('secret', users.DeleteUserRequest),
	'v3/lock/initialize': call('token', locks.InitializeRequest, locks.InitializeReply),
	'v3/lock/list': call('token', locks.ListLocksRequest, locks.ListLocksReply),
	'v3/lock/detail': call('token', locks.LockRequest, locks.LockDetailReply),
	'v3/lock/rename': call('token', locks.RenameRequest),
	'v3/lock/transfer': call('token', locks.TransferRequest),
	'v3/lock/delete': call('token', locks.LockRequest),
	'v3/lock/updateLockData': call('token', locks.UpdateLockDataRequest),
	'v3/lock/updateElectricQuantity': call('token', locks.UpdateBatteryRequest),
	'v3/lock/resetKey': call('token', locks.ResetKeyRequest),
	'v3/lock/changeAdminKeyboardPwd': call('token', locks.ChangeAdminCodeRequest),
	'v3/lock/configPassageMode': call('token', locks.PassageModeRequest),
	'v3/lock/getPassageModeConfig': call('token', locks.LockRequest, locks.PassageMode),
	'v3/lock/listKey': call('token', keys.ListLockKeysRequest, keys.ListLockKeysReply),
	'v3/lock/listKeyboardPwd': call('token', passcodes.ListCodesRequest, passcodes.ListCodesReply),
	'v3/key/send': call('token', keys.SendKeyRequest, keys.SendKeyReply),
	'v3/key/list': call('token', keys.ListKeysRequest, keys.ListKeysReply),
	'v3/key/get': call('token', keys.KeyOfLockRequest, keys.HeldKey),
	'v3/key/delete': call('token', keys.KeyRequest),
	'v3/key/freeze': call('token', keys.KeyRequest),
	'v3/key/unfreeze': call('token', keys.KeyRequest),
	'v3/key/changePeriod': call('token', keys.ChangePeriodRequest),
	'v3/key/update': call('token', keys.UpdateKeyRequest),
	'v3/key/authorize': call('token', keys.AuthorizeRequest),
	'v3/key/unauthorize': call('token', keys.AuthorizeRequest),
	'v3/keyboardPwd/get': call('token', passcodes.GetCodeRequest, passcodes.GetCodeReply),
	'v3/keyboardPwd/add': call('token', passcodes.AddCodeRequest, passcodes.AddCodeReply),
	'v3/keyboardPwd/delete': call('token', passcodes.DeleteCodeRequest),
	'v3/keyboardPwd/deleteByCode': call('token', passcodes.DeleteByCodeRequest),
	'v3/keyboardPwd/change': call('token', passcodes.ChangeCodeRequest),
	'v3/lockRecord/list': call('token', records.ListRecordsRequest, records.ListRecordsReply),
	'v3/lockRecord/upload': call('token', records.UploadRecordsRequest)
};
export type SifelyEndpoint = keyof typeof ENDPOINTS;

/** Where tokens are had; it has neither `date` nor a token. */
export const TOKEN_PATH = 'oauth2/token';

/** Without a reply of its own a call answers errcode 0. */
function call<
	By extends 'token' | 'secret',
	S extends z.ZodType,
	R extends z.ZodType = typeof Errcode
>(by: By, request: S, reply?: R) {
	return { by, request, reply: (reply ?? Errcode) as R };
}

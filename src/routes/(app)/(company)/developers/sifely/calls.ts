/** Calls of the open API below /sifely/, by what they are about. */
export const CALLS: readonly { of: string; path: string; verbs: readonly string[] }[] = [
	{ of: 'Signing in', path: 'oauth2', verbs: ['token'] },
	{ of: 'Accounts', path: 'v3/user', verbs: ['register', 'resetPassword', 'list', 'delete'] },
	{
		of: 'Locks',
		path: 'v3/lock',
		verbs: [
			...['initialize', 'list', 'detail', 'rename', 'transfer', 'delete', 'updateLockData'],
			...['updateElectricQuantity', 'resetKey', 'changeAdminKeyboardPwd', 'configPassageMode'],
			...['getPassageModeConfig', 'listKey', 'listKeyboardPwd']
		]
	},
	{
		of: 'eKeys',
		path: 'v3/key',
		verbs: [
			...['send', 'list', 'get', 'delete', 'freeze', 'unfreeze', 'changePeriod', 'update'],
			...['authorize', 'unauthorize']
		]
	},
	{
		of: 'Passcodes',
		path: 'v3/keyboardPwd',
		verbs: ['get', 'add', 'delete', 'deleteByCode', 'change']
	},
	{ of: 'Records', path: 'v3/lockRecord', verbs: ['list', 'upload'] }
];

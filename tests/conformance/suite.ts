import type { Case } from './case.ts';
import { ACTIVITY_FILTER_CASES } from './cases/activity-filters.ts';
import { ACTIVITY_CASES } from './cases/activity.ts';
import { EVERY_CALL } from './cases/every-call.ts';
import { FOBS_ISSUE_CASES } from './cases/fobs-issue.ts';
import { FOBS_REVOKE_CASES } from './cases/fobs-revoke.ts';
import { FOBS_SYNC_CASES } from './cases/fobs-sync.ts';
import { FRAME } from './cases/frame.ts';
import { KEYS_ISSUE_CASES } from './cases/keys-issue.ts';
import { KEYS_REVOKE_CASES } from './cases/keys-revoke.ts';
import { LOCK_STATE_CASES } from './cases/lock-state.ts';
import { LOCK_CASES } from './cases/lock.ts';
import { OTHER_COMMANDS_CASES } from './cases/other-commands.ts';
import { QC_COMBINED_CASES } from './cases/qc-combined.ts';
import { QC_DISPLAY_CASES } from './cases/qc-display.ts';
import { QC_ISSUE_CASES } from './cases/qc-issue.ts';
import { QC_LIMIT_CASES } from './cases/qc-limits.ts';
import { QC_REVOKE_CASES } from './cases/qc-revoke.ts';
import { RESTORE_CASES } from './cases/restore.ts';
import { SETTINGS_CASES } from './cases/settings.ts';
import { TIMELINE_CASES } from './cases/timeline.ts';
import { UNLOCK_CASES } from './cases/unlock.ts';
import { UPLOAD_CASES } from './cases/upload.ts';

/** Every case, in the order in which a run goes through them. */
export const SUITE: readonly Case[] = [
	...FRAME,
	...LOCK_CASES,
	...LOCK_STATE_CASES,
	...UNLOCK_CASES,
	...OTHER_COMMANDS_CASES,
	...SETTINGS_CASES,
	...KEYS_ISSUE_CASES,
	...KEYS_REVOKE_CASES,
	...QC_ISSUE_CASES,
	...QC_LIMIT_CASES,
	...QC_REVOKE_CASES,
	...QC_DISPLAY_CASES,
	...QC_COMBINED_CASES,
	...FOBS_ISSUE_CASES,
	...FOBS_REVOKE_CASES,
	...FOBS_SYNC_CASES,
	...TIMELINE_CASES,
	...UPLOAD_CASES,
	...RESTORE_CASES,
	...ACTIVITY_CASES,
	...ACTIVITY_FILTER_CASES,
	...EVERY_CALL
];

/**
 * Runs by itself for one task: keys are in the clear here only, and gone with it. It takes a `Task`
 * and answers with a `TaskAnswer`.
 */
import { Vault } from './store.ts';
import { perform, type Task } from './task.ts';

addEventListener('message', ({ data }: MessageEvent<Task>) => {
	const vault = new Vault();
	void perform(vault, data).then(async (answer) => {
		await vault.close();
		postMessage(answer);
	});
});

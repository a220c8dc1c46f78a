import { readFileSync } from 'node:fs';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig, type Plugin } from 'vite';

/** The frame of every page and the list of locks, which is where people begin. */
const BEGINNING =
	/\/src\/routes\/(\+layout|\(app\)\/(\+layout|\(company\)\/(\+layout|locks\/\+page)))\.(svelte|ts)$/;

/** What a tap needs: loaded as soon as the list is drawn. */
const TAP = /\/src\/routes\/\(app\)\/(\(company\)\/locks\/(tap|ready)|talks)\.ts$/;

/** All styles in one: forty sheets of some lines each would be forty requests. */
const STYLES = /\.css$/;

/** Chrome compiles every function of such a file while it loads, on another thread. */
const COMPILE_AT_ONCE = '//# allFunctionsCalledOnLoad\n';

/** Marks the files in which most functions run at every start; it stands first, so it is written last. */
function compileAtOnce(names: readonly string[]): Plugin {
	return {
		name: 'hasp-compile-at-once',
		enforce: 'post',
		applyToEnvironment: ({ name }) => name === 'client',
		generateBundle: {
			order: 'post',
			handler(_, bundle) {
				for (const file of Object.values(bundle))
					if (file.type === 'chunk' && names.includes(file.name))
						file.code = COMPILE_AT_ONCE + file.code;
			}
		}
	};
}

const ICON = /\/@lucide\/svelte\/dist\/icons\/([a-z\d-]+)\.svelte$/;

/**
 * Draws Lucide's icons once, at build: as the package makes them, each is a tree of elements built anew from a
 * table wherever it stands, and twenty of them in a list were a quarter of its start. They take no
 * properties: a style sets what differs.
 */
function icons(): Plugin {
	return {
		name: 'hasp-icons',
		enforce: 'pre',
		load(id) {
			const [, name] = ICON.exec(id) ?? [];
			if (name === undefined) return null;
			const [, table] = /"node": (\[.*?\}\]\])/.exec(readFileSync(id, 'utf8')) ?? [];
			if (table === undefined) throw new Error(`${name}: not an icon as Lucide wrote them`);
			const shapes = (JSON.parse(table) as [string, Record<string, string>][]).map(
				([tag, attributes]) =>
					`<${tag} ${Object.entries(attributes)
						.map(([key, value]) => `${key}="${value}"`)
						.join(' ')} />`
			);
			return `<svg class="lucide lucide-${name}" aria-hidden="true" width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${shapes.join('')}</svg>`;
		}
	};
}

export default defineConfig(({ isSsrBuild }) => ({
	plugins: [icons(), sveltekit(), compileAtOnce(['beginning'])],
	// One file for it and for all it imports: in fifty files the same code is a fifth larger on the
	// wire, since each is compressed alone.
	...(isSsrBuild
		? {}
		: {
				build: {
					rolldownOptions: {
						output: {
							codeSplitting: {
								groups: [
									{ name: 'beginning', test: BEGINNING, priority: 2 },
									{ name: 'styles', test: STYLES, priority: 3 },
									{ name: 'tap', test: TAP, priority: 1 }
								]
							}
						}
					}
				}
			})
}));

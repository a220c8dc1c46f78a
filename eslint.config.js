import svelte from 'eslint-plugin-svelte';
import { defineConfig, globalIgnores } from 'eslint/config';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

// The variable of `npm run lint:code`, which the parser reads before this file is, lets TypeScript read
// components as any other file: else each makes its program anew, a third of the whole time.

const TYPED = ['**/*.ts', '**/*.svelte', '**/*.svelte.ts'];

export default defineConfig(
	globalIgnores([
		'build/',
		'.svelte-kit/',
		'data/',
		'test-results/',
		'playwright-report/',
		'tests/vectors/'
	]),
	// The rules of the house have no exceptions in comments.
	{ linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
	ts.configs.recommended,
	svelte.configs.recommended,
	{
		languageOptions: { globals: { ...globals.browser, ...globals.node } },
		rules: {
			// `== null` asks for both kinds of nothing at once.
			eqeqeq: ['error', 'always', { null: 'ignore' }],
			'max-lines': ['error', 300],
			'no-restricted-exports': [
				'error',
				{ restrictDefaultExports: { direct: true, named: true, defaultFrom: true } }
			],
			'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx', 'hack'] }],
			'no-constant-condition': ['error', { checkLoops: 'allExceptWhileTrue' }],
			'no-unreachable': 'error',
			'no-var': 'error',
			'prefer-const': 'error',
			'@typescript-eslint/no-unused-vars': [
				'error',
				{
					argsIgnorePattern: '^_',
					varsIgnorePattern: '^_',
					destructuredArrayIgnorePattern: '^_',
					ignoreRestSiblings: true
				}
			]
		}
	},
	{
		files: TYPED,
		languageOptions: {
			parserOptions: {
				// Kit's tsconfig leaves the worker out: it has types of its own.
				projectService: { allowDefaultProject: ['src/service-worker.ts'] },
				extraFileExtensions: ['.svelte']
			}
		},
		rules: {
			'@typescript-eslint/await-thenable': 'error',
			'@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
			'@typescript-eslint/no-floating-promises': 'error',
			// A handler that is async by choice is fine; its promise is caught where it can fail.
			'@typescript-eslint/no-misused-promises': [
				'error',
				{ checksVoidReturn: { attributes: false } }
			],
			'@typescript-eslint/only-throw-error': [
				'error',
				{ allow: [{ from: 'package', package: '@sveltejs/kit', name: ['HttpError', 'Redirect'] }] }
			],
			'@typescript-eslint/switch-exhaustiveness-check': [
				'error',
				{ considerDefaultExhaustiveForUnions: true }
			]
		}
	},
	{
		files: ['**/*.svelte', '**/*.svelte.ts', '**/*.svelte.js'],
		languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
		rules: {
			// Props are destructured by `let`; the plugin's own rule knows them.
			'prefer-const': 'off',
			'svelte/prefer-const': 'error',
			// State that is drawn is replaced whole; a map that nothing draws stays plain.
			'svelte/prefer-svelte-reactivity': 'off',
			// The app is served at the root of its own host.
			'svelte/no-navigation-without-resolve': 'off'
		}
	},
	{
		files: ['src/**'],
		ignores: ['src/cli/**'],
		rules: { 'no-console': 'error' }
	},
	{
		// Their tools ask for a default export.
		files: ['**/*.config.{js,ts}', 'tests/setup/{postgres,runes}.ts', 'tests/bench/lines.ts'],
		rules: { 'no-restricted-exports': 'off' }
	},
	{
		// Playwright reads a fixture's dependencies from its first parameter, which must be a pattern.
		files: ['tests/e2e/**'],
		rules: { 'no-empty-pattern': 'off' }
	}
);

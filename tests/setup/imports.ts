import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path/posix';
import ts from 'typescript';

/** How an import loads: with the module, only when its line runs, or not at all. */
export type ImportKind = 'static' | 'lazy' | 'type';

export interface Import {
	/** File that imports, from the project's root. */
	readonly from: string;
	/** File or folder of ours from the project's root, else the package's name, `node:…` or `$app`. */
	readonly to: string;
	readonly kind: ImportKind;
	/** As written. */
	readonly specifier: string;
}

/** Every file under a folder, from the project's root. */
export function filesUnder(folder: string): string[] {
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name))
		.sort();
}

/** Every import of every module and component under a folder. */
export function importsUnder(folder: string): Import[] {
	return filesUnder(folder)
		.filter((file) => /\.(ts|js|svelte)$/.test(file))
		.flatMap((file) => importsIn(file, readFileSync(file, 'utf8')));
}

/** The imports of one module or component: static, dynamic, re-exports and types. */
export function importsIn(from: string, text: string): Import[] {
	const found: Import[] = [];
	const add = (specifier: string, kind: ImportKind): void => {
		found.push({ from, to: resolve(from, specifier), kind, specifier });
	};
	const { script, markup } = from.endsWith('.svelte')
		? splitComponent(text)
		: { script: text, markup: '' };
	for (const [, specifier] of markup.matchAll(/\bimport\(\s*['"`]([^'"`]+)/g)) {
		if (specifier !== undefined) add(specifier, 'lazy');
	}
	const visit = (node: ts.Node): void => {
		if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
			const specifier = node.moduleSpecifier;
			if (specifier && ts.isStringLiteral(specifier)) {
				add(specifier.text, isTypeOnly(node) ? 'type' : 'static');
			}
		} else if (ts.isImportTypeNode(node)) {
			const { argument } = node;
			if (ts.isLiteralTypeNode(argument) && ts.isStringLiteral(argument.literal)) {
				add(argument.literal.text, 'type');
			}
		} else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
			const [argument] = node.arguments;
			add(argument && ts.isStringLiteralLike(argument) ? argument.text : '(computed)', 'lazy');
		}
		ts.forEachChild(node, visit);
	};
	visit(ts.createSourceFile(from, script, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS));
	return found;
}

function isTypeOnly(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
	if (ts.isExportDeclaration(node)) return node.isTypeOnly;
	const clause = node.importClause;
	if (!clause) return false;
	if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
	const named = clause.namedBindings;
	if (clause.name || !named || !ts.isNamedImports(named)) return false;
	return named.elements.length > 0 && named.elements.every((element) => element.isTypeOnly);
}

function splitComponent(text: string): { script: string; markup: string } {
	const scripts: string[] = [];
	const markup = text.replace(/<script[^>]*>([\s\S]*?)<\/script>/g, (_, body: string) => {
		scripts.push(body);
		return '';
	});
	return { script: scripts.join('\n'), markup };
}

function resolve(from: string, specifier: string): string {
	if (specifier === '$lib' || specifier.startsWith('$lib/')) return `src/${specifier.slice(1)}`;
	if (specifier.endsWith('/$types')) return '$types';
	if (specifier.startsWith('.'))
		return normalize(join(dirname(from), specifier)).split('?')[0] ?? '';
	if (specifier.startsWith('node:') || specifier === '(computed)') return specifier;
	const [first = '', second = ''] = specifier.split('/');
	return first.startsWith('@') ? `${first}/${second}` : first;
}

import { dirname } from 'node:path/posix';
import type { Import, ImportKind } from './imports.ts';

/** A part of the house: where it lies and what it may import besides itself. */
export interface Room {
	readonly name: string;
	/** The first pattern that matches a file decides its room. */
	readonly at: RegExp;
	/** Rooms. `type x` allows x as types only, `lazy x` as types and by `import()` only. */
	readonly rooms: readonly string[];
	/** Packages; `node:` stands for every module of Node. */
	readonly packages: readonly string[];
	/** True where plain Node runs the files: no alias, and every path with its extension. */
	readonly plain: boolean;
}

/** A folder that speaks one vendor's language, and who may look inside. */
export interface VendorFolder {
	readonly folder: string;
	/** Files in it that anyone may import whose room allows it. */
	readonly entries: readonly string[];
	/** Who may import all of it. */
	readonly insiders: readonly string[];
}

/** The room of a file; `undefined` when no room claims it. */
export function roomOf(rooms: readonly Room[], file: string): Room | undefined {
	return rooms.find((room) => room.at.test(file));
}

/** Whether the table forbids an import: a sentence about it, else `null`. */
export function judge(rooms: readonly Room[], one: Import): string | null {
	const { from, to, kind, specifier } = one;
	const room = roomOf(rooms, from);
	if (!room) return `${from} lies in no room`;
	if (to === '$types') return null;
	if (to === '(computed)') return `${from} imports a computed path`;
	if (!to.startsWith('src/')) {
		const name = to.startsWith('node:') ? 'node:' : to;
		return room.packages.includes(name) ? null : `${room.name} may not import ${to} (${from})`;
	}
	if (room.plain && !/^\.\.?\/.*\.ts$/.test(specifier)) {
		return `${from} imports ${specifier}, which plain Node does not find`;
	}
	const target = roomOf(rooms, to);
	if (!target) return `${to}, imported by ${from}, lies in no room`;
	if (target.name === room.name) return null;
	const ways: Record<ImportKind, readonly string[]> = {
		static: [''],
		lazy: ['', 'lazy '],
		type: ['', 'lazy ', 'type ']
	};
	const allowed = ways[kind].some((way) => room.rooms.includes(way + target.name));
	return allowed ? null : `${room.name} may not import ${target.name} (${kind}: ${from} → ${to})`;
}

/** Whether an import reaches into a vendor's folder from outside: a sentence, else `null`. */
export function judgeVendor(folders: readonly VendorFolder[], { from, to }: Import): string | null {
	for (const { folder, entries, insiders } of folders) {
		if (!to.startsWith(`${folder}/`) || from.startsWith(`${folder}/`)) continue;
		if (entries.some((entry) => to === `${folder}/${entry}`)) continue;
		if (insiders.some((insider) => from.startsWith(insider))) continue;
		return `${from} reaches into ${folder} (${to})`;
	}
	return null;
}

/**
 * A circle among folders, as the folders in order, else `null`. A folder and those within it count as one
 * another's own: `protocol` binds the vendors that use its floor.
 */
export function folderCycle(imports: readonly Import[]): string[] | null {
	const edges = new Map<string, Set<string>>();
	for (const { from, to } of imports) {
		const [a, b] = [dirname(from), dirname(to)];
		if (!to.startsWith('src/') || `${a}/`.startsWith(`${b}/`) || `${b}/`.startsWith(`${a}/`))
			continue;
		edges.set(a, (edges.get(a) ?? new Set()).add(b));
	}
	const done = new Set<string>();
	const walk = (folder: string, path: readonly string[]): string[] | null => {
		if (path.includes(folder)) return [...path.slice(path.indexOf(folder)), folder];
		if (done.has(folder)) return null;
		for (const next of edges.get(folder) ?? []) {
			const cycle = walk(next, [...path, folder]);
			if (cycle) return cycle;
		}
		done.add(folder);
		return null;
	};
	for (const folder of edges.keys()) {
		const cycle = walk(folder, []);
		if (cycle) return cycle;
	}
	return null;
}

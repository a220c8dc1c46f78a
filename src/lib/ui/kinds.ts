/** How a kind of lock is drawn. */
export type Shape = 'padlock' | 'u-lock' | 'door';

export interface Kind {
	hardwareType: string;
	name: string;
	shape: Shape;
}

/** The kinds a person can add, by the two characters of the lock's own name. */
export const KINDS: readonly Kind[] = [
	{ hardwareType: '4I', name: 'HD padlock', shape: 'padlock' },
	{ hardwareType: '3P', name: 'Padlock', shape: 'padlock' },
	{ hardwareType: '2U', name: 'U-lock', shape: 'u-lock' }
];

/** The kind behind a hardware type; another digit of the same letter is the same kind. */
export function kindOf(hardwareType: string): Kind {
	const letter = hardwareType.slice(1);
	return (
		KINDS.find((kind) => kind.hardwareType === hardwareType) ??
		KINDS.find((kind) => kind.hardwareType.slice(1) === letter) ?? {
			hardwareType,
			name: `Lock ${hardwareType}`,
			shape: 'padlock'
		}
	);
}

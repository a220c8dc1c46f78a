/** stand-in */
export class Trial {
	light: 'off' | 'blinking' | 'green' = $state('off');
	open = $state(false);
	opened = $state(false);
	runs = $state(false);
	words: { title: string; text: string } | null = $state(null);
	title = $derived(this.open ? 'It’s open' : 'Open');
	text = $derived(this.open ? 'As of 14:06:31' : 'The virtual padlock');
	step = $derived(this.light === 'off' ? 1 : 2);
	press() {
		this.light = 'blinking';
	}
	push() {
		this.open = false;
		this.light = 'off';
	}
	openIt() {
		if (this.light === 'blinking') {
			this.open = this.opened = true;
			this.light = 'green';
		}
	}
	close() {}
}

// Nothing under the pointer moves: what would change the page waits while a button is being pressed.
let isPressed = false;
let waiting: (() => void)[] = [];

function release(): void {
  isPressed = false;
  const due = waiting;
  waiting = [];
  for (const act of due) act();
}

/** Start watching the pointer for the whole application; called once. */
export function installPress(): void {
  window.addEventListener('pointerdown', () => (isPressed = true), { capture: true });
  // The click itself comes after these, and in the same turn; a key says that a press ended outside the window.
  for (const end of ['pointerup', 'pointercancel', 'dragend', 'keydown']) {
    window.addEventListener(end, () => setTimeout(release), { capture: true });
  }
}

/** At once, or as soon as the press is over that made somebody leave a field. */
export function afterPress(act: () => void): void {
  if (isPressed) waiting.push(act);
  else act();
}

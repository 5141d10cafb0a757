// The one table of keys, and who answers to them. Matches by event.code, so that a Chinese input method does not matter.
import { onScopeDispose, shallowRef } from 'vue';

export interface KeyBinding {
  /** KeyboardEvent.code: the place on the keyboard, not the letter. */
  readonly code: string;
  readonly ctrl?: boolean;
  readonly shift?: boolean;
  /** As the page shows it. */
  readonly shown: string;
  /** call keys work on every page, even while a question is open */
  readonly group: 'call' | 'page' | 'desk' | 'dispatch' | 'ticket' | 'list' | 'inbox' | 'satisfaction' | 'photo';
}

export const KEYS = {
  'call.answer': { code: 'F2', shown: 'F2', group: 'call' },
  'call.transfer': { code: 'F3', shown: 'F3', group: 'call' },
  'call.hangUp': { code: 'F4', shown: 'F4', group: 'call' },
  'call.hold': { code: 'F8', shown: 'F8', group: 'call' },
  'call.mute': { code: 'F9', shown: 'F9', group: 'call' },
  'call.pause': { code: 'F10', shown: 'F10', group: 'call' },

  'page.down': { code: 'ArrowDown', shown: '↓', group: 'page' },
  'page.up': { code: 'ArrowUp', shown: '↑', group: 'page' },
  'page.downLetter': { code: 'KeyJ', shown: 'J', group: 'page' },
  'page.upLetter': { code: 'KeyK', shown: 'K', group: 'page' },
  'page.open': { code: 'Enter', shown: 'Enter', group: 'page' },
  'page.back': { code: 'Escape', shown: 'Esc', group: 'page' },
  'page.search': { code: 'Slash', shown: '/', group: 'page' },
  'page.commands': { code: 'KeyK', ctrl: true, shown: 'Ctrl+K', group: 'page' },
  'page.primary': { code: 'Enter', ctrl: true, shown: 'Ctrl+Enter', group: 'page' },
  'page.save': { code: 'KeyS', ctrl: true, shown: 'Ctrl+S', group: 'page' },
  'page.help': { code: 'F1', shown: 'F1', group: 'page' },
  'page.helpMark': { code: 'Slash', shift: true, shown: '?', group: 'page' },

  'photo.previous': { code: 'ArrowLeft', shown: '←', group: 'photo' },
  'photo.next': { code: 'ArrowRight', shown: '→', group: 'photo' },

  'desk.phrases': { code: 'F7', shown: 'F7', group: 'desk' },
  'desk.readBack': { code: 'F7', shift: true, shown: 'Shift+F7', group: 'desk' },
  'desk.another': { code: 'Enter', ctrl: true, shift: true, shown: 'Ctrl+Shift+Enter', group: 'desk' },
  'desk.caret': { code: 'KeyI', shown: 'I', group: 'desk' },
  'desk.topic': { code: 'KeyF', shown: 'F', group: 'desk' },
  'desk.nearby': { code: 'KeyN', shown: 'N', group: 'desk' },
  'desk.join': { code: 'KeyG', shown: 'G', group: 'desk' },
  'desk.recent1': { code: 'Digit1', shown: '1', group: 'desk' },
  'desk.recent2': { code: 'Digit2', shown: '2', group: 'desk' },
  'desk.recent3': { code: 'Digit3', shown: '3', group: 'desk' },
  'desk.recent4': { code: 'Digit4', shown: '4', group: 'desk' },
  'desk.recent5': { code: 'Digit5', shown: '5', group: 'desk' },

  'dispatch.next': { code: 'KeyN', shown: 'N', group: 'dispatch' },
  'dispatch.card1': { code: 'Digit1', shown: '1', group: 'dispatch' },
  'dispatch.card2': { code: 'Digit2', shown: '2', group: 'dispatch' },
  'dispatch.card3': { code: 'Digit3', shown: '3', group: 'dispatch' },
  'dispatch.other': { code: 'Digit0', shown: '0', group: 'dispatch' },
  'dispatch.help': { code: 'KeyA', shown: 'A', group: 'dispatch' },
  'dispatch.merge': { code: 'KeyM', shown: 'M', group: 'dispatch' },
  'dispatch.incident': { code: 'KeyG', shown: 'G', group: 'dispatch' },
  'dispatch.split': { code: 'KeyS', shown: 'S', group: 'dispatch' },
  'dispatch.sendBack': { code: 'KeyB', shown: 'B', group: 'dispatch' },
  'dispatch.topic': { code: 'KeyT', shown: 'T', group: 'dispatch' },
  'dispatch.urgency': { code: 'KeyU', shown: 'U', group: 'dispatch' },
  'dispatch.place': { code: 'KeyL', shown: 'L', group: 'dispatch' },
  'dispatch.pile': { code: 'Enter', shift: true, shown: 'Shift+Enter', group: 'dispatch' },
  'dispatch.end': { code: 'KeyJ', shown: 'J', group: 'dispatch' },
  'dispatch.confer': { code: 'KeyK', shown: 'K', group: 'dispatch' },
  'dispatch.undo': { code: 'KeyZ', shown: 'Z', group: 'dispatch' },

  'ticket.act2': { code: 'Digit2', shown: '2', group: 'ticket' },
  'ticket.act3': { code: 'Digit3', shown: '3', group: 'ticket' },
  'ticket.act4': { code: 'Digit4', shown: '4', group: 'ticket' },
  'ticket.redact': { code: 'KeyH', shown: 'H', group: 'ticket' },
  'ticket.note': { code: 'KeyE', shown: 'E', group: 'ticket' },
  'ticket.call': { code: 'KeyC', shown: 'C', group: 'ticket' },
  'ticket.citizen': { code: 'KeyV', shown: 'V', group: 'ticket' },
  'ticket.print': { code: 'KeyP', shown: 'P', group: 'ticket' },
  'ticket.copyLink': { code: 'KeyL', shown: 'L', group: 'ticket' },
  'ticket.checkRight': { code: 'KeyY', shown: 'Y', group: 'ticket' },
  'ticket.checkWrong': { code: 'KeyX', shown: 'X', group: 'ticket' },
  'ticket.previous': { code: 'BracketLeft', shown: '[', group: 'ticket' },
  'ticket.next': { code: 'BracketRight', shown: ']', group: 'ticket' },

  'list.pick': { code: 'KeyX', shown: 'X', group: 'list' },
  'list.pickAll': { code: 'KeyA', shown: 'A', group: 'list' },
  'list.urge': { code: 'KeyU', shown: 'U', group: 'list' },
  'list.dispatch': { code: 'KeyD', shown: 'D', group: 'list' },
  'list.incident': { code: 'KeyG', shown: 'G', group: 'list' },
  'list.note': { code: 'KeyE', shown: 'E', group: 'list' },
  'list.missing': { code: 'KeyB', shown: 'B', group: 'list' },

  'inbox.signAll': { code: 'KeyS', shown: 'S', group: 'inbox' },
  'inbox.sendDownAll': { code: 'KeyD', shown: 'D', group: 'inbox' },
  'inbox.printAll': { code: 'KeyP', shown: 'P', group: 'inbox' },
  'inbox.replies': { code: 'F7', shown: 'F7', group: 'inbox' },
  'inbox.receive': { code: 'KeyR', shown: 'R', group: 'inbox' },
  'inbox.bulletins': { code: 'KeyG', shown: 'G', group: 'inbox' },

  'satisfaction.earlier': { code: 'ArrowLeft', shown: '←', group: 'satisfaction' },
  'satisfaction.later': { code: 'ArrowRight', shown: '→', group: 'satisfaction' },
  'satisfaction.subject1': { code: 'Digit1', shown: '1', group: 'satisfaction' },
  'satisfaction.subject2': { code: 'Digit2', shown: '2', group: 'satisfaction' },
  'satisfaction.subject3': { code: 'Digit3', shown: '3', group: 'satisfaction' },
  'satisfaction.subject4': { code: 'Digit4', shown: '4', group: 'satisfaction' },
  'satisfaction.units': { code: 'KeyU', shown: 'U', group: 'satisfaction' },
  'satisfaction.export': { code: 'KeyX', shown: 'X', group: 'satisfaction' },
  'satisfaction.bad': { code: 'KeyD', shown: 'D', group: 'satisfaction' },
} as const satisfies Record<string, KeyBinding>;

export type KeyId = keyof typeof KEYS;
/** Where somebody has moved an act, for as long as they are logged in; `shared/ownKeys.ts` keeps it. */
const moved = shallowRef<Partial<Record<KeyId, KeyBinding>>>({});

/** The key of an act, here and now. */
export const bindingOf = (id: KeyId): KeyBinding => moved.value[id] ?? KEYS[id];

/** All that are moved; the others stand where the table has them. */
export function moveKeys(bindings: Partial<Record<KeyId, KeyBinding>>): void {
  moved.value = bindings;
}

export type KeyHandlers = Partial<Record<KeyId, () => void>>;

/** The part of a KeyboardEvent that decides; plain, so that the rules can be tested without a browser. */
export interface Press {
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly isComposing: boolean;
  readonly keyCode: number;
}

/** Where the focus is: in a text field, on a choice with keys of its own, on what Enter presses, or elsewhere. */
export type Focus = 'text' | 'control' | 'button' | 'page';

const FUNCTION_KEY = /^F\d{1,2}$/;
/** What a radio button or a tab itself answers to. */
const OF_CONTROLS = /^(Enter|Arrow\w+)$/;

export function matches(binding: KeyBinding, press: Press): boolean {
  return (
    binding.code === press.code &&
    (binding.ctrl ?? false) === (press.ctrlKey || press.metaKey) &&
    (binding.shift ?? false) === press.shiftKey &&
    !press.altKey
  );
}

/** What the element that has the focus leaves to the page. */
const LEFT_BY: Readonly<Record<Focus, (code: string, isChord: boolean) => boolean>> = {
  text: (code, isChord) => isChord && (code === 'Enter' || code === 'KeyS'),
  control: (code, isChord) => isChord || !OF_CONTROLS.test(code),
  button: (code, isChord) => isChord || code !== 'Enter',
  page: () => true,
};

/** Inside a text field only function keys, Ctrl+Enter, Ctrl+S and Esc act; while a word is composed, nothing does. */
export function mayAct(press: Press, focus: Focus): boolean {
  if (press.isComposing || press.keyCode === 229) return false;
  if (FUNCTION_KEY.test(press.code) || press.code === 'Escape') return true;
  return LEFT_BY[focus](press.code, press.ctrlKey || press.metaKey);
}

interface Listener {
  readonly handlers: KeyHandlers;
  readonly layer: number;
  readonly isOn: () => boolean;
}

const listeners: Listener[] = [];
let layers = 0;

/** The handler for a press: the newest listener wins; below an open question only call keys act. */
function handlerFor(press: Press): (() => void) | undefined {
  for (const { handlers, layer } of listeners.filter(({ isOn }) => isOn()).reverse()) {
    for (const id of Object.keys(handlers) as KeyId[]) {
      const binding = bindingOf(id);
      if ((layer >= layers || binding.group === 'call') && matches(binding, press)) return handlers[id];
    }
  }
  return undefined;
}

function focusOf(target: EventTarget | null): Focus {
  if (!(target instanceof HTMLElement)) return 'page';
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) {
    return 'text';
  }
  if (target instanceof HTMLInputElement) return /^(radio|checkbox|button)$/.test(target.type) ? 'control' : 'text';
  if (target.closest('[role="option"], [role="menuitem"], [role="separator"]')) return 'control';
  return target.closest('button, a[href]') ? 'button' : 'page';
}

/** Answers whether somebody acted on it. */
function hear(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || !mayAct(event, focusOf(event.target))) return false;
  if (event.code === 'Escape' && isOpenMenu(event.target)) return false;
  const handler = handlerFor(event);
  if (!handler) return false;
  event.preventDefault();
  handler();
  return true;
}

/** Element Plus's choices keep every Esc for themselves; once their list is closed it is for the page again. */
function isClosedChoice(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.role === 'combobox' && target.ariaExpanded === 'false';
}

/** A menu or a list that has popped up takes Esc for itself; a list that stands in its box for good does not. */
function isOpenMenu(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  const hasPoppedUp = target.ariaExpanded === 'true' && target.hasAttribute('aria-haspopup');
  return hasPoppedUp || target.closest('[role="menu"]') !== null;
}

/** What some of Element Plus's fields would keep from the page. */
function isKept(event: KeyboardEvent): boolean {
  if (event.code === 'Escape') return isClosedChoice(event.target);
  return event.code === 'Enter' && (event.ctrlKey || event.metaKey);
}

/** Start listening for the whole application; called once. */
export function installKeys(): void {
  window.addEventListener('keydown', hear);
  window.addEventListener(
    'keydown',
    (event) => {
      // What the page has acted on the field does not hear: a choice would open its list.
      if (isKept(event) && hear(event)) event.stopPropagation();
    },
    { capture: true },
  );
}

/** Answer to these keys while the calling scope lives, and only while `isOn` says so. */
export function useKeys(handlers: KeyHandlers, isOn: () => boolean = () => true): void {
  const listener = { handlers, layer: layers, isOn };
  listeners.push(listener);
  onScopeDispose(() => listeners.splice(listeners.indexOf(listener), 1));
}

/** Put a question above the page: page keys sleep until the returned function is called. */
export function openLayer(): () => void {
  layers += 1;
  let isOpen = true;
  return () => {
    if (isOpen) layers -= 1;
    isOpen = false;
  };
}

/** The keys that work right now, for the help page: newest first, each once. */
export function activeKeys(): KeyId[] {
  const ids = listeners
    .filter(({ isOn }) => isOn())
    .reverse()
    .flatMap(({ handlers }) => Object.keys(handlers) as KeyId[]);
  return [...new Set(ids)];
}

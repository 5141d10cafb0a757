import { describe, expect, it } from 'vitest';
import { te } from '@/i18n';
import { KEYS, matches, mayAct, type KeyBinding, type KeyId, type Press } from '@/shared/keys';
import { BULK_ACTS } from '@/tickets/bulk';

function press(code: string, more: Partial<Press> = {}): Press {
  return {
    code,
    ctrlKey: false,
    shiftKey: false,
    altKey: false,
    metaKey: false,
    isComposing: false,
    keyCode: 0,
    ...more,
  };
}

/** Greyed on the call bar until the softphone can do it. */
const NOT_BUILT = ['call.transfer', 'call.mute'];
const sources = import.meta.glob<string>('../src/**/*.{ts,vue}', { query: '?raw', import: 'default', eager: true });

/** Keys that some page answers to; the acts on picked tickets are answered to by their table. */
function answered(): Set<string> {
  const named = Object.entries(sources)
    .filter(([file]) => !file.endsWith('shared/keys.ts'))
    .flatMap(([, text]) => [...text.matchAll(/'([a-z]+\.\w+)':/g)].map(([, id]) => id ?? ''));
  return new Set([...named, ...BULK_ACTS.map(({ key }) => key)]);
}

describe('keys', () => {
  it('has a page that answers to every key', () => {
    const handled = answered();

    expect(Object.keys(KEYS).filter((id) => !handled.has(id))).toEqual(NOT_BUILT);
  });

  it('says of every key what it does', () => {
    expect(Object.keys(KEYS).filter((id) => !te(`keys.${id}`))).toEqual([]);
  });

  it('does nothing while a Chinese word is being composed', () => {
    expect(mayAct(press('Enter', { isComposing: true }), 'page')).toBe(false);
    expect(mayAct(press('Digit1', { keyCode: 229 }), 'page')).toBe(false);
  });

  it('leaves letters and digits to the text field', () => {
    expect(mayAct(press('KeyN'), 'text')).toBe(false);
    expect(mayAct(press('Digit1'), 'text')).toBe(false);
    expect(mayAct(press('KeyK', { ctrlKey: true }), 'text')).toBe(false);
  });

  it('lets function keys, Ctrl+Enter, Ctrl+S and Esc act inside a text field', () => {
    for (const inside of [
      press('F2'),
      press('Escape'),
      press('Enter', { ctrlKey: true }),
      press('KeyS', { ctrlKey: true }),
    ]) {
      expect(mayAct(inside, 'text')).toBe(true);
    }
  });

  it('leaves Enter to a button that has the focus', () => {
    expect(mayAct(press('Enter'), 'control')).toBe(false);
    expect(mayAct(press('KeyN'), 'control')).toBe(true);
  });

  it('leaves arrows to a choice, and takes them from a button', () => {
    expect(mayAct(press('ArrowLeft'), 'control')).toBe(false);
    expect(mayAct(press('ArrowLeft'), 'button')).toBe(true);
    expect(mayAct(press('Enter'), 'button')).toBe(false);
  });

  it('opens search with the key of / even when the input method writes 、', () => {
    expect(matches(KEYS['page.search'], press('Slash'))).toBe(true);
    expect(matches(KEYS['page.helpMark'], press('Slash', { shiftKey: true }))).toBe(true);
    expect(matches(KEYS['page.search'], press('Slash', { shiftKey: true }))).toBe(false);
  });

  it('binds nothing that the browser or the input method needs', () => {
    const forbidden = /^(F5|F6|F11|F12)$/;
    const browserLetters = /^Key[WTNLF]$|^Space$|^Digit\d$/;
    for (const binding of Object.values(KEYS) as KeyBinding[]) {
      expect(binding.code).not.toMatch(forbidden);
      if (binding.ctrl) expect(binding.code).not.toMatch(browserLetters);
    }
  });

  it('gives one meaning to a key within one page', () => {
    const bindings = Object.entries(KEYS) as [KeyId, KeyBinding][];
    // The dispatch list walks its rows by arrows only: J and K are acts there.
    const letters: readonly KeyId[] = ['page.downLetter', 'page.upLetter'];
    for (const group of ['desk', 'dispatch', 'ticket', 'list', 'inbox'] as const) {
      const shared = bindings.filter(([id, binding]) => {
        const isOwn = group === 'dispatch' && letters.includes(id);
        return binding.group === 'call' || (binding.group === 'page' && !isOwn);
      });
      const here = [...shared, ...bindings.filter(([, binding]) => binding.group === group)];
      const shown = here.map(([, { shown: text }]) => text);
      expect(new Set(shown).size).toBe(shown.length);
    }
  });
});

import { describe, expect, it } from 'vitest';
import { bindingOf, moveKeys } from '@/shared/keys';
import { bindingFrom, clashOf, keyOf } from '@/shared/ownKeys';

describe('own keys', () => {
  it('keeps the place on the keyboard and shows what stands there', () => {
    const key = keyOf({ code: 'KeyQ', ctrlKey: true, shiftKey: true });

    expect(key).toBe('ctrl+shift+KeyQ');
    expect(bindingFrom('dispatch.next', key)).toEqual({
      code: 'KeyQ',
      ctrl: true,
      shift: true,
      shown: 'Ctrl+Shift+Q',
      group: 'dispatch',
    });
    expect(bindingFrom('ticket.next', 'BracketRight').shown).toBe(']');
    expect(bindingFrom('dispatch.card1', 'Digit7').shown).toBe('7');
  });

  it('refuses what another act has on the same page, and leaves other pages alone', () => {
    expect(clashOf('dispatch.next', 'KeyM')).toBe('dispatch.merge');
    expect(clashOf('dispatch.next', 'F2')).toBe('call.answer');
    expect(clashOf('call.answer', 'KeyM')).toBe('dispatch.merge');
    expect(clashOf('dispatch.next', 'KeyP')).toBeNull();
  });

  it('frees the key that an act was moved away from, until it comes back', () => {
    moveKeys({ 'dispatch.merge': bindingFrom('dispatch.merge', 'KeyQ') });

    expect(bindingOf('dispatch.merge').shown).toBe('Q');
    expect(clashOf('dispatch.next', 'KeyM')).toBeNull();
    expect(clashOf('dispatch.next', 'KeyQ')).toBe('dispatch.merge');

    moveKeys({});
    expect(bindingOf('dispatch.merge').shown).toBe('M');
  });
});

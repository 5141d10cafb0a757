import { describe, expect, it } from 'vitest';
import { sentences } from '@/tickets/sentences';
import type { TicketPart } from '@/tickets/types';

function part(words: string, begins: number, ends: number, is_hidden = false): TicketPart {
  return { words, begins, ends, is_hidden, is_fixed: false, kind: null };
}

describe('sentences of a ticket', () => {
  it('end at a full stop and keep their places', () => {
    expect(sentences([part('暖气不热。路上有坑！快来', 0, 12)])).toEqual([
      { text: '暖气不热。', begins: 0, ends: 5 },
      { text: '路上有坑！', begins: 5, ends: 10 },
      { text: '快来', begins: 10, ends: 12 },
    ]);
  });

  it('count what is hidden as long as it was said', () => {
    expect(sentences([part('我叫', 0, 2), part('■■', 2, 7, true), part('。谢谢。', 7, 11)])).toEqual([
      { text: '我叫■■。', begins: 0, ends: 8 },
      { text: '谢谢。', begins: 8, ends: 11 },
    ]);
  });
});

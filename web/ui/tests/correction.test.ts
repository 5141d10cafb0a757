import { describe, expect, it } from 'vitest';
import { particularsOf } from '@/tickets/historyWords';
import type { HistoryLine, TicketView } from '@/tickets/types';
import { useCorrection } from '@/tickets/useCorrection';

const ticket = {
  type: 'help',
  urgency: 'normal',
  secrecy: 'none',
  topic_id: 3,
  accused: '',
  accused_unit_id: null,
  people_count: 1,
} as TicketView;

describe('a correction', () => {
  it('sends what was changed, and nothing that was left alone', () => {
    const { body, isChanged, setPlace, typed, values } = useCorrection(ticket);
    expect(isChanged.value).toBe(false);

    values.urgency = 'urgent';
    typed.phone = ' 13987654321';
    setPlace('河边', null);

    expect(isChanged.value).toBe(true);
    expect(body.value).toEqual({
      urgency: 'urgent',
      phone: ' 13987654321',
      place_text: '河边',
      place_id: null,
      reason: '',
    });
    setPlace('桥头', 7);
    expect(body.value).toMatchObject({ place_id: 7, place_text: '桥头' });
  });
});

describe('the line of a correction', () => {
  const words = (before: object, after: object): string[] =>
    particularsOf({ action: 'correct', particulars: { before, after } } as unknown as HistoryLine, () => '');

  it('says what each field was and is, and the place once', () => {
    const before = { urgency: 'normal', phone: '138****5678', place_id: 1, place_text: '', people_count: 1 };
    const after = { urgency: 'urgent', phone: '139****4321', place_id: 2, place_text: '河边', people_count: 1 };

    expect(words(before, after)).toEqual([
      '紧急：一般 → 紧急',
      '联系电话：138****5678 → 139****4321',
      '地点：（空） → 河边',
    ]);
  });

  it('names no more than the field where the server says no more', () => {
    expect(words({ caller_name: null, topic_id: 1 }, { caller_name: null, topic_id: 2 })).toEqual(['姓名', '分类']);
  });
});

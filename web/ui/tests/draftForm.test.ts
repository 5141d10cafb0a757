import { describe, expect, it } from 'vitest';
import { emptyForm, formFaults, likelyNumbers, presetSecrecy, proposedTitle } from '@/calls/draftForm';

describe('the desk’s form', () => {
  it('names everything that is missing at once', () => {
    expect(Object.keys(formFaults(emptyForm()))).toEqual(['text', 'place_text', 'type', 'phone']);
  });

  it('takes a caller who does not want to be named, and a place that is not known for a reason', () => {
    const form = {
      ...emptyForm(),
      text: '小区路灯坏了很久没有人修',
      type: 'help' as const,
      is_anonymous: true,
      no_place_reason: '路过看到',
    };
    expect(formFaults(form)).toEqual({});
  });

  it('wants a representative for a group of more than five', () => {
    const form = { ...emptyForm(), people_count: 6 };
    expect(formFaults(form).representative).toBeDefined();
    expect(formFaults({ ...form, people_count: 5 }).representative).toBeUndefined();
  });

  it('keeps the caller of a report from the accused unless somebody chose otherwise', () => {
    expect(presetSecrecy({ secrecy: null, type: 'report' })).toBe('from_accused');
    expect(presetSecrecy({ secrecy: 'none', type: 'report' })).toBe('none');
    expect(presetSecrecy({ secrecy: null, type: 'help' })).toBe('none');
  });

  it('proposes a title of place and first words', () => {
    const form = { text: '家里暖气不热，已经三天了。', place_text: '朝阳区 › 南湖街道 › 南湖小区', accused: '' };
    expect(proposedTitle(form)).toBe('南湖小区：家里暖气不热');
    expect(proposedTitle({ ...form, text: '您好，我家住12号楼，楼道灯坏了' })).toBe('南湖小区：楼道灯坏了');
    expect(proposedTitle({ ...form, text: '暖气' })).toBe('');
  });

  it('finds phone and identity numbers in what was typed', () => {
    expect(likelyNumbers('电话13812345678，身份证220102199001011234')).toEqual(['13812345678', '220102199001011234']);
    expect(likelyNumbers('订单号123456')).toEqual([]);
  });
});

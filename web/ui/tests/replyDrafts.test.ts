// Of two people's words for one reply none is lost.
import { describe, expect, it } from 'vitest';
import { both, emptyReply, filledIn, unfinished } from '@/tickets/replyDrafts';

const draft = (fields: object) => ({ ...emptyReply(), ...fields });

describe('two people at one reply', () => {
  it('keeps both texts, one below the other', () => {
    expect(both(draft({ text: '已上门' }), draft({ text: '等配件' })).text).toBe('已上门\n等配件');
  });

  it('does not say twice what one of them has already', () => {
    expect(both(draft({ text: '已上门，等配件' }), draft({ text: '已上门' })).text).toBe('已上门，等配件');
    expect(both(draft({ text: '已上门' }), draft({ text: '已上门，等配件' })).text).toBe('已上门，等配件');
  });

  it('takes what only one has filled from that one', () => {
    const made = both(draft({ result: 'solved' }), draft({ result: 'partly', handler: '赵六' }));
    expect(made.result).toBe('solved');
    expect(made.handler).toBe('赵六');
  });
});

describe('a reply on its way', () => {
  it('goes out with nothing for what was not chosen, and comes back as empty fields', () => {
    const sent = unfinished(draft({ text: '已上门' }));
    expect(sent).toMatchObject({ result: null, contact: null, finish_on: null, text: '已上门' });
    expect(filledIn({ text: '已上门', finish_on: null })).toEqual(draft({ text: '已上门' }));
  });
});

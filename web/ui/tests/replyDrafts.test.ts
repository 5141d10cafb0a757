// Of two people's words for one reply none is lost.
import { describe, expect, it } from 'vitest';
import { both, emptyReply, filledIn, sentBack, unfinished } from '@/tickets/replyDrafts';
import type { TicketView } from '@/tickets/types';

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

describe('a reply that was sent back', () => {
  const audited = {
    ...draft({ text: '已上门', handler: '赵六' }),
    auditor: '沈审核',
    audit_note: '缺照片',
    audit_passed: false,
  };
  const ticketOf = (last: object, unitId = 5): TicketView =>
    ({ unit: { id: unitId }, waiting_reply: null, replies: [{ unit: { id: 5 }, ...last }] }) as unknown as TicketView;

  it('by the auditor is written on by its unit, which reads why', () => {
    expect(sentBack(ticketOf(audited))).toEqual({
      act: 'fail_audit',
      form: draft({ text: '已上门', handler: '赵六' }),
      sent_back_by: '沈审核',
      sent_back_why: '缺照片',
    });
  });

  it('is not put into the mouth of another unit, nor one that passed taken up again', () => {
    expect(sentBack(ticketOf(audited, 6))).toBeNull();
    expect(sentBack(ticketOf({ ...audited, audit_passed: true }))).toBeNull();
  });

  it('by a second person of the unit goes before an older one', () => {
    const waiting = { form: draft({ text: '二稿' }), sent_back_by: '王', sent_back_why: '改' };
    expect(sentBack({ ...ticketOf(audited), waiting_reply: waiting } as unknown as TicketView)).toEqual({
      ...waiting,
      act: 'send_reply_back',
    });
  });
});

describe('a reply on its way', () => {
  it('goes out with nothing for what was not chosen, and comes back as empty fields', () => {
    const sent = unfinished(draft({ text: '已上门' }));
    expect(sent).toMatchObject({ result: null, contact: null, finish_on: null, text: '已上门' });
    expect(filledIn({ text: '已上门', finish_on: null })).toEqual(draft({ text: '已上门' }));
  });
});

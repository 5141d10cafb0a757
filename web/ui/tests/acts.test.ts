import { describe, expect, it } from 'vitest';
import zhCN from '@/locales/zh-CN';
import { bodyOf, FIELDS, fieldsOf, pathOf } from '@/tickets/actFields';
import { limitsOf, presetOf } from '@/tickets/actLimits';
import { particularsOf } from '@/tickets/historyWords';
import { below } from '@/tickets/sharing';
import type { BelowView, HistoryLine, TicketView, Unit } from '@/tickets/types';
import { foundBy, othersThan, unitsBelow } from '@/tickets/units';

const NOW = new Date('2026-10-13T09:00:00+08:00').getTime();
const ticket = {
  unit_clock: { due_at: '2026-10-16T16:00:00Z' },
  sharing: { extension_latest: '2026-10-23' },
} as TicketView;

describe('the fields of an act', () => {
  it('are sent as the server takes them, and what was left empty is left out', () => {
    const values = { until_on: '2026-10-21', told_by: 'call', told_note: ' 已告知 ', reason: '配件须从外地调货' };

    expect(pathOf('ask_extension')).toBe('requests');
    expect(bodyOf('ask_extension', values, 7)).toEqual({
      form: { kind: 'extension', ...values, told_note: '已告知' },
      version: 7,
    });
    expect(bodyOf('send_down', { unit_id: '12', due_at: '2026-10-15T12:00:00', note: '' }, 7)).toEqual({
      unit_id: 12,
      due_at: '2026-10-15T12:00:00+08:00',
      version: 7,
    });
    expect(bodyOf('accept_report', {}, 7)).toEqual({});
  });

  it("ask for the leader only when a leader's instruction is written down", () => {
    const names = (action: string): string[] => fieldsOf(action, {}).map(({ name }) => name);

    expect(names('supervise')).not.toContain('leader');
    expect(names('instruct')).toContain('leader');
  });

  it('have a label each, and each act a name', () => {
    const labels: Record<string, string> = zhCN.act.fields;
    const names: Record<string, string> = zhCN.code.action;
    const missing = Object.entries(FIELDS).flatMap(([action, fields]) => [
      ...(names[action] ? [] : [action]),
      ...fields.filter(({ name }) => !labels[`${action}_${name}`] && !labels[name]).map(({ name }) => name),
    ]);

    expect(missing).toEqual([]);
  });

  it('are told what to write in words of their own where several acts ask for a text', () => {
    const labels: Record<string, string> = zhCN.act.fields;
    const texts = ['interim', 'supervise', 'instruct'].map((action) => labels[`${action}_text`] ?? labels['text']);

    expect(new Set(texts).size).toBe(texts.length);
  });
});

describe('the dates of an act', () => {
  it('lie after the present limit and not behind the last day that the rules allow', () => {
    expect(limitsOf('until_on', ticket, NOW)).toEqual({ first: '2026-10-17', last: '2026-10-23' });
    expect(limitsOf('due_at', ticket, NOW)).toEqual({ first: '2026-10-13', last: '2026-10-16' });
    expect(limitsOf('review_on', ticket, NOW)).toEqual({ first: '2026-10-14', last: null });
  });

  it('give the unit below 60 % of what is left', () => {
    // three days and fifteen hours are left
    expect(presetOf('send_down', ticket, NOW)).toEqual({ due_at: '2026-10-15T13:12:00' });
    expect(presetOf('interim', ticket, NOW)).toEqual({});
  });
});

describe('a line of the history', () => {
  const line = (action: string, particulars: object, reason = ''): HistoryLine =>
    ({ action, particulars, reason }) as HistoryLine;
  const read = (one: HistoryLine): string[] => particularsOf(one, (unitId) => (unitId === 5 ? '望湖街道' : ''));

  it('names units, papers, parents and children', () => {
    expect(read(line('send_down', { unit_id: 5, due_at: '2026-10-15T05:12:00Z' }))).toEqual([
      '至 望湖街道',
      '内部时限 10-15 13:12',
    ]);
    expect(read(line('supervise', { paper_id: 1, kind: 'order', number: '督〔2026〕12号' }))).toEqual([
      '督办单 督〔2026〕12号',
    ]);
    expect(read(line('receive', { numbers: ['督〔2026〕1号', '催〔2026〕3号'] }))).toEqual([
      '督〔2026〕1号、催〔2026〕3号',
    ]);
    expect(read(line('merge', { parent: '261013008210' }))).toEqual(['母单 2610 1300 8210']);
    expect(read(line('merged_in', { child: '261013008210', children: 3 }))).toEqual(['子单 2610 1300 8210，共 3 件']);
  });

  it('says who took what was transferred', () => {
    expect(read(line('acknowledge', { accepted_by: '转办函〔2026〕18号' }))).toEqual(['对方接收：转办函〔2026〕18号']);
  });

  it('tells a moved limit, and says a plan once', () => {
    const moved = {
      before: { citizen: '10-20 24:00', unit: '10-20 24:00' },
      after: { citizen: '10-21 24:00', unit: '10-20 24:00' },
    };

    expect(read(line('due_computed', moved))).toEqual(['群众时限 10-20 24:00 → 10-21 24:00']);
    expect(read(line('park', { plan: '来年更换', review_on: '2026-11-30' }, '来年更换'))).toEqual([
      '复查日 2026-11-30',
    ]);
  });
});

describe('units', () => {
  const units = [
    { id: 1, path: '/1/', name: '热线中心', short_name: '热线', code: 'hotline', kind: 'hotline' },
    { id: 2, path: '/2/', name: '白桦区人民政府', short_name: '白桦区政府', code: 'baihua', kind: 'district' },
    { id: 5, path: '/2/5/', name: '望湖街道办事处', short_name: '望湖街道', code: 'wanghu', kind: 'street' },
    { id: 9, path: '/2/5/9/', name: '学府社区', short_name: '学府社区', code: 'xuefu', kind: 'community' },
  ] as const;
  const list: readonly Unit[] = units.map((one) => ({ ...one, parent_id: null, initials: [] }));
  const ids = (found: readonly { id: number }[]): number[] => found.map(({ id }) => id);

  it('send down their own tree only', () => {
    expect(ids(unitsBelow(list, 2))).toEqual([5, 9]);
    expect(ids(unitsBelow(list, 9))).toEqual([]);
    expect(ids(unitsBelow(list, null))).toEqual([]);
  });

  it('are found by name or code, and the one that leads does not help itself', () => {
    expect(ids(foundBy(list, 'WANG'))).toEqual([5]);
    expect(ids(foundBy(list, '街道'))).toEqual([5]);
    expect(ids(othersThan(list, 2))).toEqual([5, 9]);
  });

  it('stand as a tree, each below the one that sent it', () => {
    const step = (from_unit_id: number, unit_id: number, state: BelowView['state']): BelowView =>
      ({ from_unit_id, unit_id, state }) as BelowView;
    const tree = below({ below: [step(2, 5, 'pulled'), step(2, 5, 'signed'), step(5, 9, 'sent')] });

    expect(tree.map(({ depth, isPast }) => [depth, isPast])).toEqual([
      [0, true],
      [0, false],
      [1, false],
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { peaksOf } from '@/calls/waveform';
import { bodyOf, pathOf } from '@/tickets/actFields';
import { storyOf } from '@/tickets/story';
import type { HistoryLine, Trace } from '@/tickets/types';

const line = (at: string, action: string, more: Partial<HistoryLine> = {}): HistoryLine => ({
  id: 1,
  at,
  actor: '李明（A012）',
  unit: '热线中心',
  action,
  kind: 'move',
  from_state: null,
  to_state: null,
  reason: '',
  particulars: {},
  is_internal: false,
  version: 1,
  ...more,
});
const trace = (at: string, action: string, more: Partial<Trace> = {}): Trace => ({
  key: `${action} 1`,
  at,
  action,
  kind: 'contact',
  actor: '李明',
  unit: '热线中心',
  words: '',
  particulars: {},
  ...more,
});

describe('经过', () => {
  it('puts acts, calls, messages and looks in one line of time, the newest first', () => {
    const story = storyOf(
      [line('2026-10-13T01:00:00Z', 'register'), line('2026-10-13T03:00:00Z', 'dispatch')],
      [
        trace('2026-10-13T02:00:00Z', 'call', { words: '催办', particulars: { talk_s: 161 } }),
        trace('2026-10-13T04:00:00Z', 'look', { kind: 'view', words: '听录音', particulars: { what: 'listen' } }),
        trace('2026-10-13T05:00:00Z', 'sms', { particulars: { template: 'rating', state: 'delivered' } }),
      ],
      () => '',
    );

    expect(story.map(({ name }) => name)).toEqual(['短信', '查看', '派出', '群众来电', '登记']);
    expect(story.map(({ words }) => words.join(' '))).toEqual(['评价邀请 已送达', '', '', '催办 通话 2 分 41 秒', '']);
    expect(story[1]?.reason).toBe('听录音');
  });

  it("names a leader's instruction as what it is", () => {
    const particulars = { kind: 'instruction', number: '批〔2026〕3号', leader: '李副市长' };

    const [told] = storyOf([line('2026-10-13T01:00:00Z', 'supervise', { particulars })], [], () => '');

    expect([told?.name, told?.words]).toEqual(['领导批示', ['李副市长 领导批示件 批〔2026〕3号']]);
    expect(pathOf('instruct')).toBe('papers');
    expect(bodyOf('instruct', { leader: '李副市长', text: '请核实' }, 4)).toEqual({
      kind: 'instruction',
      leader: '李副市长',
      text: '请核实',
    });
  });
});

describe('the wave of a recording', () => {
  it('is as high as each stretch is loud', () => {
    expect(peaksOf(Float32Array.from([0, 0.25, -0.5, 0.1, 0, 0]), 3)).toEqual([0.5, 1, 0]);
    expect(peaksOf(new Float32Array(10), 4)).toEqual([0, 0, 0, 0]);
    expect(peaksOf(new Float32Array(0), 2)).toEqual([0, 0]);
  });
});

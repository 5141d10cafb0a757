import { describe, expect, it } from 'vitest';
import { setSoon } from '@/shared/soon';
import { dueMoment, duration, remaining, shortMoment, timer } from '@/shared/times';

const now = new Date('2026-10-13T06:05:00Z').getTime();

describe('times', () => {
  it('are said as today, yesterday, date, date with year', () => {
    expect(shortMoment('2026-10-13T00:01:00Z', now)).toBe('今天 08:01');
    expect(shortMoment('2026-10-12T15:59:00Z', now)).toBe('昨天 23:59');
    expect(shortMoment('2026-10-12T16:00:00Z', now)).toBe('今天 00:00');
    expect(shortMoment('2026-09-30T06:05:00Z', now)).toBe('09-30 14:05');
    expect(shortMoment('2025-12-31T06:05:00Z', now)).toBe('2025-12-31 14:05');
  });

  it('show a limit of days as the end of its own day', () => {
    expect(dueMoment('2026-10-20T16:00:00Z')).toBe('10-20 24:00');
    expect(dueMoment('2026-10-20T09:00:00Z')).toBe('10-20 17:00');
  });

  it('count down and then up', () => {
    expect(remaining('2026-10-14T09:05:00Z', now)).toEqual({ text: '剩 1 天 3 时', signal: 'good' });
    expect(remaining('2026-10-13T16:00:00Z', now)).toEqual({ text: '剩 9 时 55 分', signal: 'soon' });
    expect(remaining('2026-10-13T06:45:00Z', now)).toEqual({ text: '剩 40 分', signal: 'soon' });
    expect(remaining('2026-10-13T01:05:00Z', now)).toEqual({ text: '超 5 时 0 分', signal: 'late' });
  });

  it('of days are amber as long before as units are warned, and through the next working day', () => {
    const friday = Date.parse('2026-10-16T09:00:00+08:00');
    setSoon({ ahead_s: 48 * 3600, working_days: ['2026-10-19', '2026-10-20'] });

    expect(remaining('2026-10-20T00:00:00+08:00', friday).signal).toBe('soon');
    expect(remaining('2026-10-21T00:00:00+08:00', friday).signal).toBe('good');
    expect(remaining('2026-10-18T00:00:00+08:00', friday, 3_600_000).signal).toBe('good');
  });

  it('are amber for their last four hours where they are counted in hours', () => {
    expect(remaining('2026-10-13T10:05:00Z', now).signal).toBe('soon');
    expect(remaining('2026-10-13T10:06:00Z', now).signal).toBe('good');
  });

  it('say durations in words and timers in digits', () => {
    expect(duration(200)).toBe('3 分 20 秒');
    expect(timer(200)).toBe('03:20');
    expect(timer(3723)).toBe('1:02:03');
  });
});

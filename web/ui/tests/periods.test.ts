import { describe, expect, it } from 'vitest';
import { periodAround, periodBeside, spokenPeriod } from '@/shared/periods';

describe('periods', () => {
  it('run from the 26th to the 25th in the statistical month', () => {
    expect(periodAround('statistical', '2026-10-13')).toEqual({ from: '2026-09-26', to: '2026-10-25' });
    expect(periodAround('statistical', '2026-12-26')).toEqual({ from: '2026-12-26', to: '2027-01-25' });
    expect(periodAround('statistical', '2026-01-05')).toEqual({ from: '2025-12-26', to: '2026-01-25' });
  });

  it('are months and quarters of the calendar', () => {
    expect(periodAround('month', '2026-02-13')).toEqual({ from: '2026-02-01', to: '2026-02-28' });
    expect(periodAround('quarter', '2026-11-01')).toEqual({ from: '2026-10-01', to: '2026-12-31' });
  });

  it('have neighbours of the same kind or length', () => {
    const october = periodAround('statistical', '2026-10-13');
    expect(periodBeside('statistical', october, -1)).toEqual({ from: '2026-08-26', to: '2026-09-25' });
    expect(periodBeside('custom', { from: '2026-10-01', to: '2026-10-07' }, 1)).toEqual({
      from: '2026-10-08',
      to: '2026-10-14',
    });
    expect(spokenPeriod(october)).toBe('9-26 至 10-25');
  });
});

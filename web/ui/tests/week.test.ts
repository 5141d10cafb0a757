import { describe, expect, it } from 'vitest';
import { daysOf, hoursOn, mondayOf, touching } from '@/staff/week';

const monday = Date.parse('2026-10-12T00:00+08:00');
const night = { begins_at: '2026-10-13T09:00:00Z', ends_at: '2026-10-14T00:30:00Z' };

describe('the week of a roster', () => {
  it('begins on Monday at midnight in Shanghai, whatever the clock of the computer', () => {
    expect(mondayOf(Date.parse('2026-10-12T00:00+08:00'))).toBe(monday);
    expect(mondayOf(Date.parse('2026-10-18T23:59+08:00'))).toBe(monday);
    expect(mondayOf(Date.parse('2026-10-11T23:59+08:00'))).toBeLessThan(monday);
  });

  it('shows a night on both of its days, each with its own hours', () => {
    const days = daysOf(monday).filter((day) => touching([night], day).length > 0);

    expect(days.map((day) => hoursOn(night, day))).toEqual(['17:00–24:00', '00:00–08:30']);
  });
});

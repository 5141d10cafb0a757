import { describe, expect, it } from 'vitest';
import type { Ratings } from '@/tickets/types';
import { lastWord } from '@/tickets/useRatings';

type Rating = Ratings['ratings'][number];

const rated = (id: number, changes: Partial<Rating> = {}) =>
  ({ id, subject: 'handling', is_current: true, ...changes }) as Rating;

describe('the rating that a ticket shows', () => {
  it('is that of the last round, not the bad one before the rework', () => {
    expect(lastWord([rated(1), rated(2)])?.id).toBe(2);
  });

  it('is the correction, and not what was said of a repair', () => {
    expect(lastWord([rated(1, { is_current: false }), rated(2), rated(3, { subject: 'repair' })])?.id).toBe(2);
  });

  it('is none while nobody has answered', () => {
    expect(lastWord([])).toBeNull();
  });
});

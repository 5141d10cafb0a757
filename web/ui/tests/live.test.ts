import { describe, expect, it } from 'vitest';
import { follows, waitBefore } from '@/shared/live';
import { newer } from '@/shared/rows';

describe('the live link', () => {
  it('notices a gap in the numbers', () => {
    expect(follows(0, 1)).toBe(true);
    expect(follows(7, 9)).toBe(false);
    expect(follows(7, 7)).toBe(false);
  });

  it('waits longer after each failure, but never longer than twenty seconds', () => {
    expect(waitBefore(0, 0.5)).toBe(500);
    expect(waitBefore(3, 0.5)).toBe(4000);
    expect(waitBefore(50, 1)).toBeLessThanOrEqual(20_000);
  });

  it('keeps the newer of two copies of a row, whichever comes first', () => {
    expect(newer({ version: 3 }, { version: 2 })).toEqual({ version: 3 });
    expect(newer({ version: 2 }, { version: 3 })).toEqual({ version: 3 });
    expect(newer(null, { version: 1 })).toEqual({ version: 1 });
  });
});

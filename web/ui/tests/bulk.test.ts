import { describe, expect, it } from 'vitest';
import { inSlices, SLICE, slices } from '@/tickets/bulk';
import { parted } from '@/tickets/marking';
import type { OneOutcome } from '@/tickets/types';

const numbers = Array.from({ length: 45 }, (_, at) => String(at));
const done = async (slice: readonly string[]): Promise<OneOutcome[]> =>
  slice.map((number) => ({ number, code: '', message: '' }));

describe('a bulk act', () => {
  it('goes in slices that miss nobody and take nobody twice', async () => {
    const told: number[] = [];

    const outcomes = await inSlices(numbers, done, (all) => told.push(all.length) > 0);

    expect(slices(numbers).flat()).toEqual(numbers);
    expect(outcomes.map(({ number }) => number)).toEqual(numbers);
    expect(told).toEqual([SLICE, 2 * SLICE, 45]);
  });

  it('stops after the slice that runs, and says what was done until then', async () => {
    const outcomes = await inSlices(numbers, done, () => false);

    expect(outcomes).toHaveLength(SLICE);
  });
});

describe('the deciding words of a text', () => {
  it('are marked where they stand, the longer one first, and nothing is lost', () => {
    const parts = parted('家里暖气不热，暖气片也凉', ['暖气', '暖气不热', '']);

    expect(parts.filter(({ isMarked }) => isMarked).map(({ text }) => text)).toEqual(['暖气不热', '暖气']);
    expect(parts.map(({ text }) => text).join('')).toBe('家里暖气不热，暖气片也凉');
  });

  it('may hold signs that mean something to a pattern', () => {
    expect(parted('费用(元)多收', ['(元)']).filter(({ isMarked }) => isMarked)).toHaveLength(1);
  });
});

import { describe, expect, it } from 'vitest';
import { renewed } from '@/shared/arrivals';

interface Row {
  readonly number: string;
  readonly version: number;
}

const row = (number: string, version = 1): Row => ({ number, version });
const keyOf = ({ number }: Row): string => number;

describe('a list that changes while it is read', () => {
  it('renews what it shows in its place, drops what has gone and holds back what is new', () => {
    const found = renewed([row('a'), row('b'), row('c')], [row('d'), row('c', 2), row('a')], keyOf, true);

    expect(found.rows).toEqual([row('a'), row('c', 2)]);
    expect(found.arrived).toBe(1);
  });

  it('says nothing of rows that the first page does not reach', () => {
    const found = renewed([row('a'), row('b'), row('c')], [row('b'), row('a')], keyOf, false);

    expect(found.rows.map(keyOf)).toEqual(['a', 'b', 'c']);
    expect(found.arrived).toBe(0);
  });
});

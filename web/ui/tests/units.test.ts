import { describe, expect, it } from 'vitest';
import { isSpelled } from '@/shared/initials';
import type { Unit } from '@/tickets/types';
import { foundBy, suggestUnits } from '@/tickets/units';

function unit(id: number, name: string, short_name: string, code: string, initials: string[]): Unit {
  return { id, name, short_name, code, initials, parent_id: null, path: `/${id}/`, kind: 'city_department' };
}

const HOUSING = unit(1, '市住房和城乡建设局', '住建局', 'U01', ['s z fp h c x j s j', 'z j j']);
const BUREAU = unit(2, '长春市城市管理局', '城管局', 'U02', ['cz c s c s g l j', 'c g j']);

describe('units', () => {
  it.each([
    ['zjj', [HOUSING]],
    ['ZJ', [HOUSING]],
    ['cg', [BUREAU]],
    ['ccs', [BUREAU]],
    ['zcs', [BUREAU]],
    ['建设', [HOUSING]],
    ['u02', [BUREAU]],
    ['zgj', []],
    ['', [HOUSING, BUREAU]],
  ])('are found by %s', (typed, found) => {
    expect(foundBy([HOUSING, BUREAU], typed)).toEqual(found);
  });

  it('are offered in a field of free words only for words', () => {
    const offered: string[][] = [];
    const find = suggestUnits(() => [HOUSING, BUREAU]);
    for (const typed of ['', 'zjj', '城市']) find(typed, (found) => offered.push(found.map(({ value }) => value)));
    expect(offered).toEqual([[], [HOUSING.name], [BUREAU.name]]);
  });

  it('spell their names in one stretch', () => {
    expect(isSpelled(['s z fp'], 'zp')).toBe(true);
    expect(isSpelled(['s z fp'], 'sf')).toBe(false);
    expect(isSpelled(['s z fp'], ' ')).toBe(false);
  });
});

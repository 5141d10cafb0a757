// Units by what an act may choose from: any, those below one's own, and a search by name or code.
import { isSpelled } from '@/shared/initials';
import type { Unit } from '@/tickets/types';

/** Every unit that stands below another, nearest first. */
export function unitsBelow(units: readonly Unit[], ownId: number | null | undefined): Unit[] {
  const own = units.find(({ id }) => id === ownId);
  return own ? units.filter(({ id, path }) => id !== own.id && path.startsWith(own.path)) : [];
}

/** Who may be given work: not the hotline, and not the unit that has it. */
export function othersThan(units: readonly Unit[], ownId: number | null | undefined): Unit[] {
  return units.filter(({ id, kind }) => kind !== 'hotline' && id !== ownId);
}

export interface UnitFound {
  readonly value: string;
  readonly id: number;
}

/** Suggestions for a field of free words. */
export const suggestUnits =
  (units: () => readonly Unit[]) =>
  (typed: string, show: (found: UnitFound[]) => void): void => {
    const found = typed.trim() ? foundBy(units(), typed).slice(0, 8) : [];
    show(found.map(({ id, name }) => ({ value: name, id })));
  };

/** By name, short name, code, or the initials of a name, e.g. 住建 or zjj. */
export function foundBy(units: readonly Unit[], typed: string): Unit[] {
  const wanted = typed.trim().toLowerCase();
  return units.filter(
    ({ name, short_name, code, initials }) =>
      [name, short_name, code].some((text) => text.toLowerCase().includes(wanted)) || isSpelled(initials, wanted),
  );
}

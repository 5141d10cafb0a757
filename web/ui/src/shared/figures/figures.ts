// Every figure opens its formula and its rows in the right drawer.
import { shallowRef } from 'vue';
import type { Query } from '@/shared/http';
import { count } from '@/shared/numbers';

export interface FigureQuestion {
  /** the indicator's name, e.g. satisfaction */
  readonly name: string;
  /** as the page calls it */
  readonly title: string;
  /** the figure as the page shows it, with its unit */
  readonly shown: string;
  /** period, subject, part and whatever else narrows it */
  readonly query: Query;
  /** the counts behind it */
  readonly numerator?: number;
  readonly denominator?: number;
  /** where its rows are read; absent: this person sees the formula only */
  readonly rowsPath?: '/satisfaction/rows' | `/indicators/${string}/rows`;
}

/** A count of what stands now; its rows are in the list beside it. */
export function standing(name: string, title: string, n: number): FigureQuestion {
  return { name, title, shown: count(n), query: {}, numerator: n };
}

export const openFigure = shallowRef<FigureQuestion | null>(null);
